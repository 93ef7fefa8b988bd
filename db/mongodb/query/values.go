package query

import (
	"fmt"
	"unicode"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/filter"
)

// Values returns the aggregation that answers a query for values, of the contacts that match: documents {_id: value,
// count: contacts}, the most frequent first, and among them texts that have at most MaxValueLength characters but may
// have more bytes. It is nil where there are no such values.
func Values(q db.ValuesQuery, contacts bson.D, shapes Shapes) []bson.D {
	f := scope{shapes: shapes}.field(q.Path)
	suggested := f.suggested(q.Prefix)
	if isNothing(suggested) {
		return nil
	}
	begins := bson.D{}
	if q.Prefix != "" {
		begins = f.begins(q.Prefix)
	}
	value := "$" + f.name
	stages := f.unwound(and([]bson.D{contacts, begins}), suggested)
	if len(f.lists) > 0 { // a contact may have a value several times
		stages = append(stages, bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: bson.D{{Key: "contact", Value: "$_id"}, {Key: "value", Value: value}}}}}})
		value = "$_id.value"
	}
	return append(stages,
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: value}, {Key: "count", Value: bson.D{{Key: "$sum", Value: int64(1)}}}}}},
		bson.D{{Key: "$sort", Value: bson.D{{Key: "count", Value: -1}, {Key: "_id", Value: 1}}}},
	)
}

// End returns the aggregation for the least value of a kind, or the greatest, that contacts which match have at the
// path: one document {_id: value}, or none. It is nil where there are no values of the kind.
func End(path filter.Path, kind filter.Kind, greatest bool, contacts bson.D, shapes Shapes) []bson.D {
	f := scope{shapes: shapes}.field(path)
	if !f.shape.Has(kind) {
		return nil
	}
	compared, test := f.name, typeIs(typeName(kind))
	if kind == filter.KindDate {
		compared, test = f.name+withinDay, typeIs("date")
	}
	return append(f.unwound(contacts, predicate(compared, operators{test})),
		bson.D{{Key: "$sort", Value: bson.D{{Key: compared, Value: direction(greatest)}}}},
		bson.D{{Key: "$limit", Value: int64(1)}},
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$" + f.name}}}},
	)
}

// unwound returns stages that make a document of each single value of the field that passes the test. Before that they
// ask the same of the contacts, for the indexes.
func (f field) unwound(contacts, test bson.D) []bson.D {
	all := append([]bson.D{contacts, test}, f.guards()...)
	stages := []bson.D{{{Key: "$match", Value: and(all)}}}
	if len(f.lists) == 0 {
		return stages
	}
	ofOne := []bson.D{test}
	for _, list := range f.lists {
		stages = append(stages, bson.D{{Key: "$unwind", Value: "$" + list}})
		ofOne = append(ofOne, notList(list)) // a list within the list
	}
	return append(stages, bson.D{{Key: "$match", Value: and(ofOne)}})
}

// suggested matches a single value that can be suggested.
func (f field) suggested(prefix string) bson.D {
	var alternatives []bson.D
	if f.shape.Has(filter.KindText) {
		notLong := operators{{Key: "$regex", Value: bson.Regex{Pattern: fmt.Sprintf(`^.{1,%d}\z`, db.MaxValueLength), Options: "s"}}}
		if prefix != "" {
			notLong = append(notLong, bson.E{Key: "$regex", Value: textMatch(filter.NewTextMatch(filter.AtStart, prefix, true))})
		}
		alternatives = append(alternatives, predicate(f.name, notLong))
	}
	var types []string
	for _, kind := range []filter.Kind{filter.KindNumber, filter.KindBoolean} {
		if prefix == "" && f.shape.Has(kind) {
			types = append(types, typeName(kind))
		}
	}
	if len(types) > 0 {
		alternatives = append(alternatives, predicate(f.name, operators{typeIs(types...)}))
	}
	return or(alternatives)
}

// begins matches the texts that begin with the first runes of a prefix in any of their cases. Unlike a pattern that
// ignores case, each of these is a range of an index.
func (f field) begins(prefix string) bson.D {
	const mostRunes = 3 // of which there are eight cases, mostly
	firstRunes := []rune(prefix)
	firstRunes = firstRunes[:min(mostRunes, len(firstRunes))]
	cases := []string{""}
	for _, first := range firstRunes {
		var longer []string
		for _, beginning := range cases {
			longer = append(longer, beginning+string(first))
			for other := unicode.SimpleFold(first); other != first; other = unicode.SimpleFold(other) {
				longer = append(longer, beginning+string(other))
			}
		}
		cases = longer
	}
	var alternatives []bson.D
	for _, beginning := range cases {
		pattern := textMatch(filter.NewTextMatch(filter.AtStart, beginning, false))
		alternatives = append(alternatives, bson.D{{Key: f.name, Value: pattern}})
	}
	return or(alternatives)
}
