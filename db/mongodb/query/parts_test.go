package query_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
)

// TestGoldenParts holds the stretches of which pages are read against testdata/golden/parts.txt.
func TestGoldenParts(t *testing.T) {
	shapes := db.NewCatalogue(nil)
	for _, custom := range []filter.Object{
		{"number": int64(1), "day": filter.NewDate(2026, 3, 1), "mixed": "a", "list": []any{int64(1)}, "object": filter.Object{"inner": "a"}},
		{"number": 1.5, "mixed": filter.NewDate(2026, 3, 1), "list": int64(1), "lists": []any{filter.Object{"total": int64(1)}}},
		{"mixed": true},
		{"mixed": start()},
		{"mixed": int64(1)},
	} {
		if _, err := shapes.Admit(nil, &db.Contact{Custom: custom}); err != nil {
			t.Fatal(err)
		}
	}
	up := func(path string) db.SortTerm { return db.SortTerm{Path: filter.MustPath(path)} }
	down := func(path string) db.SortTerm { return db.SortTerm{Path: filter.MustPath(path), Descending: true} }
	key := func(values ...any) *db.Key { return &db.Key{Values: values, ID: "con_5"} }
	outside := func(values int) *db.Key { return &db.Key{Values: make([]any, values), Outside: true, ID: "con_5"} }

	var text strings.Builder
	text.WriteString("A page is read from one find after the other, until it is full.\n")
	for _, c := range []struct {
		name string
		sort db.Sort
		page db.Page
	}{
		{"by ID", db.Sort{}, db.Page{}},
		{"by ID, after one", db.Sort{}, db.Page{After: key()}},
		{"by ID, backwards, before one", db.Sort{}, db.Page{Before: key(), Backward: true}},
		{"by ID, between two", db.Sort{}, db.Page{After: &db.Key{ID: "con_1"}, Before: key()}},
		{"a required field", db.Sort{down("createdAt")}, db.Page{}},
		{"a required field, after one", db.Sort{down("createdAt")}, db.Page{After: key(start())}},
		{"a required field, backwards, before one", db.Sort{down("createdAt")}, db.Page{Before: key(start()), Backward: true}},
		{"a text, upwards, after one", db.Sort{up("lastName")}, db.Page{After: key("Å")}},
		{"a text, upwards, after a missing one", db.Sort{up("lastName")}, db.Page{After: key(nil)}},
		{"a text, downwards, after one", db.Sort{down("lastName")}, db.Page{After: key("Å")}},
		{"a text, downwards, after a missing one", db.Sort{down("lastName")}, db.Page{After: key(nil)}},
		{"a text, backwards, before one", db.Sort{up("lastName")}, db.Page{Before: key("Å"), Backward: true}},
		{"two fields, after one", db.Sort{up("lastName"), down("createdAt")}, db.Page{After: key("Å", start())}},
		{"an optional instant, after one", db.Sort{down("subscribedAt")}, db.Page{After: key(start().Add(time.Hour))}},
		{"numbers only", db.Sort{up("custom.number")}, db.Page{}},
		{"numbers only, after one", db.Sort{up("custom.number")}, db.Page{After: key(1.5)}},
		{"days only, after one", db.Sort{up("custom.day")}, db.Page{After: key(filter.NewDate(2026, 3, 1))}},
		{"days only, downwards, after one", db.Sort{down("custom.day")}, db.Page{After: key(filter.NewDate(2026, 3, 1))}},
		{"mixed values", db.Sort{up("custom.mixed")}, db.Page{}},
		{"mixed values, after a number", db.Sort{up("custom.mixed")}, db.Page{After: key(int64(5))}},
		{"mixed values, after a day", db.Sort{up("custom.mixed")}, db.Page{After: key(filter.NewDate(2026, 3, 1))}},
		{"mixed values, downwards, after a truth value", db.Sort{down("custom.mixed")}, db.Page{After: key(true)}},
		{"lists seen", db.Sort{up("custom.list")}, db.Page{}},
		{"lists seen, after a single value", db.Sort{up("custom.list")}, db.Page{After: key(int64(1))}},
		{"lists seen, after a list", db.Sort{up("custom.list")}, db.Page{After: outside(1)}},
		{"lists seen, backwards", db.Sort{up("custom.list")}, db.Page{Backward: true}},
		{"lists seen, backwards, before a single value", db.Sort{up("custom.list")}, db.Page{Before: key(int64(1)), Backward: true}},
		{"lists seen, backwards, before a list", db.Sort{up("custom.list")}, db.Page{Before: outside(1), Backward: true}},
		{"objects seen", db.Sort{up("custom.object")}, db.Page{}},
		{"below an object", db.Sort{up("custom.object.inner")}, db.Page{}},
		{"below a list", db.Sort{up("custom.lists.total")}, db.Page{}},
		{"a key of digits", db.Sort{up("custom.lists.0")}, db.Page{}},
		{"a field never seen", db.Sort{up("custom.never")}, db.Page{}},
		{"a field never seen, after one", db.Sort{up("custom.never")}, db.Page{After: key(nil)}},
	} {
		fmt.Fprintf(&text, "\n== %s\n", c.name)
		c.page.Limit = 10
		known, unknown := partsText(t, c.name, query.Parts(c.sort, c.page, shapes)), partsText(t, c.name, query.Parts(c.sort, c.page, nil))
		if known == unknown {
			text.WriteString(known)
			continue
		}
		fmt.Fprintf(&text, "-- known\n%s-- unknown\n%s", known, unknown)
	}
	compareGolden(t, "parts.txt", text.String())
}

func partsText(t *testing.T, name string, parts []query.Part) string {
	t.Helper()
	var text strings.Builder
	for _, part := range parts {
		checkSound(t, name, part.Filter)
		text.WriteString(labelled("find", readable(t, extendedJSON(t, part.Filter))))
		text.WriteString(labelled("sort", readable(t, extendedJSON(t, part.Sort))))
	}
	return text.String()
}

// What a store asks is one document: its own conditions, the filter and the page.
func TestAndJoinsFlat(t *testing.T) {
	workspace := bson.D{{Key: "workspace", Value: "w"}}
	n, err := filter.Parser{}.Parse(filter.Object{"text": filter.Object{"path": "custom.plan", "equals": "pro"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		queries []bson.D
		want    string
	}{
		{nil, `{}`},
		{[]bson.D{workspace, {}}, `{"workspace":"w"}`},
		{[]bson.D{workspace, query.Compile(n, nil)}, `{"workspace":"w","custom.plan":"pro"}`},
		{[]bson.D{workspace, query.Compile(filter.And{}, nil)}, `{"workspace":"w"}`},
		{[]bson.D{workspace, query.Compile(filter.Const(true), nil)}, `{"workspace":"w"}`},
		{[]bson.D{workspace, workspace}, `{"workspace":"w"}`},
		{[]bson.D{workspace, query.Compile(filter.Const(false), nil)}, `{"_id":{"$in":[]}}`},
		{
			[]bson.D{{{Key: "_id", Value: bson.D{{Key: "$gt", Value: "a"}}}}, {{Key: "_id", Value: bson.D{{Key: "$lt", Value: "b"}}}}},
			`{"_id":{"$gt":"a","$lt":"b"}}`,
		},
	} {
		if got := string(extendedJSON(t, query.And(c.queries...))); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
