package query_test

import (
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db/mongodb/query"
	"segmentql/filter"
)

func compile(t *testing.T, input filter.Object) bson.D {
	t.Helper()
	n, err := filter.Parser{}.Parse(input)
	if err != nil {
		t.Fatal(err)
	}
	return query.Compile(n, nil)
}

// Two operators that ask for values must not become two of the same name: MongoDB refuses {$elemMatch: {$and:
// [{$eq, $eq}]}}, and tools lose one of two members of the same name.
func TestTwoOperatorsOfOneName(t *testing.T) {
	for _, condition := range []filter.Object{
		{"text": filter.Object{"path": "custom.a", "equals": "x", "in": []any{"y"}}},
		{"text": filter.Object{"path": "custom.a", "equals": "x", "in": []any{"x"}, "startsWith": "x"}},
		{"text": filter.Object{"path": "tags", "equals": "x", "in": []any{"y"}, "endsWith": "x"}},
		{"number": filter.Object{"path": "custom.a", "equals": 1, "in": []any{1}, "gt": 0}},
		{"number": filter.Object{"path": "custom.a", "equals": 0, "gte": -3, "lte": -3}},
		{"number": filter.Object{"path": "custom.a", "in": []any{0, 5}, "gte": 5, "lte": 5, "notEquals": 5}},
	} {
		checkSound(t, "two operators of one name", compile(t, condition))
	}
}

// No value at all is asked for in one way: MongoDB refuses {$in: null}.
func TestNoValues(t *testing.T) {
	none := filter.Object{"text": filter.Object{"path": "custom.a", "in": []any{}}}
	for want, input := range map[string]filter.Object{
		`{"_id":{"$in":[]}}`: {"or": []any{none, none}},
		`{}`:                 {"not": filter.Object{"or": []any{none, none}}},
		`{"custom.a":"x"}`:   {"or": []any{none, filter.Object{"text": filter.Object{"path": "custom.a", "equals": "x"}}, none}},
	} {
		if got := string(extendedJSON(t, compile(t, input))); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// MongoDB takes documents of 180 levels at least, and drivers and tools 100. A query is not much larger than its filter,
// in whatever way the filter nests.
func TestDeepestFilter(t *testing.T) {
	leaves := map[string]filter.Object{
		"a range":  {"number": filter.Object{"path": "a.b", "gt": 1, "lt": 5, "notEquals": 3, "whenMissing": "MATCH"}},
		"a circle": {"geo": filter.Object{"path": "a.b", "within": filter.Object{"latitude": 51, "longitude": 0, "radiusKm": 5}, "whenMissing": "MATCH"}},
	}
	for name, leaf := range leaves {
		for _, count := range []filter.Object{nil, {"min": 2}, {"max": 3}, {"min": 2, "max": 3}} {
			for _, missing := range []any{nil, "MATCH", "NO_MATCH"} {
				checkDeepest(t, fmt.Sprint("elements of ", name, count, missing), nestedElements(leaf, count, missing), 180, 200_000)
			}
		}
	}
	condition := func(path string) filter.Object {
		return filter.Object{"number": filter.Object{"path": path, "gt": 1, "lt": 5, "notEquals": 3, "whenMissing": "MATCH"}}
	}
	groups := condition("custom.a.b")
	for level := range filter.MaxDepth - 1 {
		switch level % 3 {
		case 0:
			groups = filter.Object{"or": []any{groups, condition("custom.a.c")}}
		case 1:
			groups = filter.Object{"and": []any{groups, condition("custom.a.d")}}
		case 2:
			groups = filter.Object{"not": groups}
		}
	}
	checkDeepest(t, "groups", groups, 100, 50_000)
}

// nestedElements nests any as deep as it may be, with groups around to the deepest filter.
func nestedElements(leaf, count filter.Object, missing any) filter.Object {
	f := leaf
	for level := filter.MaxNestedAny; level > 0; level-- {
		fields := filter.Object{"path": "a.b", "match": f, "whenMissing": missing}
		if level == 1 {
			fields["path"] = "custom.a.b"
		}
		if count != nil {
			fields["count"] = count
		}
		f = filter.Object{"any": fields}
		if level > filter.MaxNestedAny-(filter.MaxDepth-1-filter.MaxNestedAny) {
			f = filter.Object{"not": f}
		}
	}
	return f
}

func checkDeepest(t *testing.T, name string, input filter.Object, deepest, largest int) {
	t.Helper()
	q := compile(t, input)
	checkSound(t, name, q)
	if depth := depthOf(q); depth > deepest {
		t.Errorf("%s: %d levels", name, depth)
	}
	if size := len(extendedJSON(t, q)); size > largest {
		t.Errorf("%s: %d bytes", name, size)
	}
}

func depthOf(v any) int {
	deepest := 0
	switch v := v.(type) {
	case bson.D:
		for _, e := range v {
			deepest = max(deepest, depthOf(e.Value))
		}
		return deepest + 1
	case bson.A:
		for _, item := range v {
			deepest = max(deepest, depthOf(item))
		}
		return deepest + 1
	}
	return 0
}
