package query

import (
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/filter"
)

// Aggregation expressions, unlike query operators, do not look into lists by themselves, compare values of all types
// with each other, and fail on a value that an operator is not made for: so each test asks for the type first.

// expression returns what a node says as an aggregation expression.
func (s scope) expression(n filter.Node) any {
	switch n := n.(type) {
	case filter.Const:
		return bool(n)
	case filter.And:
		return both(each(n, s.expression)...)
	case filter.Or:
		return either(each(n, s.expression))
	case filter.Not:
		return call("$not", s.expression(n.Node))
	case filter.Has:
		f := s.field(n.Path)
		if len(f.lists) == 0 {
			return s.guarded(f, s.passes(f, n.Test, s.at(f.name)))
		}
		return s.guarded(f, s.anyPasses(s.items(n)))
	case filter.Any:
		return s.guarded(s.field(n.Path), s.anyPasses(s.items(n)))
	case filter.Many:
		f := s.countedField(n.Of)
		if len(f.lists) == 0 {
			return s.expression(onlyOne(n))
		}
		input, as, condition := s.items(n.Of)
		found := operator("$filter", bson.E{Key: "input", Value: input}, bson.E{Key: "as", Value: as}, bson.E{Key: "cond", Value: condition})
		enough := counted(n, unary("$size", found))
		if n.Min == 0 && len(f.singles) > 0 {
			// Behind these there is nothing to count.
			return call("$not", s.guarded(f, call("$not", enough)))
		}
		return s.guarded(f, enough)
	}
	panic("query: unknown node")
}

// counted says whether a number is in the range of n.
func counted(n filter.Many, number any) any {
	switch {
	case n.Max == nil:
		return call("$gte", number, n.Min)
	case n.Min == 0:
		return call("$lte", number, *n.Max)
	}
	return let(bson.D{{Key: "n", Value: number}}, both(call("$gte", "$$n", n.Min), call("$lte", "$$n", *n.Max)))
}

func (s scope) countedField(n filter.Countable) field {
	switch n := n.(type) {
	case filter.Has:
		return s.field(n.Path)
	case filter.Any:
		return s.field(n.Path)
	}
	panic("query: unknown countable node")
}

// items returns a list of values or elements, a name for each of them, and the condition that n asks of one.
func (s scope) items(n filter.Countable) (input any, as string, condition any) {
	f := s.countedField(n)
	switch n := n.(type) {
	case filter.Has:
		return s.values(f), "v", s.passes(f, n.Test, "$$v")
	case filter.Any:
		inner := s.within(f)
		return s.elements(f), inner.element, inner.matches(f, n.Match)
	}
	panic("query: unknown countable node")
}

func (s scope) anyPasses(input any, as string, condition any) any {
	return call("$anyElementTrue", mapped(input, as, condition))
}

// matches asks one element of the list for everything that a filter says; s is the scope of the element.
func (s scope) matches(list field, n filter.Node) any {
	element := "$$" + s.element
	conditions := []any{call("$eq", typeOf(element), "object")}
	if list.shape.Has(filter.KindDate) {
		conditions = append(conditions, call("$eq", typeOf(element+withinDay), "missing"))
	}
	isObject := both(append(conditions, s.expression(n))...)
	if list.shape&db.NestedList != 0 && filter.Match(n, filter.AsDocument(filter.Object{})) {
		// To a filter a list in a list is an object without fields.
		return call("$or", isObject, isList(element))
	}
	return isObject
}

// at returns the expression of what is at a path, which leads through no lists.
func (s scope) at(name string) string {
	if s.element == "" {
		return "$" + name
	}
	return "$$" + s.element + "." + name
}

// guarded adds that the field has no values behind certain lists.
func (s scope) guarded(f field, condition any) any {
	if len(f.singles) == 0 {
		return condition
	}
	var conditions []any
	for _, name := range f.singles {
		conditions = append(conditions, call("$not", isList(s.at(name))))
	}
	return both(append(conditions, condition)...)
}

// values returns the list of all values of a field that is a list or behind one.
func (s scope) values(f field) any {
	if f.always {
		return s.at(f.name)
	}
	return s.entered(f, f.lists)
}

// elements returns the list of the elements of all lists that are at the field.
func (s scope) elements(f field) any {
	last := len(f.lists) - 1
	switch {
	case last < 0 || f.lists[last] != f.name: // none was ever seen
		return bson.A{}
	case last == 0:
		return call("$cond", isList(s.at(f.name)), s.at(f.name), bson.A{})
	}
	return flattened(s.entered(f, f.lists[:last]), bson.A{})
}

// entered returns the list of what is at the field, in which the named lists on the way, and the field itself where
// it is one of them, are replaced by their elements.
func (s scope) entered(f field, lists []string) any {
	first := s.at(lists[0])
	var reached any = call("$cond", isList(first), first,
		call("$cond", call("$eq", typeOf(first), "missing"), bson.A{}, bson.A{first}))
	for i, list := range lists {
		next := f.name
		if i+1 < len(lists) {
			next = lists[i+1]
		}
		if next == list {
			break
		}
		reached = stepped(reached, next[len(list):])
		if i+1 < len(lists) {
			reached = flattened(reached, bson.A{"$$this"})
		}
	}
	return reached
}

// stepped returns the list of what is at a path below the items of a list. Lists directly in the list have nothing there.
func stepped(list any, path string) any {
	some := call("$and", call("$not", isList("$$i")), call("$ne", typeOf("$$i"+path), "missing"))
	return mapped(operator("$filter", bson.E{Key: "input", Value: list}, bson.E{Key: "as", Value: "i"}, bson.E{Key: "cond", Value: some}), "i", "$$i"+path)
}

// flattened returns the list in which each item that is a list is replaced by its elements, and each other one by
// single.
func flattened(list any, single bson.A) any {
	return operator("$reduce",
		bson.E{Key: "input", Value: list}, bson.E{Key: "initialValue", Value: bson.A{}},
		bson.E{Key: "in", Value: call("$concatArrays", "$$value", call("$cond", isList("$$this"), "$$this", single))})
}

func mapped(list any, as string, in any) any {
	return operator("$map", bson.E{Key: "input", Value: list}, bson.E{Key: "as", Value: as}, bson.E{Key: "in", Value: in})
}

func isList(v string) any { return unary("$isArray", v) }

func typeOf(v string) any { return unary("$type", v) }

// call returns an expression with a list of operands.
func call(name string, operands ...any) bson.D { return bson.D{{Key: name, Value: bson.A(operands)}} }

// unary returns an expression with one operand.
func unary(name string, operand any) bson.D { return bson.D{{Key: name, Value: operand}} }

// operator returns an expression with named operands.
func operator(name string, operands ...bson.E) bson.D {
	return bson.D{{Key: name, Value: bson.D(operands)}}
}

// constant returns an expression of a value: a text may look like a path.
func constant(v any) any {
	if text, ok := v.(string); ok && strings.HasPrefix(text, "$") {
		return bson.D{{Key: "$literal", Value: text}}
	}
	return v
}
