package query_test

import (
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

// MongoDB takes documents of 180 levels at least, and drivers and tools 100.
func TestDeepestFilter(t *testing.T) {
	condition := func(path string) filter.Object {
		return filter.Object{"number": filter.Object{"path": path, "gt": 1, "lt": 5, "notEquals": 3, "whenMissing": "MATCH"}}
	}
	elements := condition("a.b")
	for level := filter.MaxDepth - 1; level > 0; level-- {
		path := map[bool]string{false: "a.b", true: "custom.a.b"}[level == 1]
		elements = filter.Object{"any": filter.Object{"path": path, "match": elements, "whenMissing": "MATCH"}}
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
	counted := condition("a")
	for level := filter.MaxDepth - 1; level > 0; level-- {
		path := map[bool]string{false: "a", true: "custom.a"}[level == 1]
		counted = filter.Object{"any": filter.Object{"path": path, "match": counted, "count": filter.Object{"min": 2}}}
	}
	for name, input := range map[string]filter.Object{"elements": elements, "groups": groups, "counted elements": counted} {
		q := compile(t, input)
		checkSound(t, name, q)
		most := 100
		if name == "counted elements" {
			most = 180 // only for the server to read
		}
		if depth := depthOf(q); depth > most {
			t.Errorf("%s: %d levels", name, depth)
		}
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
