package clone

import (
	"bytes"
	"context"

	"segmentql/db"
)

// reader reads the records of a collection, in the order of their IDs.
type reader struct {
	from       db.Workspace
	collection db.Collection
	page       []db.Record // what was read and is not given yet
	after      string
}

// next returns the next record, nil after the last one.
func (r *reader) next(ctx context.Context) (*db.Record, error) {
	if len(r.page) == 0 {
		var err error
		if r.page, err = r.from.Records(ctx, r.collection, r.after); err != nil || len(r.page) == 0 {
			return nil, err
		}
	}
	record := &r.page[0]
	r.page, r.after = r.page[1:], record.ID
	return record, nil
}

// What a document of both stores may have against it.
const (
	differs      = "differs"
	onlyInSource = "is missing in the target"
	onlyInTarget = "is only in the target"
)

// compare says what is wrong with the next records of both stores, which are nil where there are no more: "" where they
// are the same.
func compare(source, target *db.Record) string {
	switch {
	case source == nil && target == nil:
		return ""
	case target == nil, source != nil && source.ID < target.ID:
		return onlyInSource
	case source == nil, source.ID > target.ID:
		return onlyInTarget
	case !bytes.Equal(source.Document, target.Document):
		return differs
	}
	return ""
}
