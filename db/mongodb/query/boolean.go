package query

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// predicate asks a field for all of the operators: {field: value}, {field: /pattern/} or {field: {operators}}. Patterns
// beyond the first need a document each, because one field has one $regex.
func predicate(name string, ops operators) bson.D {
	if len(ops) == 1 && (ops[0].Key == "$eq" || ops[0].Key == "$regex") {
		return bson.D{{Key: name, Value: ops[0].Value}}
	}
	var rest operators
	var patterns []bson.D
	for _, op := range ops {
		if op.Key == "$regex" {
			patterns = append(patterns, bson.D{{Key: name, Value: op.Value}})
		} else {
			rest = append(rest, op)
		}
	}
	if len(rest) == 0 {
		return and(patterns)
	}
	return and(append([]bson.D{{{Key: name, Value: bson.D(rest)}}}, patterns...))
}

// element asks a value that is an element of a list for all of the operators. It has no name, so several patterns
// become one $all, which asks a single value for each of its items.
func (ops operators) element() bson.D {
	var d bson.D
	var patterns bson.A
	for _, op := range ops {
		if op.Key == "$regex" {
			patterns = append(patterns, op.Value)
		} else {
			d = append(d, op)
		}
	}
	if len(patterns) == 1 {
		return append(d, bson.E{Key: "$regex", Value: patterns[0]})
	}
	if len(patterns) > 1 {
		d = append(d, bson.E{Key: "$all", Value: patterns})
	}
	return d
}

// and joins queries of which all must match into one flat document.
func and(queries []bson.D) bson.D {
	joined := bson.D{}
	var rest bson.A
	for _, q := range queries {
		if isNothing(q) {
			return nothing()
		}
		if len(q) == 1 && q[0].Key == "$and" {
			rest = append(rest, q[0].Value.(bson.A)...)
			continue
		}
		if merged, ok := merge(joined, q); ok {
			joined = merged
		} else {
			rest = append(rest, q)
		}
	}
	if len(rest) > 0 {
		if len(joined) > 0 {
			rest = append(bson.A{joined}, rest...)
		}
		return bson.D{{Key: "$and", Value: rest}}
	}
	return joined
}

// merge adds the parts of q to d where no part of either gets lost.
func merge(d, q bson.D) (bson.D, bool) {
	merged := slices.Clone(d)
	for _, part := range q {
		i := slices.IndexFunc(merged, func(e bson.E) bool { return e.Key == part.Key })
		if i < 0 {
			merged = append(merged, part)
			continue
		}
		if part.Key == "$nor" {
			merged[i].Value = slices.Concat(merged[i].Value.(bson.A), part.Value.(bson.A))
			continue
		}
		if strings.HasPrefix(part.Key, "$") {
			return nil, false
		}
		if all, ok := asAll(merged[i].Value, part.Value); ok {
			merged[i].Value = all
			continue
		}
		mine, ok1 := asOperators(merged[i].Value)
		other, ok2 := asOperators(part.Value)
		if !ok1 || !ok2 {
			return nil, false
		}
		for _, op := range other {
			if hasKey(mine, op.Key) {
				return nil, false
			}
		}
		merged[i].Value = slices.Concat(mine, other)
	}
	return merged, true
}

// asAll joins values of which a list must have each: {tags: {$all: ["vip", "beta"]}}.
func asAll(asked, value any) (any, bool) {
	switch value.(type) {
	case bson.D, bson.Regex:
		return nil, false
	}
	var all bson.A
	switch asked := asked.(type) {
	case bson.Regex:
		return nil, false
	case bson.D:
		if len(asked) != 1 || asked[0].Key != "$all" {
			return nil, false
		}
		all = asked[0].Value.(bson.A)
	default:
		all = bson.A{asked}
	}
	if slices.Contains(all, value) {
		return asked, true
	}
	return bson.D{{Key: "$all", Value: append(slices.Clone(all), value)}}, true
}

// asOperators returns what a field is asked for as operators, which a pattern cannot be joined to.
func asOperators(v any) (bson.D, bool) {
	switch v := v.(type) {
	case bson.D:
		return v, true
	case bson.Regex:
		return nil, false
	default:
		return bson.D{{Key: "$eq", Value: v}}, true
	}
}

// or joins queries of which one must match. Values that are asked of the same field become one $in.
func or(queries []bson.D) bson.D {
	var alternatives []bson.D
	for _, q := range queries {
		if isNothing(q) {
			continue
		}
		if len(q) == 0 {
			return bson.D{}
		}
		parts := []bson.D{q}
		if len(q) == 1 && q[0].Key == "$or" {
			parts = nil
			for _, part := range q[0].Value.(bson.A) {
				parts = append(parts, part.(bson.D))
			}
		}
		for _, part := range parts {
			if !joinValues(alternatives, part) {
				alternatives = append(alternatives, part)
			}
		}
	}
	switch len(alternatives) {
	case 0:
		return nothing()
	case 1:
		return alternatives[0]
	}
	return bson.D{{Key: "$or", Value: list(alternatives)}}
}

// joinValues joins the values that q asks of a field to those that an alternative asks of it.
func joinValues(alternatives []bson.D, q bson.D) bool {
	name, values, ok := askedValues(q)
	if !ok {
		return false
	}
	for i, a := range alternatives {
		if n, mine, ok := askedValues(a); ok && n == name {
			alternatives[i] = bson.D{{Key: name, Value: bson.D{{Key: "$in", Value: slices.Concat(mine, values)}}}}
			return true
		}
	}
	return false
}

// askedValues returns the values of which a field must have one, where that is all that the query asks.
func askedValues(q bson.D) (name string, values bson.A, ok bool) {
	if len(q) != 1 || strings.HasPrefix(q[0].Key, "$") {
		return "", nil, false
	}
	switch v := q[0].Value.(type) {
	case bson.D:
		if len(v) == 1 && v[0].Key == "$in" {
			return q[0].Key, v[0].Value.(bson.A), true
		}
		return "", nil, false
	default:
		return q[0].Key, bson.A{v}, true
	}
}

// nor is the complement of or, said with the negative operator of a field where there is one.
func nor(queries []bson.D) bson.D {
	q := or(queries)
	switch {
	case len(q) == 0:
		return nothing()
	case isNothing(q):
		return bson.D{}
	case len(q) == 1 && q[0].Key == "$or":
		return bson.D{{Key: "$nor", Value: q[0].Value}}
	case len(q) == 1 && q[0].Key == "$nor" && len(q[0].Value.(bson.A)) == 1:
		return q[0].Value.(bson.A)[0].(bson.D)
	case len(q) == 1 && !strings.HasPrefix(q[0].Key, "$"):
		return bson.D{{Key: q[0].Key, Value: complement(q[0].Value)}}
	}
	return bson.D{{Key: "$nor", Value: bson.A{q}}}
}

// complement negates what a field is asked for.
func complement(v any) bson.D {
	ops, isOperators := v.(bson.D)
	if _, isPattern := v.(bson.Regex); isPattern {
		return bson.D{{Key: "$not", Value: v}}
	}
	if !isOperators {
		return bson.D{{Key: "$ne", Value: v}}
	}
	if len(ops) == 1 {
		for _, pair := range [][2]string{{"$in", "$nin"}, {"$eq", "$ne"}} {
			switch ops[0].Key {
			case pair[0]:
				return bson.D{{Key: pair[1], Value: ops[0].Value}}
			case pair[1]:
				return bson.D{{Key: pair[0], Value: ops[0].Value}}
			}
		}
		if exists, ok := ops[0].Value.(bool); ok && ops[0].Key == "$exists" {
			return bson.D{{Key: "$exists", Value: !exists}}
		}
		if inner, ok := ops[0].Value.(bson.D); ok && ops[0].Key == "$not" {
			return inner
		}
	}
	return bson.D{{Key: "$not", Value: ops}}
}

func list(queries []bson.D) bson.A {
	a := make(bson.A, len(queries))
	for i, q := range queries {
		a[i] = q
	}
	return a
}
