package db_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

func TestParseText(t *testing.T) {
	for _, c := range []struct {
		text string
		kind filter.Kind
		want any // nil with an error: refused
		err  string
	}{
		{"", filter.KindNumber, nil, ""},
		{" \t", filter.KindDate, nil, ""},
		{"5", filter.KindNumber, int64(5), ""},
		{" -5.50 ", filter.KindNumber, -5.5, ""},
		{"1e3", filter.KindNumber, 1000.0, ""},
		{"9007199254740993", filter.KindNumber, int64(9007199254740993), ""},
		{"1,5", filter.KindNumber, nil, `"1,5" is not a number like 12.5`},
		{"0x10", filter.KindNumber, nil, `"0x10" is not a number like 12.5`},
		{"+5", filter.KindNumber, nil, `"+5" is not a number like 12.5`},
		{"007", filter.KindNumber, nil, `"007" is not a number like 12.5`},
		{"NaN", filter.KindNumber, nil, `"NaN" is not a number like 12.5`},
		{"null", filter.KindNumber, nil, `"null" is not a number like 12.5`},
		{"true", filter.KindNumber, nil, `"true" is not a number like 12.5`},
		{`"5"`, filter.KindNumber, nil, `"\"5\"" is not a number like 12.5`},
		{"[5]", filter.KindNumber, nil, `"[5]" is not a number like 12.5`},
		{"1e999", filter.KindNumber, nil, "1e999 is not a finite number"},
		{"9223372036854775809", filter.KindNumber, nil, "9223372036854775809 is a whole number that cannot be kept exactly; write it as text"},
		{"TRUE", filter.KindBoolean, true, ""},
		{" false ", filter.KindBoolean, false, ""},
		{"yes", filter.KindBoolean, nil, `"yes" is neither true nor false`},
		{"1", filter.KindBoolean, nil, `"1" is neither true nor false`},
		{"2026-03-01", filter.KindDate, filter.NewDate(2026, 3, 1), ""},
		{"2026-02-30", filter.KindDate, nil, `"2026-02-30" is not a day like 2026-03-01`},
		{"2026-03-01T00:00:00Z", filter.KindDate, nil, `"2026-03-01T00:00:00Z" is not a day like 2026-03-01`},
		{"2026-03-01T09:00:00.1239+01:00", filter.KindDateTime, time.Date(2026, 3, 1, 8, 0, 0, 123_000_000, time.UTC), ""},
		{"2026-03-01", filter.KindDateTime, nil, `"2026-03-01" is not an instant like 2026-03-01T09:00:00Z`},
		{" x ", filter.KindText, "x", ""},
	} {
		got, err := db.ParseText(c.text, c.kind)
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%q as %s: got %v, %v; want %s", c.text, c.kind, got, err, c.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q as %s: got %#v, %v", c.text, c.kind, got, err)
		}
	}
}

func TestDeclarationCheck(t *testing.T) {
	declare := func(path string, kind filter.Kind) error {
		return db.FieldDeclaration{Path: filter.MustPath(path), Type: kind}.Check()
	}
	for _, kind := range []filter.Kind{filter.KindText, filter.KindNumber, filter.KindBoolean, filter.KindDate, filter.KindDateTime} {
		if err := declare("custom.a.b", kind); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for _, kind := range []filter.Kind{filter.KindNull, filter.KindObject, filter.KindList, 99} {
		wantError(t, declare("custom.a", kind), db.BadInput, []any{"type"}, "a field is declared as TEXT, NUMBER, BOOLEAN, DATE or DATETIME")
	}
	wantError(t, declare("email", filter.KindText), db.BadInput, []any{"path"}, "email is a standard field; its type is fixed")
	wantError(t, declare("plan", filter.KindText), db.BadInput, []any{"path"}, `there is no field "plan"`)
	wantError(t, declare("custom", filter.KindText), db.BadInput, []any{"path"}, `there is no field "custom"`)
}

// What is written to a declared field is brought into its type, wherever the lists are, or refused with its place.
func TestAdmitConforms(t *testing.T) {
	catalogue := func() *db.Catalogue {
		c := db.NewCatalogue(nil)
		for path, kind := range map[string]filter.Kind{
			"custom.text": filter.KindText, "custom.number": filter.KindNumber, "custom.boolean": filter.KindBoolean,
			"custom.day": filter.KindDate, "custom.instant": filter.KindDateTime, "custom.orders.total": filter.KindNumber,
		} {
			c.Declare(db.FieldDeclaration{Path: filter.MustPath(path), Type: kind})
		}
		return c
	}
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		custom, want filter.Object // want nil: refused
		path         []any
		text         string
	}{
		"texts are parsed": {
			custom: filter.Object{"text": " 5 ", "number": "5", "boolean": "TRUE", "day": "2026-03-01", "instant": "2026-03-01T12:00:00Z"},
			want:   filter.Object{"text": " 5 ", "number": int64(5), "boolean": true, "day": filter.NewDate(2026, 3, 1), "instant": noon},
		},
		"values of the type stay": {
			custom: filter.Object{"text": "", "number": 5.5, "boolean": false, "day": filter.NewDate(2026, 3, 1), "instant": noon},
			want:   filter.Object{"text": "", "number": 5.5, "boolean": false, "day": filter.NewDate(2026, 3, 1), "instant": noon},
		},
		"blank is null":            {custom: filter.Object{"number": " ", "day": ""}, want: filter.Object{"number": nil, "day": nil}},
		"null stays":               {custom: filter.Object{"number": nil}, want: filter.Object{"number": nil}},
		"lists":                    {custom: filter.Object{"number": []any{"1", int64(2), nil, []any{"3"}}}, want: filter.Object{"number": []any{int64(1), int64(2), nil, []any{int64(3)}}}},
		"below a list":             {custom: filter.Object{"orders": []any{filter.Object{"total": "9.5"}, "other"}}, want: filter.Object{"orders": []any{filter.Object{"total": 9.5}, "other"}}},
		"below an object":          {custom: filter.Object{"orders": filter.Object{"total": "9"}}, want: filter.Object{"orders": filter.Object{"total": int64(9)}}},
		"what is not declared":     {custom: filter.Object{"other": "5", "orders": filter.Object{"id": "7"}}, want: filter.Object{"other": "5", "orders": filter.Object{"id": "7"}}},
		"a text that is no number": {custom: filter.Object{"number": "many"}, path: []any{"custom", "number"}, text: `the field is declared NUMBER and "many" is not a number like 12.5`},
		"a number for a text":      {custom: filter.Object{"text": int64(5)}, path: []any{"custom", "text"}, text: "the field is declared TEXT, the value is NUMBER"},
		"an instant for a day":     {custom: filter.Object{"day": noon}, path: []any{"custom", "day"}, text: "the field is declared DATE, the value is DATETIME"},
		"a day for an instant":     {custom: filter.Object{"instant": filter.NewDate(2026, 3, 1)}, path: []any{"custom", "instant"}, text: "the field is declared DATETIME, the value is DATE"},
		"an object for a number":   {custom: filter.Object{"number": filter.Object{}}, path: []any{"custom", "number"}, text: "the field is declared NUMBER, the value is OBJECT"},
		"in a list":                {custom: filter.Object{"number": []any{"1", []any{"2", true}}}, path: []any{"custom", "number", 1, 1}, text: "the field is declared NUMBER, the value is BOOLEAN"},
		"below lists":              {custom: filter.Object{"orders": []any{filter.Object{}, []any{filter.Object{"total": "x"}}}}, path: []any{"custom", "orders", 1, 0, "total"}, text: "the field is declared NUMBER"},
	} {
		t.Run(name, func(t *testing.T) {
			contact := &db.Contact{Custom: c.custom}
			_, err := catalogue().Admit(nil, contact)
			if c.want == nil {
				wantError(t, err, db.BadInput, c.path, c.text)
				return
			}
			if err != nil || !reflect.DeepEqual(contact.Custom, c.want) {
				t.Errorf("got %#v, %v", contact.Custom, err)
			}
		})
	}
}

func TestAdmitSaysWhatIsNew(t *testing.T) {
	c := db.NewCatalogue(nil)
	admit := func(custom filter.Object) string {
		t.Helper()
		changed, err := c.Admit(nil, &db.Contact{Custom: custom})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range changed {
			names = append(names, f.Path)
		}
		return strings.Join(slices.Sorted(slices.Values(names)), " ")
	}
	for _, step := range []struct {
		custom filter.Object
		want   string
	}{
		{filter.Object{"plan": "pro"}, "custom.plan"},
		{filter.Object{"plan": "free"}, ""},
		{filter.Object{"plan": nil}, "custom.plan"},
		{filter.Object{"orders": []any{filter.Object{"total": int64(1)}}}, "custom.orders custom.orders.total"},
		{filter.Object{"orders": []any{filter.Object{"total": 1.5}}}, ""},
		{filter.Object{"orders": []any{[]any{}}}, "custom.orders"},
		{filter.Object{"plan": []any{"pro"}}, "custom.plan"},
	} {
		if got := admit(step.custom); got != step.want {
			t.Errorf("%v: got %q, want %q", step.custom, got, step.want)
		}
	}
	for path, want := range map[string]db.Shape{
		"custom.plan":         db.ShapeOf(filter.KindText, filter.KindNull, filter.KindList),
		"custom.orders":       db.ShapeOf(filter.KindList, filter.KindObject) | db.NestedList,
		"custom.orders.total": db.ShapeOf(filter.KindNumber),
		"custom.other":        0,
		"email":               0,
	} {
		if got := c.Shape(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got.Kinds(), want.Kinds())
		}
	}
	for path, want := range map[string]string{"custom.plam": "custom.plan", "custom.orders.totel": "custom.orders.total", "custom.whatever": "", "email": ""} {
		if known, nearest := c.Known(path); known || nearest != want {
			t.Errorf("%s: got %t, %q", path, known, nearest)
		}
	}
}

func TestDeclareKeepsWhatWasSeen(t *testing.T) {
	c := db.NewCatalogue(nil)
	if _, err := c.Admit(nil, &db.Contact{Custom: filter.Object{"born": "1990-01-01"}}); err != nil {
		t.Fatal(err)
	}
	got := c.Declare(db.FieldDeclaration{Path: filter.MustPath("custom.born"), Type: filter.KindDate, Label: "Born", Description: "Day of birth"})
	want := db.Field{Path: "custom.born", Shape: db.ShapeOf(filter.KindText), Type: filter.KindDate, Label: "Born", Description: "Day of birth"}
	if got != want {
		t.Errorf("got %+v", got)
	}
	if known, _ := c.Known("custom.never"); known {
		t.Error("a field that nobody has is known")
	}
	c.Declare(db.FieldDeclaration{Path: filter.MustPath("custom.address.city"), Type: filter.KindText})
	for _, path := range []string{"custom.address", "custom.address.city"} {
		if known, _ := c.Known(path); !known {
			t.Errorf("%s is not known", path)
		}
	}
	var paths []string
	for _, f := range db.NewCatalogue(c.Fields()).Fields() {
		paths = append(paths, f.Path)
	}
	if !reflect.DeepEqual(paths, []string{"custom.address", "custom.address.city", "custom.born"}) {
		t.Errorf("got %q", paths)
	}
}
