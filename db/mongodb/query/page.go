package query

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

// Part is a stretch of a sorted list that one find reads: Filter says which contacts are in it.
type Part struct {
	Filter bson.D
	Sort   bson.D
}

// Parts returns the stretches of which a page is read, one after the other, until it is full. There is one, unless
// lists or objects were seen where the sort looks for single values: contacts with these are the second stretch.
func Parts(s db.Sort, page db.Page, shapes Shapes) []Part {
	terms := make([]sortTerm, len(s))
	order := bson.D{}
	var outside []bson.D
	for i, t := range s {
		terms[i] = sortTerm{SortTerm: t, field: scope{shapes: shapes}.field(t.Path)}
		order = append(order, bson.E{Key: t.Path.String(), Value: direction(t.Descending != page.Backward)})
		outside = append(outside, terms[i].outside()...)
	}
	byID := bson.D{{Key: "_id", Value: direction(page.Backward)}}
	inside := Part{Filter: and([]bson.D{nor(outside), between(terms, page, false)}), Sort: append(order, byID...)}
	atEnd := Part{Filter: and([]bson.D{or(outside), between(nil, page, true)}), Sort: byID}
	parts := []Part{inside, atEnd}
	if page.Backward {
		slices.Reverse(parts)
	}
	return slices.DeleteFunc(parts, func(p Part) bool { return isNothing(p.Filter) })
}

// between matches the contacts of a stretch that are between the keys of the page.
func between(terms []sortTerm, page db.Page, outside bool) bson.D {
	conditions := []bson.D{}
	if key := page.After; key != nil {
		switch {
		case key.Outside == outside:
			conditions = append(conditions, beyond(terms, *key, false))
		case key.Outside:
			return nothing()
		}
	}
	if key := page.Before; key != nil {
		switch {
		case key.Outside == outside:
			conditions = append(conditions, beyond(terms, *key, true))
		case outside:
			return nothing()
		}
	}
	return and(conditions)
}

func direction(descending bool) int {
	if descending {
		return -1
	}
	return 1
}

// beyond matches the contacts of a stretch after the key, or before it.
func beyond(terms []sortTerm, key db.Key, before bool) bson.D {
	var alternatives []bson.D
	var equal []bson.D // in all terms so far
	for i, t := range terms {
		v := key.Values[i]
		for _, further := range t.further(v, t.Descending != before) {
			alternatives = append(alternatives, and(append(slices.Clone(equal), further)))
		}
		equal = append(equal, t.compare("$eq", v))
	}
	id := bson.D{{Key: "_id", Value: bson.D{{Key: map[bool]string{false: "$gt", true: "$lt"}[before], Value: key.ID}}}}
	return or(append(alternatives, and(append(equal, id))))
}

// sortTerm is a term of a sort over a field.
type sortTerm struct {
	db.SortTerm
	field field
}

// scalars are the kinds of values that contacts are sorted by, in the order of MongoDB and filter.Compare.
func scalars() []filter.Kind {
	return []filter.Kind{filter.KindNull, filter.KindNumber, filter.KindText, filter.KindDate, filter.KindBoolean, filter.KindDateTime}
}

// outside returns queries of which one matches where there is a list or an object.
func (t sortTerm) outside() []bson.D {
	var alternatives []bson.D
	for _, list := range t.field.lists {
		alternatives = append(alternatives, predicate(list, operators{typeIs("array")}))
	}
	for _, guard := range t.field.guards() {
		alternatives = append(alternatives, nor([]bson.D{guard}))
	}
	if t.field.shape.Has(filter.KindObject) {
		object := []bson.D{predicate(t.field.name, operators{typeIs("object")})}
		if t.field.shape.Has(filter.KindDate) {
			object = append(object, predicate(t.field.name+withinDay, operators{{Key: "$exists", Value: false}}))
		}
		alternatives = append(alternatives, and(object))
	}
	return alternatives
}

// ofKinds returns queries of which one must match for the value to be of one of the kinds, less the kinds that
// were never seen. A missing value is a null.
func (t sortTerm) ofKinds(kinds []filter.Kind) []bson.D {
	var types []string
	var alternatives []bson.D
	for _, k := range kinds {
		switch {
		case k == filter.KindNull && t.required():
		case k == filter.KindNull:
			alternatives = append(alternatives, t.compare("$eq", nil))
		case !t.field.shape.Has(k):
		case k == filter.KindDate:
			alternatives = append(alternatives, predicate(t.field.name+withinDay, operators{{Key: "$exists", Value: true}}))
		default:
			types = append(types, typeName(k))
		}
	}
	if len(types) > 0 {
		alternatives = append(alternatives, predicate(t.field.name, operators{typeIs(types...)}))
	}
	return alternatives
}

func (t sortTerm) required() bool {
	standard, ok := t.Path.Standard()
	return ok && standard.Required
}

// further returns queries of which one must match for the value to be greater than v, or less.
func (t sortTerm) further(v any, less bool) []bson.D {
	kind := filter.KindOf(v)
	op, kinds := "$gt", slices.DeleteFunc(scalars(), func(k filter.Kind) bool { return k <= kind })
	if less {
		op, kinds = "$lt", slices.DeleteFunc(scalars(), func(k filter.Kind) bool { return k >= kind })
	}
	if v == nil {
		return t.ofKinds(kinds)
	}
	return append([]bson.D{t.compare(op, v)}, t.ofKinds(kinds)...)
}

func (t sortTerm) compare(op string, v any) bson.D {
	name := t.field.name
	if day, ok := v.(filter.Date); ok {
		name, v = name+withinDay, day.Midnight()
	}
	return predicate(name, operators{{Key: op, Value: document.Value(v)}})
}
