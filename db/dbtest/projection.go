package dbtest

import (
	"reflect"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

// testProjection asks for some of the fields: these, the ID, the version and the cursor are as with all fields,
// whatever a store leaves out.
func testProjection(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	for i, custom := range []filter.Object{
		{},
		{"plan": "pro", "day": filter.NewDate(2026, 3, 1), "address": filter.Object{"city": "Oslo", "zip": int64(150)}},
		{"plan": []any{"free", int64(1)}, "address": filter.Object{"city": filter.Object{"name": "Rome"}}},
		{"plan": filter.Object{"name": "pro"}, "address": []any{filter.Object{"city": "Bonn"}, "Kiel"}},
		{"plan": nil, "day": "first", "address": "here", "7": filter.Object{"1": true}},
	} {
		p := email(address(i))
		p.FirstName, p.SubscribedAt, p.Tags = ptr("Ada"), ptr(start()), ptr([]string{"b", "a"})
		p.Custom = custom
		create(t, w, p)
	}
	by := func(path string) db.Sort { return db.Sort{{Path: filter.MustPath(path), Descending: true}} }
	for _, q := range []db.ContactQuery{
		{Fields: []string{}},
		{Fields: []string{"email", "firstName", "status", "subscribedAt", "tags", "createdAt", "updatedAt", "phone", "lastName"}},
		{Fields: []string{"tags"}, Sort: by("email")},
		{Fields: []string{"custom"}, Sort: by("custom.plan")},
		{Fields: []string{"custom.address", "custom.address.city", "custom"}},
		{Fields: []string{"custom.address.city", "custom.address"}, Sort: by("custom.address.city")},
		{Fields: []string{"custom.plan", "custom.day"}, Sort: by("custom.address.city")},
		{Fields: []string{"custom.day"}, Sort: by("custom.day")},
		{Fields: []string{"custom.7.1", "custom.never"}, Sort: by("custom.plan")},
		{Fields: []string{"custom.address.city"}, Sort: by("custom.address")},
	} {
		q.Filter, q.Page = filter.Const(true), db.Page{Limit: db.MaxPageSize}
		whole := q
		whole.Fields = nil
		pages := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), []db.ContactQuery{q, whole}))
		got, want := pages[0].Contacts, pages[1].Contacts
		if len(got) != len(want) {
			t.Fatalf("%q: got %d contacts, want %d", q.Fields, len(got), len(want))
		}
		for i := range want {
			if got[i].ID != want[i].ID || got[i].Version != want[i].Version {
				t.Errorf("%q: at %d got %s, version %d; want %s, %d", q.Fields, i, got[i].ID, got[i].Version, want[i].ID, want[i].Version)
			}
			if got, want := q.Sort.Cursor(q.Sort.Key(got[i])), q.Sort.Cursor(q.Sort.Key(want[i])); got != want {
				t.Errorf("%q: the cursor of %d is another one", q.Fields, i)
			}
			for _, field := range q.Fields {
				path, all := filter.MustPath(field), q.Fields
				if got, want := filter.Value(got[i], path), filter.Value(want[i], path); !reflect.DeepEqual(got, want) {
					t.Errorf("%q: at %d %s is %#v, want %#v", all, i, field, got, want)
				}
			}
		}
	}
}
