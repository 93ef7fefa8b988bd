package segment_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/segment"
)

const everybody = `{"and":[]}`

func refersTo(s *db.Segment) string { return `{"segment":{"id":"` + s.ID + `"}}` }

func newParser(t *testing.T, w db.Workspace) segment.Parser {
	t.Helper()
	p, err := segment.NewParser(t.Context(), w, start())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A filter that was saved in a form that this program does not know is not guessed at, and neither is one that refers to it.
func TestFilterOfANewerFormat(t *testing.T) {
	w := open(t)
	name := "Newer"
	newer, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: &name, Filter: json.RawMessage(everybody), Format: filter.Format + 1})
	if err != nil {
		t.Fatal(err)
	}
	user := create(t, w, "User", refersTo(newer))
	p := newParser(t, w)
	for _, s := range []*db.Segment{newer, user} {
		_, err := segment.Node(p, s)
		if db.CodeOf(err) != db.Unavailable || !strings.Contains(err.Error(), `the filter of the segment "Newer" was saved by a newer SegmentQL`) {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	for _, c := range segment.Compile(p, []*db.Segment{newer, user}) {
		if c.Node != nil {
			t.Errorf("%s has members", c.Name)
		}
	}
	copied, _, err := segment.Duplicate(t.Context(), w, nil, newer.ID, nil)
	if err != nil || copied.Format != newer.Format {
		t.Errorf("the copy is %+v, %v", copied, err)
	}
}

func TestUsedByAndDelete(t *testing.T) {
	w := open(t)
	used := create(t, w, "Used", everybody)
	direct := create(t, w, "direct", `{"or":[{"not":`+refersTo(used)+`},{"and":[]}]}`)
	create(t, w, "Also direct", refersTo(used))
	create(t, w, "indirect", refersTo(direct))
	create(t, w, "none", everybody)
	users, err := newParser(t, w).Library.UsedBy(used.ID)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range users {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, ", "); got != "Also direct, direct" {
		t.Errorf("used by %s", got)
	}
	err = segment.Delete(t.Context(), w, used.ID)
	if db.CodeOf(err) != db.Conflict || !strings.Contains(err.Error(), `"Also direct", "direct"`) {
		t.Errorf("deleted: %v", err)
	}
	if err := segment.Delete(t.Context(), w, "seg_0"); db.CodeOf(err) != db.NotFound {
		t.Errorf("deleted nothing: %v", err)
	}
}

// A change of a segment must not make those invalid that refer to it, directly or not.
func TestCheckUsers(t *testing.T) {
	w := open(t)
	used := create(t, w, "Used", everybody)
	direct := create(t, w, "Direct", `{"not":`+refersTo(used)+`}`)
	create(t, w, "Indirect", strings.Repeat(`{"not":`, filter.MaxDepth-3)+refersTo(direct)+strings.Repeat(`}`, filter.MaxDepth-3))
	create(t, w, "Invalid anyway", `{"and":[`+refersTo(used)+`,{"text":{"path":"custom.gone","equals":"x"}}]}`)
	deep := func(levels int) string {
		return strings.Repeat(`{"not":`, levels-1) + `{"empty":{"path":"email"}}` + strings.Repeat(`}`, levels-1)
	}
	p := newParser(t, w)
	for levels := 1; levels <= 4; levels++ {
		err := segment.CheckUsers(p, used.ID, db.SegmentPatch{Filter: json.RawMessage(deep(levels))})
		switch {
		case levels <= 2 && err != nil:
			t.Errorf("%d levels: %v", levels, err)
		case levels > 2 && (db.CodeOf(err) != db.BadInput || !strings.Contains(err.Error(), `the filter of the segment "Indirect" is not valid any more`)):
			t.Errorf("%d levels: %v", levels, err)
		}
	}
	if err := segment.CheckUsers(p, "seg_0", db.SegmentPatch{Filter: json.RawMessage(deep(4))}); err != nil {
		t.Errorf("of no segment: %v", err)
	}
}

// Segments that refer to each other in a circle, which two writers at once can make, have nobody.
func TestCircleThatWasSaved(t *testing.T) {
	w := open(t)
	a := create(t, w, "A", everybody)
	b := create(t, w, "B", refersTo(a))
	if _, err := w.UpdateSegment(t.Context(), a.ID, db.SegmentPatch{Filter: json.RawMessage(refersTo(b))}); err != nil {
		t.Fatal(err)
	}
	p := newParser(t, w)
	all, err := p.Library.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range segment.Compile(p, all) {
		_, err := segment.Node(p, c.Segment)
		want := map[string]string{"A": `"A" → "B" → "A"`, "B": `"B" → "A" → "B"`}[c.Name]
		if c.Node != nil || db.CodeOf(err) != db.BadInput || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", c.Name, err, want)
		}
	}
}

// References multiply conditions; the limit ends that before it costs anything.
func TestReferencesThatMultiply(t *testing.T) {
	w := open(t)
	last := create(t, w, "0", `{"empty":{"path":"email"}}`)
	for i := range 18 {
		last = create(t, w, fmt.Sprint(i+1), `{"and":[`+refersTo(last)+`,`+refersTo(last)+`]}`)
	}
	_, err := segment.Node(newParser(t, w), last)
	if db.CodeOf(err) != db.LimitExceeded {
		t.Errorf("got %v", err)
	}
}

func TestUsersOfField(t *testing.T) {
	w := open(t)
	patch := db.ContactPatch{Custom: filter.Object{"plan": "pro", "planet": "earth", "orders": []any{filter.Object{"item": filter.Object{"sku": "A"}}}}}
	if _, err := w.CreateContact(t.Context(), patch); err != nil {
		t.Fatal(err)
	}
	plan := create(t, w, "Plan", `{"text":{"path":"custom.plan","equals":"pro"}}`)
	create(t, w, "planet", `{"not":{"text":{"path":"custom.planet","equals":"earth"}}}`)
	create(t, w, "Orders", `{"or":[{"any":{"path":"custom.orders","match":{"and":[{"not":{"text":{"path":"item.sku","equals":"A"}}}]}}},{"and":[]}]}`)
	create(t, w, "all plans", `{"and":[{"empty":{"path":"custom.plan"}},{"not":{"or":[{"text":{"path":"email","endsWith":"x"}}]}}]}`)
	create(t, w, "by reference", refersTo(plan))
	library := newParser(t, w).Library
	for path, want := range map[string]string{
		"custom.plan":                 "all plans, Plan",
		"custom.planet":               "planet",
		"custom.orders":               "Orders",
		"custom.orders.item":          "Orders",
		"custom.orders.item.sku":      "Orders",
		"custom.orders.item.sku.part": "",
		"email":                       "all plans",
		"custom.never":                "",
	} {
		users, err := library.UsersOfField(filter.MustPath(path))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, s := range users {
			names = append(names, s.Name)
		}
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("%s is used by %q, want %q", path, got, want)
		}
	}
}
