package dbtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

func testSegments(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	text := json.RawMessage(`{"number":{"path":"custom.n","gt":9007199254740993}}`)
	created := must[*db.Segment](t)(w.CreateSegment(t.Context(), db.SegmentPatch{Name: ptr(" Big "), Filter: text}))
	want := &db.Segment{ID: created.ID, Name: "Big", Filter: text, Format: filter.Format, CreatedAt: start(), UpdatedAt: start(), Version: 1}
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

func testSegmentLimit(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	for i := range db.MaxSegments {
		must[*db.Segment](t)(w.CreateSegment(t.Context(), db.SegmentPatch{Name: ptr(fmt.Sprint(i)), Filter: json.RawMessage(`{"and":[]}`)}))
	}
	_, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: ptr("one more"), Filter: json.RawMessage(`{"and":[]}`)})
	wantCode(t, err, db.LimitExceeded)
}
