package dbtest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

// outcome is an upsert result in a word.
func outcome(r db.UpsertResult) string {
	switch {
	case r.Err != nil:
		return "failed"
	case r.Created:
		return "created"
	case r.Skipped:
		return "skipped"
	default:
		return "updated"
	}
}

func outcomes(results []db.UpsertResult) []string {
	var all []string
	for _, r := range results {
		all = append(all, outcome(r))
	}
	return all
}

func testUpsertModes(t *testing.T, store db.Store) {
	named := func(address, name string) db.ContactPatch {
		return db.ContactPatch{Email: &address, FirstName: &name}
	}
	for mode, want := range map[db.UpsertMode]struct {
		outcomes []string
		names    []string
	}{
		db.Upsert:     {[]string{"updated", "created", "updated", "failed", "failed"}, []string{"again", "new"}},
		db.CreateOnly: {[]string{"skipped", "created", "skipped", "failed", "created"}, []string{"new", "nobody's", "old"}},
		db.UpdateOnly: {[]string{"updated", "skipped", "skipped", "failed", "failed"}, []string{"new"}},
	} {
		w := newWorkspace(store)
		before := create(t, w, named("old@example.com", "old"))
		fresh := "fresh@example.com"
		if mode == db.Upsert {
			fresh = "OLD@example.com"
		}
		patches := []db.ContactPatch{
			named("old@example.com", "new"), named("new@example.com", "new"), named(fresh, "again"), named("no address", "x"), {FirstName: ptr("nobody's")},
		}
		if mode == db.CreateOnly {
			patches[2] = named("new@example.com", "again")
		}
		patches[0].Custom = filter.Object{"seen": true}
		results := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), patches, mode))
		if got := outcomes(results); !slices.Equal(got, want.outcomes) {
			t.Errorf("%q: got %v, want %v", mode, got, want.outcomes)
		}
		pages := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), all(filter.Const(true))))
		var names []string
		for _, c := range pages[0].Contacts {
			names = append(names, c.FirstName)
		}
		if got := sorted(names); !slices.Equal(got, want.names) {
			t.Errorf("%q: the contacts are %v, want %v", mode, got, want.names)
		}
		if known, _ := must[*db.Catalogue](t)(w.Catalogue(t.Context())).Known("custom.seen"); known == (mode == db.CreateOnly) {
			t.Errorf("%q: that a field of the first patch is known is %v", mode, known)
		}
		if mode == db.CreateOnly {
			read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), before.Email))
			if !reflect.DeepEqual(read, before) || !reflect.DeepEqual(results[0].Contact, before) {
				t.Errorf("the one that was there became %+v; the result has %+v", read, results[0].Contact)
			}
		}
		if mode == db.UpdateOnly && results[1].Contact != nil {
			t.Errorf("nobody became %+v", results[1].Contact)
		}
	}
}

// testJobRows applies the rows of an import once more, as after a crash.
func testJobRows(t *testing.T, store db.Store) {
	jobID := db.NewID(db.JobID, start())
	w := newWorkspace(store)
	must[*db.Field](t)(w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("custom.age"), Type: filter.KindNumber}))
	create(t, w, email("old@example.com"))
	rows := func(job string) []db.ContactPatch {
		var patches []db.ContactPatch
		for i, address := range []string{"new@example.com", "old@example.com", "wrong@example.com", "new@example.com", "wrong@example.com", "", "last@example.com"} {
			p := db.ContactPatch{From: &db.JobRow{Job: job, Row: int64(i + 1)}, FirstName: ptr(fmt.Sprint(i + 1)), AddTags: []string{job}}
			if address != "" {
				p.Email = ptr(address)
			}
			p.Custom = filter.Object{"age": int64(i)}
			if i == 2 {
				p.Custom = filter.Object{"age": "young"} // which is refused, but not what comes later for the same email
			}
			patches = append(patches, p)
		}
		return patches
	}
	contacts := func() []*db.Contact {
		pages := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), all(filter.Const(true))))
		return pages[0].Contacts
	}
	for _, test := range []struct {
		job  string
		mode db.UpsertMode
		want []string
	}{
		{jobID, db.Upsert, []string{"created", "updated", "failed", "updated", "created", "failed", "created"}},
		{db.NewID(db.JobID, start()), db.Upsert, []string{"updated", "updated", "failed", "updated", "updated", "failed", "updated"}},
		{db.NewID(db.JobID, start()), db.UpdateOnly, []string{"updated", "updated", "failed", "updated", "updated", "failed", "updated"}},
		{db.NewID(db.JobID, start()), db.CreateOnly, []string{"skipped", "skipped", "skipped", "skipped", "skipped", "created", "skipped"}},
	} {
		patches := rows(test.job)
		if got := outcomes(must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), patches, test.mode))); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v, want %v", test.mode, got, test.want)
		}
		before := contacts()
		for from := range patches { // from each checkpoint that there may be
			results := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), patches[from:], test.mode))
			if got := outcomes(results); !slices.Equal(got, test.want[from:]) {
				t.Errorf("%q again, from row %d: got %v, want %v", test.mode, from+1, got, test.want[from:])
			}
		}
		if after := contacts(); !reflect.DeepEqual(after, before) {
			t.Errorf("%q: applied again, it made\n%+v of\n%+v", test.mode, after, before)
		}
	}
	moved := must[*db.Contact](t)(w.ContactByEmail(t.Context(), "new@example.com"))
	must[*db.Contact](t)(w.UpdateContact(t.Context(), moved.ID, email("moved@example.com")))
	results := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), rows(jobID)[:1], db.Upsert))
	if got := outcomes(results); !slices.Equal(got, []string{"created"}) || results[0].Contact.Email != "moved@example.com" {
		t.Errorf("after a change of the email: %v, %+v", got, results[0].Contact)
	}
}
