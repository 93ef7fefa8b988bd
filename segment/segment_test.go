package segment_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/filter"
	"segmentql/segment"
)

func open(t *testing.T) db.Workspace {
	t.Helper()
	store, err := embedded.Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return store.Workspace("test")
}

func create(t *testing.T, w db.Workspace, name, f string) *db.Segment {
	t.Helper()
	s, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: &name, Description: new("of " + name), Filter: json.RawMessage(f)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestOf asks for the segments of a contact; those that are not valid (any more) have nobody, not everybody.
func TestOf(t *testing.T) {
	w := open(t)
	contact, err := w.CreateContact(t.Context(), db.ContactPatch{Custom: filter.Object{"plan": "pro", "big": int64(9007199254740993)}})
	if err != nil {
		t.Fatal(err)
	}
	parser, err := segment.NewParser(t.Context(), w, start())
	if err != nil {
		t.Fatal(err)
	}
	for f, want := range map[string]bool{
		`{"text":{"path":"custom.plan","equals":"pro"}}`:             true,
		`{"text":{"path":"custom.plan","equals":"free"}}`:            false,
		`{"number":{"path":"custom.big","equals":9007199254740993}}`: true,
		`{"number":{"path":"custom.big","equals":9007199254740992}}`: false,
		`{"and":[]}`: true,
		`{"not":{"text":{"path":"custom.gone","equals":"x"}}}`: false,
		`{"not":{"and":null}}`:                                 false,
		`{"not":`:                                              false,
	} {
		s := &db.Segment{ID: "seg_1", Name: "s", Filter: json.RawMessage(f)}
		if got := len(segment.Of(contact, segment.Compile(parser, []*db.Segment{s}))) == 1; got != want {
			t.Errorf("%s: %t, want %t", f, got, want)
		}
	}
}

func TestNodeOfInvalidFilter(t *testing.T) {
	parser, err := segment.NewParser(t.Context(), open(t), start())
	if err != nil {
		t.Fatal(err)
	}
	for f, want := range map[string]struct {
		code db.Code
		says string
	}{
		`{"text":{"path":"custom.gone","equals":"x"}}`: {db.UnknownField, `the filter of the segment "Old" is not valid any more`},
		`{"text":{"path":"email","near":"x"}}`:         {db.BadInput, `the filter of the segment "Old" is not valid any more`},
		`{"text":`:                                     {db.Internal, "Old"},
	} {
		_, err := segment.Node(parser, &db.Segment{ID: "seg_1", Name: "Old", Filter: json.RawMessage(f)})
		if err == nil || db.CodeOf(err) != want.code || !strings.Contains(err.Error(), want.says) {
			t.Errorf("%s: %v, want %s: %s", f, err, want.code, want.says)
		}
	}
}

func TestDuplicate(t *testing.T) {
	w := open(t)
	longest := strings.Repeat("é", db.MaxSegmentName/2)
	original, long := create(t, w, "VIP", `{"and":[]}`), create(t, w, longest, `{"or":[]}`)
	for _, c := range []struct {
		of         *db.Segment
		name       *string
		want       string
		wantFilter string
	}{
		{original, nil, "Copy of VIP", `{"and":[]}`},
		{original, new("Others"), "Others", `{"and":[]}`},
		{long, nil, "Copy of " + longest[:db.MaxSegmentName-len("Copy of ")], `{"or":[]}`},
	} {
		s, _, err := segment.Duplicate(t.Context(), w, nil, c.of.ID, c.name)
		if err != nil {
			t.Fatal(err)
		}
		if s.ID == c.of.ID || s.Name != c.want || s.Description != c.of.Description || string(s.Filter) != c.wantFilter || s.Version != 1 {
			t.Errorf("got %+v, want the name %s", s, c.want)
		}
	}
	if _, _, err := segment.Duplicate(t.Context(), w, nil, "seg_0", nil); db.CodeOf(err) != db.NotFound {
		t.Errorf("a copy of nothing: %v", err)
	}
}

func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
