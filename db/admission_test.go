package db_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

// Rereading a contact does to each value what writing that value anew does, and leaves those that would be refused.
func TestRereadingIsWritingAnew(t *testing.T) {
	kinds := []filter.Kind{filter.KindText, filter.KindNumber, filter.KindBoolean, filter.KindDate, filter.KindDateTime}
	scalar := rapid.SampledFrom([]any{
		nil, "", " ", "5", "12.5", "x", "true", "2026-03-01", "2026-03-01T09:00:00Z", int64(5), true, filter.NewDate(2026, 3, 1), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		filter.Object{"a": "5"},
	})
	rapid.Check(t, func(r *rapid.T) {
		path := rapid.SampledFrom([]string{"custom.v", "custom.o.v", "custom.m.*.v"}).Draw(r, "path")
		kind := rapid.SampledFrom(kinds).Draw(r, "kind")
		around := func(v any) *db.Contact {
			o := filter.Object{"v": v}
			switch path {
			case "custom.o.v":
				o = filter.Object{"o": []any{o, "5", filter.Object{"other": "5"}}}
			case "custom.m.*.v":
				o = filter.Object{"m": filter.Object{"key": o}, "v": "5"}
			}
			return &db.Contact{Custom: o}
		}
		at := func(c *db.Contact) any {
			switch path {
			case "custom.o.v":
				return c.Custom["o"].([]any)[0].(filter.Object)["v"]
			case "custom.m.*.v":
				return c.Custom["m"].(filter.Object)["key"].(filter.Object)["v"]
			}
			return c.Custom["v"]
		}
		catalogue := db.NewCatalogue(nil)
		catalogue.Declare(db.FieldDeclaration{Path: filter.MustPath(path), Type: kind})
		// alone is what a value becomes that is written where nothing was.
		alone := func(v any) (any, bool) {
			c := around(v)
			_, err := catalogue.Admit(nil, c)
			return at(c), err == nil
		}

		was := any(rapid.SliceOfN(scalar, 0, 4).Draw(r, "list"))
		if rapid.Bool().Draw(r, "single") {
			was = scalar.Draw(r, "value")
		}
		each := func(v any) (any, int, int) {
			anew, accepted := alone(v)
			switch {
			case !accepted:
				return v, 0, 1
			case reflect.DeepEqual(anew, v):
				return v, 0, 0
			}
			return anew, 1, 0
		}
		var want any
		var converts, stay int
		if list, isList := was.([]any); isList {
			all := []any{}
			for _, item := range list {
				v, c, s := each(item)
				all, converts, stay = append(all, v), converts+c, stay+s
			}
			want = all
		} else {
			want, converts, stay = each(was)
		}
		before := around(was)
		gotConverts, gotStay := catalogue.Reread(path, before)
		if gotConverts != (converts > 0) || len(gotStay) != stay {
			r.Fatalf("%v: converts %v, %v stay; want %d, %d", was, gotConverts, gotStay, converts, stay)
		}
		after := around(was)
		if _, err := catalogue.Admit(before, after); err != nil || !reflect.DeepEqual(after, around(want)) {
			r.Fatalf("%v becomes %v, %v, want %v", was, after.Custom, err, want)
		}
		if converts, stayed := catalogue.Reread(path, after); converts || len(stayed) != stay {
			r.Fatalf("once more, %v converts: %v, %v", after.Custom, converts, stayed)
		}
	})
}
