package dbtest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

// testMerge merges contacts and reaches the survivor by whatever was known of the others.
func testMerge(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	before := create(t, w, db.ContactPatch{
		Email: ptr("ada@example.com"), FirstName: ptr("Ada"), Status: ptr(db.Subscribed), Tags: &[]string{"vip", "a"}, AddSegments: []string{"seg_1"},
		Custom: filter.Object{"plan": "pro", "address": filter.Object{"city": "London"}},
	})
	duplicate := create(t, w, db.ContactPatch{
		Email: ptr("ada@old.example"), FirstName: ptr("A."), LastName: ptr("Lovelace"), Phone: ptr("+442079460958"), Status: ptr(db.Unsubscribed),
		Tags: &[]string{"b", "a"}, AddSegments: []string{"seg_2", "seg_1"}, SubscribedAt: ptr(start().Add(-time.Hour)),
		Custom: filter.Object{"plan": "free", "age": int64(36), "address": filter.Object{"city": "Paris", "zip": "W1"}},
	})
	must[*db.Field](t)(w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("custom.plan"), Type: filter.KindNumber}))
	got := must[*db.Contact](t)(w.MergeContacts(t.Context(), before.ID, duplicate.ID, ptr(int64(1))))
	want := *before
	want.LastName, want.Phone, want.Status, want.SubscribedAt = "Lovelace", "+442079460958", db.Unsubscribed, duplicate.SubscribedAt
	want.Tags, want.Segments = []string{"vip", "a", "b"}, []string{"seg_1", "seg_2"}
	want.Custom = filter.Object{"plan": "pro", "age": int64(36), "address": filter.Object{"city": "London", "zip": "W1"}}
	want.Merged = []db.MergedContact{{ID: duplicate.ID, Email: "ada@old.example", At: start()}}
	want.Version = 2
	want.StatusChanges = []db.StatusChange{{Status: db.Unsubscribed, At: start(), Source: "merged with " + duplicate.ID}}
	want.LastChange = got.LastChange // see the test of activities
	if !reflect.DeepEqual(*got, want) {
		t.Fatalf("merged\n%+v, want\n%+v", *got, want)
	}
	wantReached(t, w, got, []string{before.ID, duplicate.ID}, []string{"ada@example.com", " ADA@old.example"})
	pages := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), all(filter.Const(true))))
	if found := pages[0].Contacts; len(found) != 1 || !reflect.DeepEqual(found[0], got) {
		t.Errorf("there are %+v", found)
	}

	for _, pair := range [][2]string{{before.ID, before.ID}, {duplicate.ID, before.ID}, {before.ID, duplicate.ID}} {
		_, err := w.MergeContacts(t.Context(), pair[0], pair[1], nil)
		wantCode(t, err, db.BadInput)
	}
	for _, pair := range [][2]string{{before.ID, "con_nobody"}, {"con_nobody", before.ID}, {"con_nobody", "con_nobody"}} {
		_, err := w.MergeContacts(t.Context(), pair[0], pair[1], nil)
		wantCode(t, err, db.NotFound)
	}

	// By the old ID and the old email it is changed, too, and keeps its own email.
	must[*db.Contact](t)(w.UpdateContact(t.Context(), duplicate.ID, db.ContactPatch{Version: ptr(int64(2)), AddTags: []string{"c"}}))
	results := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), []db.ContactPatch{
		{Email: ptr("ada@old.example"), AddTags: []string{"d"}}, {Email: ptr("ada@example.com"), AddTags: []string{"e"}}, {Email: ptr("ada@old.example"), AddTags: []string{"f"}},
	}, db.Upsert))
	got = results[2].Contact
	if !slices.Equal(outcomes(results), []string{"updated", "updated", "updated"}) || got.ID != before.ID || got.Email != "ada@example.com" ||
		!slices.Equal(got.Tags, []string{"vip", "a", "b", "c", "d", "e", "f"}) {
		t.Errorf("%v made %+v", outcomes(results), got)
	}
	wantReached(t, w, got, []string{before.ID, duplicate.ID}, []string{"ada@example.com", "ada@old.example"})

	// It becomes part of another one itself, by an ID that it absorbed, and brings that along.
	last := create(t, w, db.ContactPatch{})
	merged := must[*db.Contact](t)(w.MergeContacts(t.Context(), last.ID, duplicate.ID, nil))
	if merged.Email != "ada@example.com" || len(merged.Merged) != 2 || merged.Merged[1].ID != before.ID {
		t.Errorf("merged %+v", merged)
	}
	wantReached(t, w, merged, []string{before.ID, duplicate.ID, last.ID}, []string{"ada@example.com", "ada@old.example"})

	// The email is nobody's, so another one may have it, and goes before.
	other := create(t, w, email("ada@old.example"))
	wantReached(t, w, other, []string{other.ID}, []string{"ada@old.example"})
	results = must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), []db.ContactPatch{{Email: ptr("ada@old.example"), LastName: ptr("X")}}, db.Upsert))
	wantReached(t, w, results[0].Contact, []string{other.ID}, []string{"ada@old.example"})

	deleted := must[[]string](t)(w.DeleteContacts(t.Context(), []string{duplicate.ID, before.ID}))
	if !slices.Equal(deleted, []string{last.ID}) {
		t.Errorf("deleted %v", deleted)
	}
	for _, c := range must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{before.ID, duplicate.ID, last.ID})) {
		if c != nil {
			t.Errorf("there still is %+v", c)
		}
	}
	_, err := w.ContactByEmail(t.Context(), "ada@example.com")
	wantCode(t, err, db.NotFound)
	results = must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), []db.ContactPatch{email("ada@example.com")}, db.Upsert))
	if outcome(results[0]) != "created" {
		t.Errorf("the email of one that was deleted: %+v", results[0])
	}
}

// wantReached looks a contact up.
func wantReached(t *testing.T, w db.Workspace, want *db.Contact, ids, emails []string) {
	t.Helper()
	for i, c := range must[[]*db.Contact](t)(w.ContactsByID(t.Context(), ids)) {
		if !reflect.DeepEqual(c, want) {
			t.Errorf("%s leads to\n%+v, want\n%+v", ids[i], c, want)
		}
	}
	for _, email := range emails {
		if c := must[*db.Contact](t)(w.ContactByEmail(t.Context(), email)); !reflect.DeepEqual(c, want) {
			t.Errorf("%s leads to\n%+v, want\n%+v", email, c, want)
		}
	}
}

// testMergeLimits changes nothing where there would be too much.
func testMergeLimits(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	tags := func(name string) *[]string {
		var all []string
		for i := range 600 {
			all = append(all, fmt.Sprint(name, i))
		}
		return &all
	}
	large := func(key string) filter.Object { return filter.Object{key: strings.Repeat("x", 300<<10)} }
	for _, pair := range [][2]db.ContactPatch{{{Tags: tags("a")}, {Tags: tags("b")}}, {{Custom: large("a")}, {Custom: large("b")}}} {
		a, b := create(t, w, pair[0]), create(t, w, pair[1])
		_, err := w.MergeContacts(t.Context(), a.ID, b.ID, nil)
		wantCode(t, err, db.LimitExceeded)
		wantReached(t, w, a, []string{a.ID}, nil)
		wantReached(t, w, b, []string{b.ID}, nil)
	}
	a, b := create(t, w, db.ContactPatch{}), create(t, w, db.ContactPatch{})
	_, err := w.MergeContacts(t.Context(), a.ID, b.ID, ptr(int64(2)))
	wantCode(t, err, db.Conflict)
	wantReached(t, w, b, []string{b.ID}, nil)
}

// testMergedJobRows applies the rows of an import once more after what they made was merged.
func testMergedJobRows(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	job := db.NewID(db.JobID, start())
	patches := []db.ContactPatch{
		{Email: ptr("a@example.com"), FirstName: ptr("A")}, {FirstName: ptr("B")}, {Email: ptr("c@example.com"), FirstName: ptr("C")},
	}
	for i := range patches {
		patches[i].From = &db.JobRow{Job: job, Row: int64(i + 1)}
	}
	results := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), patches, db.CreateOnly))
	survivor := create(t, w, db.ContactPatch{FirstName: ptr("S"), Email: ptr("s@example.com")})
	merged := survivor
	for _, r := range results {
		merged = must[*db.Contact](t)(w.MergeContacts(t.Context(), survivor.ID, r.Contact.ID, nil))
	}
	for range 2 {
		results = must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), patches, db.CreateOnly))
		if got := outcomes(results); !slices.Equal(got, []string{"created", "created", "created"}) {
			t.Errorf("got %v", got)
		}
	}
	wantReached(t, w, merged, []string{survivor.ID, results[1].Contact.ID}, []string{"a@example.com", "c@example.com"})
	if n := must[[]int64](t)(w.CountContacts(t.Context(), []filter.Node{filter.Const(true)})); n[0] != 1 {
		t.Errorf("there are %d contacts", n[0])
	}
}

// testMergeRaces merges in both directions at once, while others write to both: one of the merges wins, and nothing that
// somebody wrote is lost.
func testMergeRaces(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	const writers, writes = 3, 4
	for round := range 5 {
		emails := []string{fmt.Sprintf("a%d@example.com", round), fmt.Sprintf("b%d@example.com", round)}
		contacts := []*db.Contact{create(t, w, email(emails[0])), create(t, w, email(emails[1]))}
		errs := make([]error, 2)
		var mu sync.Mutex
		var tags []string
		together(2+2*writers, func(i int) {
			if i < 2 {
				for again := true; again; again = db.CodeOf(errs[i]) == db.Conflict { // too many changes at once
					_, errs[i] = w.MergeContacts(t.Context(), contacts[i].ID, contacts[1-i].ID, nil)
				}
				return
			}
			for n := range writes {
				tag := fmt.Sprintf("%d-%d", i, n)
				p := db.ContactPatch{AddTags: []string{tag}}
				var err error
				if i%2 == 0 {
					_, err = w.UpdateContact(t.Context(), contacts[n%2].ID, p)
				} else {
					p.Email = &emails[n%2]
					var results []db.UpsertResult
					if results, err = w.UpsertContacts(t.Context(), []db.ContactPatch{p}, db.Upsert); err == nil {
						err = results[0].Err
					}
				}
				if err == nil {
					mu.Lock()
					tags = append(tags, tag)
					mu.Unlock()
				} else if db.CodeOf(err) != db.Conflict {
					t.Error(err)
				}
			}
		})
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("the merges ended with %v and %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil {
				wantCode(t, err, db.BadInput) // both IDs name the same contact then
			}
		}
		found := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{contacts[0].ID, contacts[1].ID}))
		if found[0] == nil || found[1] == nil || found[0].ID != found[1].ID {
			t.Fatalf("there are %+v and %+v", found[0], found[1])
		}
		wantReached(t, w, found[0], nil, emails)
		if got := sorted(slices.Clone(found[0].Tags)); !slices.Equal(got, sorted(tags)) {
			t.Errorf("the tags are %v, want %v", got, sorted(tags))
		}
	}
	if n := must[[]int64](t)(w.CountContacts(t.Context(), []filter.Node{filter.Const(true)})); n[0] != 5 {
		t.Errorf("there are %d contacts, want 5", n[0])
	}
}

// merge merges two of the contacts, sometimes by an ID that one of them had before.
func (h *history) merge(ctx context.Context, r *rapid.T) {
	survivor, duplicate := h.pick(r), h.pick(r)
	if survivor == nil {
		return
	}
	ids := []string{survivor.ID, duplicate.ID}
	for i, c := range []*db.Contact{survivor, duplicate} {
		if len(c.Merged) > 0 && rapid.Bool().Draw(r, "old ID") {
			ids[i] = rapid.SampledFrom(c.Merged).Draw(r, "merged").ID
		}
	}
	got, err := h.workspace().MergeContacts(ctx, ids[0], ids[1], nil)
	if survivor.ID == duplicate.ID {
		if db.CodeOf(err) != db.BadInput {
			r.Fatalf("merged a contact with itself: %v", err)
		}
		return
	}
	if err != nil {
		r.Fatal(err)
	}
	want, err := db.Merge(*survivor, *duplicate, nil, db.ActorOf(ctx), db.Now(ctx, start))
	if err != nil {
		r.Fatal(err)
	}
	delete(h.model, duplicate.ID)
	h.admit(r, got, want)
	for _, m := range want.Merged {
		if found, err := h.workspace().ContactsByID(ctx, []string{m.ID}); err != nil || !reflect.DeepEqual(found[0], &want) {
			r.Fatalf("%s leads to %+v, %v, want %+v", m.ID, found[0], err, want)
		}
	}
}
