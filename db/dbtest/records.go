package dbtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

// testRecords copies a workspace from one store to another by its records.
func (s Subject) testRecords(t *testing.T, from db.Store) {
	server := s.start(t)
	defer server.stop()
	id := newWorkspaceID()
	source, target := from.Workspace(id), server.store.Workspace(id)
	if got := must[[]string](t)(server.store.Workspaces(t.Context())); len(got) != 0 {
		t.Errorf("an empty store has the workspaces %v", got)
	}
	contacts := fillWorkspace(t, source)
	if got := must[[]string](t)(from.Workspaces(t.Context())); !slices.Contains(got, id) || !slices.IsSorted(got) {
		t.Errorf("the workspaces are %v, without %s", got, id)
	}

	for range 2 { // the second time nothing is new
		for _, c := range db.Collections() {
			for after := ""; ; {
				page := must[[]db.Record](t)(source.Records(t.Context(), c, after))
				if len(page) == 0 {
					break
				}
				if err := target.AddRecords(t.Context(), c, page); err != nil {
					t.Fatal(err)
				}
				after = page[len(page)-1].ID
			}
		}
	}
	wantSameRecords(t, source, target)

	// The target knows of all that it was given.
	if got := must[[]string](t)(server.store.Workspaces(t.Context())); !slices.Equal(got, []string{id}) {
		t.Errorf("the workspaces are %v", got)
	}
	want := must[[]*db.Contact](t)(source.ContactsByID(t.Context(), ids(contacts)))
	if got := must[[]*db.Contact](t)(target.ContactsByID(t.Context(), ids(contacts))); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	for _, c := range want {
		for _, m := range c.Merged {
			wantReached(t, target, c, []string{m.ID}, []string{m.Email})
		}
	}
	plan := filter.Has{Path: filter.MustPath("custom.plan"), Test: filter.NotBlank{}}
	if n := must[[]int64](t)(target.CountContacts(t.Context(), []filter.Node{filter.Const(true), plan}))[0]; n != int64(len(contacts)) {
		t.Errorf("%d contacts are counted, want %d", n, len(contacts))
	}
	if got := must[*db.Catalogue](t)(target.Catalogue(t.Context())).Fields(); !reflect.DeepEqual(got, must[*db.Catalogue](t)(source.Catalogue(t.Context())).Fields()) {
		t.Errorf("the catalogue is %+v", got)
	}
	if got, want := must[[]*db.Segment](t)(target.Segments(t.Context())), must[[]*db.Segment](t)(source.Segments(t.Context())); len(got) != 2 || !sameSegments(got, want) {
		t.Errorf("the segments are %+v, want %+v", got, want)
	}
	_, err := target.CreateContact(t.Context(), email(contacts[0].Email))
	wantCode(t, err, db.Conflict)
	if err := server.restart(); err != nil {
		t.Fatal(err)
	}
	wantSameRecords(t, source, server.store.Workspace(id))
}

// fillWorkspace writes two segments, a declared field, contacts, of which some have values of other types, and one of which
// another became part, and jobs with problems.
func fillWorkspace(t *testing.T, w db.Workspace) []*db.Contact {
	t.Helper()
	static := must[*db.Segment](t)(w.CreateSegment(t.Context(), db.SegmentPatch{Name: ptr("Guests"), Kind: db.Static}))
	must[*db.Segment](t)(w.CreateSegment(t.Context(), db.SegmentPatch{Name: ptr("All"), Filter: json.RawMessage(`{ "and": [] }`)}))
	old := email("old@example.com")
	old.Custom = filter.Object{"score": "5", "plan": "pro"}
	contacts := []*db.Contact{create(t, w, old)}
	must[*db.Field](t)(w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("custom.score"), Type: filter.KindNumber, Label: "Score"}))
	for i := range 5 {
		p := email(fmt.Sprintf("c%d@example.com", i))
		p.AddSegments = []string{static.ID}
		p.Custom = filter.Object{
			"score": int64(i), "day": filter.NewDate(1899, 12, 31), "instant": start(), "list": []any{int64(1), 1.5, "1", nil},
			"nested": filter.Object{"ключ": []any{filter.Object{"a": true}}},
		}
		contacts = append(contacts, create(t, w, p))
	}
	for range 2 {
		job := must[*db.Job](t)(w.CreateJob(t.Context(), db.Job{Kind: "test", Title: "Test", Params: json.RawMessage(`{"a": "<"}`)}))
		problems := []db.Problem{
			{Number: 9, Code: db.BadInput, Message: "odd", Path: db.Steps{"custom", 1}, Record: []byte("a,b")},
			{Number: 10, Code: db.NotFound, Contact: contacts[0].ID, Cut: true},
		}
		if err := w.AddProblems(t.Context(), job.ID, problems); err != nil {
			t.Fatal(err)
		}
		must[*db.Job](t)(w.UpdateJob(t.Context(), job.ID, func(j *db.Job) error { j.State = db.JobDone; return nil }))
	}
	survivor, duplicate := create(t, w, email("survivor@example.com")), create(t, w, email("duplicate@example.com"))
	contacts = append(contacts, must[*db.Contact](t)(w.MergeContacts(t.Context(), survivor.ID, duplicate.ID, nil)))
	contacts = append(contacts, create(t, w, db.ContactPatch{FirstName: ptr("No email")}))
	for _, c := range contacts[:2] {
		for i, status := range []db.Status{db.Subscribed, db.Unsubscribed, db.Bounced} {
			p := db.ContactPatch{Status: &status, Custom: filter.Object{"score": float64(i) + 0.5}}
			must[*db.Contact](t)(w.UpdateContact(db.Acting(t.Context(), db.Actor{Kind: db.JobActor, ID: "job_1"}), c.ID, p))
		}
	}
	return contacts
}

func sameSegments(a, b []*db.Segment) bool {
	byID := func(a, b *db.Segment) int { return strings.Compare(a.ID, b.ID) }
	slices.SortFunc(a, byID)
	slices.SortFunc(b, byID)
	return reflect.DeepEqual(a, b)
}

func wantSameRecords(t *testing.T, source, target db.Workspace) {
	t.Helper()
	for _, c := range db.Collections() {
		got, want := allRecords(t, target, c), allRecords(t, source, c)
		if !reflect.DeepEqual(got, want) || len(want) == 0 {
			t.Errorf("%s: got %d records, want %d", c, len(got), len(want))
		}
		byID := func(a, b db.Record) int { return strings.Compare(a.ID, b.ID) }
		if !slices.IsSortedFunc(got, byID) {
			t.Errorf("%s are not sorted", c)
		}
	}
}

func allRecords(t *testing.T, w db.Workspace, c db.Collection) (all []db.Record) {
	t.Helper()
	for after := ""; ; {
		page := must[[]db.Record](t)(w.Records(t.Context(), c, after))
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		after = page[len(page)-1].ID
	}
}

// testRecordPages reads more records than a page has, and pages that are full because of their size.
func testRecordPages(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	const large = 10
	for i := range large {
		p := email(fmt.Sprintf("large%d@example.com", i))
		p.Custom = filter.Object{"text": strings.Repeat("x", 500_000)}
		create(t, w, p)
	}
	page := must[[]db.Record](t)(w.Records(t.Context(), db.ContactRecords, ""))
	size := 0
	for _, r := range page {
		size += len(r.Document)
	}
	if size < db.MaxRecordBytes || size > db.MaxRecordBytes+600_000 || len(page) >= large {
		t.Errorf("a page has %d records of %d bytes", len(page), size)
	}
	var patches []db.ContactPatch
	for i := range db.MaxRecords + 1 - large {
		patches = append(patches, email(fmt.Sprintf("small%d@example.com", i)))
	}
	must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), patches, db.Upsert))
	if got := allRecords(t, w, db.ContactRecords); len(got) != db.MaxRecords+1 {
		t.Errorf("there are %d records", len(got))
	}
	page = must[[]db.Record](t)(w.Records(t.Context(), db.ContactRecords, page[len(page)-1].ID))
	if len(page) > db.MaxRecords {
		t.Errorf("a page has %d records", len(page))
	}
	drop(t, w)
}

// testRecordConflicts adds what must not be added.
func testRecordConflicts(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	fillWorkspace(t, w)
	other := newWorkspace(store)
	for _, c := range db.Collections() {
		before := allRecords(t, w, c)
		if err := other.AddRecords(t.Context(), c, before[:1]); db.CodeOf(err) != db.BadInput {
			t.Errorf("%s of another workspace: %v", c, err)
		}
		if err := w.AddRecords(t.Context(), c, []db.Record{{ID: "x", Document: before[0].Document}}); db.CodeOf(err) != db.BadInput {
			t.Errorf("%s under another ID: %v", c, err)
		}
		if err := w.AddRecords(t.Context(), c, []db.Record{{ID: "x", Document: []byte("no document")}}); db.CodeOf(err) != db.BadInput {
			t.Errorf("no document in %s: %v", c, err)
		}
		if err := w.AddRecords(t.Context(), c, nil); err != nil {
			t.Errorf("no %s: %v", c, err)
		}
		if got := allRecords(t, w, c); !reflect.DeepEqual(got, before) {
			t.Errorf("%s were changed", c)
		}
		if got := allRecords(t, other, c); len(got) != 0 {
			t.Errorf("the other workspace has %s", c)
		}
	}

	// Another document under an ID that there is: the same contact after a change.
	was := allRecords(t, w, db.ContactRecords)[0]
	changed := must[*db.Contact](t)(w.UpdateContact(t.Context(), was.ID, db.ContactPatch{FirstName: ptr("Changed")}))
	wantCode(t, w.AddRecords(t.Context(), db.ContactRecords, []db.Record{was}), db.Conflict)

	// Another contact with the email of one that there is.
	must[[]string](t)(w.DeleteContacts(t.Context(), []string{changed.ID}))
	create(t, w, email(changed.Email))
	wantCode(t, w.AddRecords(t.Context(), db.ContactRecords, []db.Record{was}), db.Conflict)
	if got := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{was.ID})); got[0] != nil {
		t.Errorf("there is %+v", got[0])
	}

	wantCode(t, w.AddRecords(t.Context(), "nothing", []db.Record{was}), db.BadInput)
	_, err := w.Records(t.Context(), "nothing", "")
	wantCode(t, err, db.BadInput)
	if id := []byte(was.ID); !bytes.Contains(was.Document, id) {
		t.Errorf("the document of %s has not its ID", id)
	}
}
