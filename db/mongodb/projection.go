package mongodb

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
)

// projection is what of the documents MongoDB returns: what the caller looks at, and what the contacts' places in the
// sort are computed from. It is nil for all.
func projection(q db.ContactQuery) bson.D {
	if q.Fields == nil {
		return nil
	}
	paths := slices.Clone(q.Fields)
	for _, term := range q.Sort {
		paths = append(paths, term.Path.String())
	}
	// MongoDB refuses a path beside another that has it in it. Sorted, what is within a path comes after it.
	slices.Sort(paths)
	included := bson.D{{Key: "_id", Value: 1}, {Key: "version", Value: 1}}
	for _, path := range paths {
		if !slices.ContainsFunc(included, func(e bson.E) bool { return isWithin(path, e.Key) }) {
			included = append(included, bson.E{Key: path, Value: 1})
		}
	}
	return included
}

// isWithin says whether a path is another, or leads on from there.
func isWithin(path, other string) bool {
	rest, ok := strings.CutPrefix(path, other)
	return ok && (rest == "" || rest[0] == '.')
}
