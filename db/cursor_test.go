package db_test

import (
	"encoding/base64"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

func sortBy(t testing.TB, terms ...string) db.Sort {
	t.Helper()
	var list []db.SortTerm
	for _, term := range terms {
		path, descending := strings.CutPrefix(term, "-")
		list = append(list, db.SortTerm{Path: filter.MustPath(path), Descending: descending})
	}
	s, err := db.NewSort(list)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// scalars are values that contacts can be sorted by, equal ones of different types among them.
func scalars() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.SampledFrom([]any{
			nil, "", "a", "a\x00", "Å", "\U0001F600", true, false,
			int64(0), int64(5), 5.0, 0.1, math.Copysign(0, -1), int64(math.MaxInt64), int64(math.MinInt64), math.MaxFloat64, math.SmallestNonzeroFloat64, int64(1<<53 + 1),
			filter.NewDate(2026, 3, 1), filter.NewDate(1, 1, 1), filter.NewDate(9999, 12, 31),
			time.Date(2026, 3, 1, 9, 0, 0, 1_000_000, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_000_000, time.UTC),
		}),
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Int64(), func(i int64) any { return i }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.IntRange(-700_000, 2_900_000), func(d int) any { return filter.Date(d) }),
		rapid.Map(rapid.Int64Range(-1e13, 1e13), func(ms int64) any { return time.UnixMilli(ms).UTC() }),
	)
}

func TestCursorKeepsKeys(t *testing.T) {
	sorts := []db.Sort{{}, sortBy(t, "email"), sortBy(t, "-custom.a", "createdAt"), sortBy(t, "custom.a.b", "-custom.c", "email")}
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.SampledFrom(sorts).Draw(r, "sort")
		key := db.Key{ID: rapid.StringMatching(`con_[a-z0-9]{26}`).Draw(r, "ID"), Outside: rapid.Bool().Draw(r, "outside")}
		for range s {
			var v any
			if !key.Outside {
				v = scalars().Draw(r, "value")
			}
			key.Values = append(key.Values, v)
		}
		text := s.Cursor(key)
		got, err := s.ParseCursor(text)
		if err != nil {
			r.Fatalf("%v: %v", key, err)
		}
		if !reflect.DeepEqual(got, key) {
			r.Fatalf("%#v comes back as %#v", key, got)
		}
		for i, v := range key.Values {
			if f, ok := v.(float64); ok && math.Float64bits(f) != math.Float64bits(got.Values[i].(float64)) {
				r.Fatalf("%v comes back as %v", f, got.Values[i])
			}
		}
		if strings.ContainsAny(text, "+/=& ") {
			r.Fatalf("%s is not safe in a URL", text)
		}
		for _, other := range sorts {
			if _, err := other.ParseCursor(text); (err == nil) != reflect.DeepEqual(other, s) {
				r.Fatalf("a cursor of %v in %v: %v", s, other, err)
			}
		}
	})
}

func TestParseCursorRefuses(t *testing.T) {
	s := sortBy(t, "-custom.a")
	encode := func(content string) string { return base64.RawURLEncoding.EncodeToString([]byte(content)) }
	if _, err := s.ParseCursor(encode(`{"s":"-custom.a ","v":[{"k":"INT","t":"5"}],"i":"con_1"}`)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing":              "",
		"no base64":            "not a cursor!",
		"padding":              base64.URLEncoding.EncodeToString([]byte(`{"s":"-custom.a ","v":[{}],"i":"a"}`)),
		"no JSON":              encode("con_1"),
		"null":                 encode("null"),
		"a list":               encode("[]"),
		"another sort":         encode(`{"s":"custom.a ","v":[{}],"i":"con_1"}`),
		"no values":            encode(`{"s":"-custom.a ","i":"con_1"}`),
		"too many values":      encode(`{"s":"-custom.a ","v":[{},{}],"i":"con_1"}`),
		"no ID":                encode(`{"s":"-custom.a ","v":[{}]}`),
		"an unknown kind":      encode(`{"s":"-custom.a ","v":[{"k":"OBJECT","t":"{}"}],"i":"con_1"}`),
		"a null with a text":   encode(`{"s":"-custom.a ","v":[{"t":"a"}],"i":"con_1"}`),
		"a whole number":       encode(`{"s":"-custom.a ","v":[{"k":"INT","t":"5.5"}],"i":"con_1"}`),
		"a number":             encode(`{"s":"-custom.a ","v":[{"k":"NUMBER","t":"five"}],"i":"con_1"}`),
		"a truth value":        encode(`{"s":"-custom.a ","v":[{"k":"BOOLEAN","t":"yes"}],"i":"con_1"}`),
		"a day":                encode(`{"s":"-custom.a ","v":[{"k":"DATE","t":"today"}],"i":"con_1"}`),
		"an instant":           encode(`{"s":"-custom.a ","v":[{"k":"DATETIME","t":"now"}],"i":"con_1"}`),
		"values of other type": encode(`{"s":"-custom.a ","v":[5],"i":"con_1"}`),
	} {
		key, err := s.ParseCursor(text)
		if err == nil {
			t.Errorf("%s is read as %#v", name, key)
			continue
		}
		if err.Code != db.BadInput || err.Message != "the cursor is not valid here; use one that the same list with the same orderBy returned" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A number that is not finite can come from nobody: a store must not be asked for it.
func TestParseCursorRefusesWhatNoContactHas(t *testing.T) {
	s := sortBy(t, "custom.a")
	for _, text := range []string{"NaN", "Inf", "-Infinity"} {
		if key, err := s.ParseCursor(base64.RawURLEncoding.EncodeToString([]byte(`{"s":"custom.a ","v":[{"k":"NUMBER","t":"` + text + `"}],"i":"con_1"}`))); err == nil {
			t.Errorf("%s is read as %v", text, key)
		}
	}
}

func FuzzParseCursor(f *testing.F) {
	s := sortBy(f, "-custom.a", "email")
	for _, key := range []db.Key{
		{ID: "con_1", Values: []any{nil, "a"}},
		{ID: "con_1", Values: []any{int64(5), nil}},
		{ID: "con_1", Values: []any{1e300, "a"}},
		{ID: "con_1", Values: []any{nil, nil}, Outside: true},
		{ID: "con_1", Values: []any{filter.NewDate(2026, 3, 1), "é"}},
		{ID: "con_1", Values: []any{time.UnixMilli(5).UTC(), true}},
	} {
		f.Add(s.Cursor(key))
	}
	f.Add("")
	f.Add("e30")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := s.ParseCursor(text)
		if err != nil {
			if err.Code != db.BadInput {
				t.Fatal(err)
			}
			return
		}
		if len(key.Values) != len(s) || key.ID == "" {
			t.Fatalf("%q is read as %#v", text, key)
		}
		again, err := s.ParseCursor(s.Cursor(key))
		if err != nil || s.Compare(again, key) != 0 {
			t.Fatalf("%q is read as %#v, and its own cursor as %#v: %v", text, key, again, err)
		}
	})
}

// The order of keys is total, whatever values contacts have, and the same on both ends of a page.
func TestSortIsATotalOrder(t *testing.T) {
	sorts := []db.Sort{{}, sortBy(t, "custom.a"), sortBy(t, "-custom.a", "custom.o.b"), sortBy(t, "-custom.o.b", "email", "-custom.a")}
	value := rapid.OneOf(scalars(), rapid.SampledFrom([]any{[]any{}, []any{int64(1)}, filter.Object{}, filter.Object{"b": int64(1)}, []any{filter.Object{"b": int64(2)}}}))
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.SampledFrom(sorts).Draw(r, "sort")
		contacts := make([]*db.Contact, 3)
		for i := range contacts {
			c := &db.Contact{ID: string(rune('a' + i)), Email: rapid.SampledFrom([]string{"", "x@example.com"}).Draw(r, "email"), Custom: filter.Object{}}
			for _, key := range []string{"a", "o"} {
				if rapid.Bool().Draw(r, "present") {
					c.Custom[key] = value.Draw(r, key)
				}
			}
			if rapid.Bool().Draw(r, "object") {
				c.Custom["o"] = filter.Object{"b": value.Draw(r, "b")}
			}
			contacts[i] = c
		}
		a, b, c := s.Key(contacts[0]), s.Key(contacts[1]), s.Key(contacts[2])
		if s.Compare(a, a) != 0 || s.Compare(a, b) == 0 || s.Compare(a, b) != -s.Compare(b, a) {
			r.Fatalf("%v and %v: %d, %d", a, b, s.Compare(a, b), s.Compare(b, a))
		}
		keys := []db.Key{a, b, c}
		slices.SortFunc(keys, s.Compare)
		if s.Compare(keys[0], keys[1]) >= 0 || s.Compare(keys[1], keys[2]) >= 0 || s.Compare(keys[0], keys[2]) >= 0 {
			r.Fatalf("not transitive: %v", keys)
		}
		for i, key := range keys {
			if key.Outside && i < 2 && !keys[i+1].Outside {
				r.Fatalf("a list or object is not at the end: %v", keys)
			}
			if len(key.Values) != len(s) {
				r.Fatalf("%d values for %d terms", len(key.Values), len(s))
			}
		}
	})
}

func TestSortOrder(t *testing.T) {
	contact := func(id string, v any) *db.Contact { return &db.Contact{ID: id, Custom: filter.Object{"a": v}} }
	ascending := []*db.Contact{
		{ID: "a"},
		contact("b", nil), contact("c", int64(1)), contact("d", 1.0), contact("e", 1.5), contact("f", ""), contact("g", "B"), contact("h", "a"),
		contact("i", filter.NewDate(2026, 3, 1)), contact("j", false), contact("k", true), contact("l", time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)),
	}
	end := []*db.Contact{contact("0", []any{}), contact("1", filter.Object{}), contact("2", []any{int64(5)})}
	for _, c := range []struct {
		sort db.Sort
		want string
	}{
		{sortBy(t, "custom.a"), "abcdefghijkl012"},
		{sortBy(t, "-custom.a"), "lkjihgfecdab012"}, // among equals by ID in either direction
		{sortBy(t, "custom.never"), "012abcdefghijkl"},
		{sortBy(t, "-custom.a.b"), "1abcdefghijkl02"}, // below a list there is not one value
	} {
		contacts := slices.Concat(end, ascending)
		slices.Reverse(contacts)
		slices.SortFunc(contacts, func(a, b *db.Contact) int { return c.sort.Compare(c.sort.Key(a), c.sort.Key(b)) })
		got := ""
		for _, contact := range contacts {
			got += contact.ID
		}
		if got != c.want {
			t.Errorf("%v: got %s, want %s", c.sort, got, c.want)
		}
	}
}

func TestNewSort(t *testing.T) {
	term := func(path string) db.SortTerm { return db.SortTerm{Path: filter.MustPath(path)} }
	if s := sortBy(t, "email", "-email", "custom.a"); len(s) != 2 || s[0].Descending {
		t.Errorf("got %v", s)
	}
	for _, c := range []struct {
		terms []db.SortTerm
		code  db.Code
		path  []any
		text  string
	}{
		{[]db.SortTerm{term("plan")}, db.UnknownField, []any{0, "path"}, "there is no field \"plan\""},
		{[]db.SortTerm{term("email"), term("tags")}, db.BadInput, []any{1, "path"}, "tags is a list; sort by a field with one value"},
		{slices.Repeat([]db.SortTerm{term("email")}, 5), db.LimitExceeded, nil, "contacts are sorted by at most 4 fields"},
	} {
		s, err := db.NewSort(c.terms)
		wantError(t, err, c.code, c.path, c.text)
		if s != nil {
			t.Errorf("got %v", s)
		}
	}
}
