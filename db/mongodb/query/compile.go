// Package query translates filters into MongoDB queries. It is pure: core nodes in, one query document out.
//
// A query agrees with filter.Match on every document. Three of MongoDB's rules make that more than a transcription:
// operators that stand together under one field may be passed by different elements of a list, so a test of several
// operators needs $elemMatch wherever there may be a list; a step of digits would address a list's position; and
// a calendar day is kept as {_day: midnight UTC}. What the catalogue of fields knows of a path keeps the queries
// short: no $elemMatch where no list was ever seen, no _day where no day was.
//
// What MongoDB's query operators cannot say becomes an aggregation expression (expression.go), and beside it stands
// as much of the same as they can say (plain.go), so that indexes serve.
package query

import (
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/filter"
)

// Shapes says what kinds of values the documents may have at a path; db.Catalogue is one.
type Shapes interface{ Shape(path string) db.Shape }

// Compile returns the query that matches the documents for which the filter holds. With nil Shapes it assumes
// nothing of the custom fields.
func Compile(n filter.Node, shapes Shapes) bson.D {
	return scope{shapes: shapes}.compile(n)
}

// And returns the query that matches what all of the queries match.
func And(queries ...bson.D) bson.D { return and(queries) }

// scope is where in a document the paths of nodes start: at its root, or at the elements of a list.
type scope struct {
	shapes  Shapes
	base    string // path of the list, "" at the root
	element string // name of the element in an expression, "" at the root
}

func (s scope) compile(n filter.Node) bson.D {
	if s.needsExpression(n) {
		return and([]bson.D{s.compile(s.plainPart(n)), {{Key: "$expr", Value: s.expression(n)}}})
	}
	switch n := n.(type) {
	case filter.Const:
		if n {
			return bson.D{}
		}
		return nothing()
	case filter.And:
		return and(each(n, s.compile))
	case filter.Or:
		return or(each(n, s.compile))
	case filter.Not:
		return s.negate(n.Node)
	case filter.Has:
		return or(s.has(n))
	case filter.Any:
		return s.any(n)
	case filter.Many:
		return s.many(n)
	}
	panic("query: unknown node")
}

// each translates each of the nodes.
func each[T any](nodes []filter.Node, translate func(filter.Node) T) []T {
	translated := make([]T, len(nodes))
	for i, n := range nodes {
		translated[i] = translate(n)
	}
	return translated
}

func (s scope) negate(n filter.Node) bson.D {
	switch n := n.(type) {
	case filter.Or:
		return nor(each(n, s.compile))
	case filter.Has:
		if s.hasNoOther(n) {
			return bson.D{{Key: s.field(n.Path).name, Value: nil}}
		}
		if !s.needsExpression(n) {
			return nor(s.has(n))
		}
	case filter.Const, filter.And, filter.Not, filter.Any, filter.Many:
	}
	return nor([]bson.D{s.compile(n)})
}

// hasNoOther says whether all values of a field but null are of the kinds of which one is asked for, so that to have
// none is to be null or missing, which an index serves.
func (s scope) hasNoOther(n filter.Has) bool {
	kinds, ok := n.Test.(filter.OfKind)
	f := s.field(n.Path)
	return ok && len(f.lists) == 0 && len(f.singles) == 0 && f.shape&^db.ShapeOf(append([]filter.Kind{filter.KindNull}, kinds...)...) == 0
}

// any asks one element of a list for everything that n.Match says.
func (s scope) any(n filter.Any) bson.D {
	field := s.field(n.Path)
	inner := s.within(field)
	element := inner.compile(n.Match)
	if isNothing(element) {
		return element
	}
	if field.shape.Has(filter.KindDate) && filter.Match(n.Match, filter.AsDocument(filter.Object{})) {
		// To MongoDB a calendar day is an object without the fields that are asked for, to a filter it is none.
		element = and([]bson.D{element, {{Key: filter.DateKey, Value: bson.D{{Key: "$exists", Value: false}}}}})
	}
	if len(element) == 0 {
		element = bson.D{typeIs("object", "array")}
	}
	return and(append([]bson.D{{{Key: field.name, Value: bson.D{{Key: "$elemMatch", Value: element}}}}}, field.guards()...))
}

// many asks whether the list has elements at the positions that only a long enough one has, and a too long one.
func (s scope) many(n filter.Many) bson.D {
	f := s.field(n.Of.(filter.Has).Path)
	if len(f.lists) == 0 {
		return s.compile(onlyOne(n))
	}
	at := func(position int) bson.D {
		q := bson.D{{Key: fmt.Sprintf("%s.%d", f.name, position), Value: bson.D{{Key: "$exists", Value: true}}}}
		return and(append([]bson.D{q}, f.guards()...))
	}
	var all []bson.D
	switch n.Min {
	case 0:
	case 1: // may be a single value, which has no positions
		all = append(all, s.compile(n.Of))
	default:
		all = append(all, at(n.Min-1))
	}
	if n.Max != nil {
		all = append(all, nor([]bson.D{at(*n.Max)}))
	}
	return and(all)
}

// onlyOne returns what n says where there is one value at most.
func onlyOne(n filter.Many) filter.Node {
	switch n.Min {
	case 0:
		return filter.Const(true)
	case 1:
		return n.Of
	}
	return filter.Const(false)
}

// field is a path in a scope, with what is known of the values there.
type field struct {
	name    string   // relative to the scope
	full    string   // from the root of the document
	shape   db.Shape // of the values
	lists   []string // names of the field and the fields on the way to it that may be lists
	always  bool     // the field is always a list
	singles []string // names of fields on the way to it that may be lists, but then lead to no values
}

// guards are conditions without which the field has no values.
func (f field) guards() []bson.D {
	var guards []bson.D
	for _, name := range f.singles {
		guards = append(guards, notList(name))
	}
	return guards
}

// within is the scope of the elements of a list.
func (s scope) within(list field) scope {
	return scope{shapes: s.shapes, base: list.full, element: s.element + "e"}
}

// shapeAt says what values there may be at a path from the root of the document.
func (s scope) shapeAt(full string) db.Shape {
	if s.shapes == nil {
		return db.AnyShape
	}
	return s.shapes.Shape(full)
}

func (s scope) field(p filter.Path) field {
	f := field{name: p.String(), full: p.String()}
	if s.base != "" {
		f.full = s.base + "." + f.name
	}
	if standard, ok := p.Standard(); ok && s.base == "" {
		f.shape = db.ShapeOf(standard.Kind)
		if standard.List {
			f.shape, f.always, f.lists = f.shape|db.ShapeOf(filter.KindList), true, []string{f.name}
		}
		return f
	}
	if f.full == filter.SegmentsField {
		f.shape, f.lists = db.ShapeOf(filter.KindText, filter.KindList), []string{f.name}
		return f
	}
	steps := p.Steps()
	position := -1 // of the last step that looks like a position in a list
	for i, step := range steps {
		if i > 0 && filter.IsPosition(step) {
			position = i
		}
	}
	length := 0
	for i, step := range steps {
		length += len(step)
		name, full := f.name[:length], f.full[:len(f.full)-len(f.name)+length]
		length++ // the dot
		if full == filter.CustomField {
			continue // is always an object
		}
		f.shape = s.shapeAt(full)
		switch {
		case !f.shape.Has(filter.KindList):
		case i < position:
			f.singles = append(f.singles, name)
		default:
			f.lists = append(f.lists, name)
		}
	}
	return f
}

func notList(name string) bson.D {
	return bson.D{{Key: name, Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$type", Value: "array"}}}}}}
}

// has returns queries of which one must match for some value at the path to pass the test.
func (s scope) has(n filter.Has) []bson.D {
	f := s.field(n.Path)
	var alternatives []bson.D
	for _, t := range f.tests(n.Test) {
		alternatives = append(alternatives, f.ofOneValue(t)...)
	}
	if guards := f.guards(); len(guards) > 0 {
		for i, a := range alternatives {
			alternatives[i] = and(append([]bson.D{a}, guards...))
		}
	}
	return alternatives
}

// ofOneValue returns queries of which one must match for a single value of the field to pass all operators of t.
func (f field) ofOneValue(t test) []bson.D {
	if len(t.operators) == 1 || len(f.lists) == 0 {
		return []bson.D{predicate(f.name+t.within, t.operators)}
	}
	var alternatives []bson.D
	if !f.always {
		plain := []bson.D{predicate(f.name+t.within, t.operators)}
		for _, list := range f.lists {
			plain = append(plain, notList(list))
		}
		alternatives = append(alternatives, and(plain))
	}
	for i, list := range f.lists {
		// The last list on the way to the value: none may follow it.
		var element []bson.D
		rest := f.name[len(list):] + t.within
		if rest == "" {
			element = append(element, t.operators.element())
		} else {
			element = append(element, predicate(rest[1:], t.operators))
		}
		for _, later := range f.lists[i+1:] {
			element = append(element, notList(later[len(list)+1:]))
		}
		alternatives = append(alternatives, bson.D{{Key: list, Value: bson.D{{Key: "$elemMatch", Value: and(element)}}}})
	}
	return alternatives
}

// nothing matches no document.
func nothing() bson.D { return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A{}}}}} }

func isNothing(d bson.D) bool {
	if len(d) != 1 || d[0].Key != "_id" {
		return false
	}
	in, ok := d[0].Value.(bson.D)
	return ok && len(in) == 1 && in[0].Key == "$in" && len(in[0].Value.(bson.A)) == 0
}

func hasKey(d bson.D, key string) bool {
	return slices.ContainsFunc(d, func(e bson.E) bool { return e.Key == key })
}
