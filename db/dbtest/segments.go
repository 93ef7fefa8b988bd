package dbtest

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

func testSegments(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	text := json.RawMessage(`{"number":{"path":"custom.n","gt":9007199254740993}}`)
	created := must[*db.Segment](t)(w.CreateSegment(t.Context(), db.SegmentPatch{Name: ptr(" Big "), Filter: text}))
	want := &db.Segment{ID: created.ID, Name: "Big", Kind: db.Dynamic, Filter: text, Format: filter.Format, CreatedAt: start(), UpdatedAt: start(), Version: 1}
	if !reflect.DeepEqual(created, want) {
		t.Errorf("created %+v, want %+v", created, want)
	}
	read := must[[]*db.Segment](t)(w.SegmentsByID(t.Context(), []string{"seg_nothing", created.ID}))
	if read[0] != nil || !reflect.DeepEqual(read[1], want) {
		t.Errorf("read %+v", read)
	}
	updated := must[*db.Segment](t)(w.UpdateSegment(t.Context(), created.ID, db.SegmentPatch{Description: ptr("of numbers"), Version: ptr(int64(1))}))
	if updated.Name != "Big" || updated.Description != "of numbers" || updated.Version != 2 || string(updated.Filter) != string(text) {
		t.Errorf("updated %+v", updated)
	}
	if list := must[[]*db.Segment](t)(w.Segments(t.Context())); len(list) != 1 || !reflect.DeepEqual(list[0], updated) {
		t.Errorf("listed %+v", list)
	}

	newer := must[*db.Segment](t)(w.CreateSegment(t.Context(), db.SegmentPatch{Name: ptr("newer"), Filter: text, Format: filter.Format + 1}))
	renamed := must[*db.Segment](t)(w.UpdateSegment(t.Context(), newer.ID, db.SegmentPatch{Name: ptr("renamed")}))
	if read := must[[]*db.Segment](t)(w.SegmentsByID(t.Context(), []string{newer.ID})); renamed.Format != filter.Format+1 || !reflect.DeepEqual(read[0], renamed) {
		t.Errorf("the format of a filter is lost: %+v, read %+v", renamed, read[0])
	}

	_, err := w.UpdateSegment(t.Context(), created.ID, db.SegmentPatch{Name: ptr("x"), Version: ptr(int64(1))})
	wantCode(t, err, db.Conflict)
	if stale, ok := errors.AsType[*db.Error](err); !ok || stale.Version != 2 {
		t.Errorf("got %#v, want the current version 2", err)
	}
	_, err = w.UpdateSegment(t.Context(), created.ID, db.SegmentPatch{Name: ptr(" ")})
	wantCode(t, err, db.BadInput)
	_, err = w.CreateSegment(t.Context(), db.SegmentPatch{Filter: text})
	wantCode(t, err, db.BadInput)
	_, err = w.UpdateSegment(t.Context(), "seg_nothing", db.SegmentPatch{Name: ptr("x")})
	wantCode(t, err, db.NotFound)

	if err := w.DeleteSegment(t.Context(), created.ID); err != nil {
		t.Error(err)
	}
	wantCode(t, w.DeleteSegment(t.Context(), created.ID), db.NotFound)
}

// testStaticSegments holds contacts to be members until they are not any more, whatever else is written to them.
func testStaticSegments(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	s := must[*db.Segment](t)(w.CreateSegment(t.Context(), db.SegmentPatch{Name: ptr("Guests"), Kind: db.Static}))
	read := must[[]*db.Segment](t)(w.SegmentsByID(t.Context(), []string{s.ID}))[0]
	if s.Kind != db.Static || s.Filter != nil || !reflect.DeepEqual(read, s) {
		t.Errorf("created %+v, read %+v", s, read)
	}
	_, err := w.UpdateSegment(t.Context(), s.ID, db.SegmentPatch{Filter: json.RawMessage(`{"and":[]}`)})
	wantCode(t, err, db.BadInput)
	renamed := must[*db.Segment](t)(w.UpdateSegment(t.Context(), s.ID, db.SegmentPatch{Name: ptr("Speakers")}))
	if renamed.Kind != db.Static || renamed.Filter != nil {
		t.Errorf("renamed to %+v", renamed)
	}

	ada, alan := create(t, w, email("ada@example.com")), create(t, w, email("alan@example.com"))
	grace := create(t, w, db.ContactPatch{Email: ptr("grace@example.com"), AddSegments: []string{s.ID, s.ID, "seg_other"}})
	members := func(n filter.Node, want ...string) {
		t.Helper()
		page := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), all(n)))[0]
		count := must[[]int64](t)(w.CountContacts(t.Context(), []filter.Node{n}))[0]
		if got := ids(page.Contacts); !reflect.DeepEqual(got, want) || count != int64(len(want)) {
			t.Errorf("got %q, counted %d, want %q", got, count, want)
		}
	}
	members(filter.MemberOf(s.ID), grace.ID)
	joined := must[[]db.UpdateResult](t)(w.UpdateContacts(t.Context(), []string{alan.ID, grace.ID}, db.ContactPatch{AddSegments: []string{s.ID}}))
	if !reflect.DeepEqual(joined[0].Contact.Segments, []string{s.ID}) || !reflect.DeepEqual(joined[1].Contact.Segments, []string{s.ID, "seg_other"}) {
		t.Errorf("joined: %+v, %+v", joined[0].Contact, joined[1].Contact)
	}
	must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), []db.ContactPatch{{Email: ptr("alan@example.com"), Tags: &[]string{"vip"}}}, db.Upsert))
	must[*db.Contact](t)(w.UpdateContact(t.Context(), alan.ID, db.ContactPatch{Email: ptr("turing@example.com")}))
	members(filter.MemberOf(s.ID), alan.ID, grace.ID)
	members(filter.Not{Node: filter.MemberOf(s.ID)}, ada.ID)
	members(filter.And{filter.MemberOf(s.ID), filter.Not{Node: filter.MemberOf("seg_other")}}, alan.ID)
	must[*db.Contact](t)(w.UpdateContact(t.Context(), grace.ID, db.ContactPatch{RemoveSegments: []string{s.ID}}))
	members(filter.MemberOf(s.ID), alan.ID)
	members(filter.MemberOf("seg_other"), grace.ID)
	must[*db.Contact](t)(w.UpdateContact(t.Context(), grace.ID, db.ContactPatch{RemoveSegments: []string{"seg_other"}}))
	if read := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{grace.ID}))[0]; len(read.Segments) != 0 {
		t.Errorf("read %+v", read)
	}
}

func testSegmentLimit(t *testing.T, store db.Store) {
	id := newWorkspaceID()
	w := store.Workspace(id)
	patch := db.SegmentPatch{Name: ptr("Everybody"), Filter: json.RawMessage(`{"and":[]}`)}
	var records []db.Record
	for range db.MaxSegments - 1 {
		s := must[db.Segment](t)(db.NewSegment(patch, start()))
		records = append(records, must[db.Record](t)(document.SegmentRecord(id, &s)))
	}
	if err := w.AddRecords(t.Context(), db.SegmentRecords, records); err != nil {
		t.Fatal(err)
	}
	must[*db.Segment](t)(w.CreateSegment(t.Context(), patch))
	_, err := w.CreateSegment(t.Context(), patch)
	wantCode(t, err, db.LimitExceeded)
}
