package filter_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"segmentql/filter"
)

func TestParsePath(t *testing.T) {
	const many = filter.MaxPathSteps
	for _, c := range []struct {
		text  string
		steps []string // nil: not a path
		err   string
	}{
		{text: "email", steps: []string{"email"}},
		{text: "custom.address.city", steps: []string{"custom", "address", "city"}},
		{text: "custom.first name", steps: []string{"custom", "first name"}},
		{text: "custom.0.ключ.🙂", steps: []string{"custom", "0", "ключ", "🙂"}},
		{text: "custom.a$b", steps: []string{"custom", "a$b"}},
		{text: "custom._days", steps: []string{"custom", "_days"}},
		{text: strings.Repeat("a", filter.MaxPathLength), steps: []string{strings.Repeat("a", filter.MaxPathLength)}},
		{text: strings.Repeat("a.", many-1) + "a", steps: strings.Split(strings.Repeat("a ", many-1)+"a", " ")},
		{text: "", err: "a path must not be empty; write a field such as email or custom.plan"},
		{text: strings.Repeat("é", 257), err: "a path has at most 512 bytes, this one has 514"},
		{text: strings.Repeat("a.", many) + "a", err: "a path has at most 32 steps, this one has 33"},
		{text: ".", err: `the path "." is not valid: a key must not be empty`},
		{text: ".custom", err: `the path ".custom" is not valid: a key must not be empty`},
		{text: "custom.$set", err: `the path "custom.$set" is not valid: the key "$set" must not start with $`},
		{text: "custom._day", err: `the path "custom._day" is not valid: the key "_day" is reserved`},
		{text: "a\x00", err: `the path "a\x00" is not valid: the key "a\x00" must not contain a dot or a NUL character`},
	} {
		path, err := filter.ParsePath(c.text)
		switch {
		case c.err != "":
			if err == nil || err.Error() != c.err {
				t.Errorf("%q: got %v, want %s", c.text, err, c.err)
			}
		case err != nil:
			t.Errorf("%q: %v", c.text, err)
		case path.String() != c.text || !reflect.DeepEqual(path.Steps(), c.steps):
			t.Errorf("%q: got %q with the steps %q", c.text, path, path.Steps())
		}
	}
}

func TestMustPathPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	filter.MustPath("a..b")
}

func TestCheckKey(t *testing.T) {
	for key, sound := range map[string]bool{
		"plan": true, "first name": true, "0": true, "_": true, "a$": true, "_id": true, "__proto__": true, "ключ": true, "-": true,
		"": false, "$": false, "$where": false, "a.b": false, "a\x00": false, "_day": false,
	} {
		if err := filter.CheckKey(key); (err == nil) != sound {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestIsPosition(t *testing.T) {
	for key, want := range map[string]bool{"0": true, "17": true, "007": true, "-1": false, "1a": false, "a": false, "1.0": false, "١": false} {
		if filter.IsPosition(key) != want {
			t.Errorf("%q: want %t", key, want)
		}
	}
}

func TestStandard(t *testing.T) {
	for path, want := range map[string]filter.Kind{"email": filter.KindText, "subscribedAt": filter.KindDateTime, "tags": filter.KindText, "custom.email": 0, "Email": 0, "email.x": 0} {
		field, ok := filter.MustPath(path).Standard()
		if ok != (want != 0) || field.Kind != want {
			t.Errorf("%s: got %v, %t", path, field, ok)
		}
	}
}

// document has a value of every kind, and lists in every place.
func document() filter.Document {
	return filter.AsDocument(filter.Object{
		"text": "x", "number": 1.5, "boolean": false, "null": nil,
		"day": filter.NewDate(2026, 3, 1), "instant": time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		"object": filter.Object{"a": int64(1), "list": []any{"x"}, "empty": filter.Object{}},
		"list":   []any{"x", int64(2)}, "one": []any{"x"}, "emptyList": []any{},
		"rows": []any{filter.Object{"a": int64(1), "b": []any{int64(3)}}, "x", filter.Object{"a": nil}},
		"row":  []any{filter.Object{"a": int64(1), "b": []any{int64(3), int64(4)}}},
	})
}

func TestSingle(t *testing.T) {
	instant := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for path, want := range map[string]struct {
		v      any
		single bool
	}{
		"text": {"x", true}, "number": {1.5, true}, "boolean": {false, true}, "null": {nil, true}, "instant": {instant, true},
		"day": {filter.NewDate(2026, 3, 1), true}, "missing": {nil, true}, "missing.a": {nil, true}, "text.a": {nil, true}, "null.a": {nil, true},
		"object": {nil, false}, "object.a": {int64(1), true}, "object.b": {nil, true}, "object.list": {nil, false}, "object.empty": {nil, false},
		"object.empty.a": {nil, true}, "list": {nil, false}, "emptyList": {nil, false}, "list.a": {nil, false}, "emptyList.a": {nil, false}, "rows.a": {nil, false}, "one": {nil, false},
	} {
		if v, single := filter.Single(document(), filter.MustPath(path)); single != want.single || !reflect.DeepEqual(v, want.v) {
			t.Errorf("%s: got %#v, %t", path, v, single)
		}
	}
}

func TestValue(t *testing.T) {
	for path, want := range map[string]any{
		"text": "x", "number": 1.5, "boolean": false, "null": nil, "missing": nil, "text.a": nil,
		"object.a": int64(1), "object.empty": filter.Object{}, "object.list": []any{"x"}, "list": []any{"x", int64(2)}, "one": []any{"x"}, "emptyList": []any{},
		"rows.a": []any{int64(1), nil}, "rows.b": []any{[]any{int64(3)}}, "rows.c": []any{}, "row.a": []any{int64(1)}, "row.b": []any{[]any{int64(3), int64(4)}}, "emptyList.a": []any{}, "list.a": []any{},
	} {
		if v := filter.Value(document(), filter.MustPath(path)); !reflect.DeepEqual(v, want) {
			t.Errorf("%s: got %#v, want %#v", path, v, want)
		}
	}
}

func TestNearest(t *testing.T) {
	candidates := []string{"custom.plan", "custom.planet", "custom.address.city"}
	for name, want := range map[string]string{
		"custom.plam": "custom.plan", "CUSTOM.PLAN": "custom.plan", "custom.planets": "custom.planet", "plan": "", "": "",
		"custom.adress.city": "custom.address.city", "something else": "",
	} {
		if got := filter.Nearest(name, candidates); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	if got := filter.Nearest("custom.plan", nil); got != "" {
		t.Errorf("got %q of nothing", got)
	}
}
