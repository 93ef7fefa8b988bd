package db_test

import (
	"errors"
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

func TestActors(t *testing.T) {
	for _, a := range []db.Actor{{}, {Kind: db.APIActor}, {Kind: db.JobActor, ID: "job_1"}, {Kind: db.CommandActor, ID: "import"}} {
		if got := db.ParseActor(a.String()); got != a {
			t.Errorf("%+v comes back as %+v", a, got)
		}
		if got := db.ActorOf(db.Acting(t.Context(), a)); got != a {
			t.Errorf("in the context, %+v is %+v", a, got)
		}
	}
	if got := db.ActorOf(t.Context()); got != (db.Actor{}) {
		t.Errorf("without anybody, it is %+v", got)
	}
}

// What is written differently is a change, and nothing else is.
func TestChangesOfValues(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	values := []any{
		nil, "", "x", int64(0), int64(5), 0.0, math.Copysign(0, -1), 5.0, true, false, filter.NewDate(2026, 3, 1), at, at.Add(time.Millisecond),
		[]any{},
		[]any{nil},
		[]any{int64(5)},
		[]any{5.0},
		filter.Object{},
		filter.Object{"a": nil},
		filter.Object{"a": []any{"x"}},
		filter.Object{"b": []any{"x"}},
	}
	for i, was := range values {
		for j, is := range values {
			before := sign(t, db.ContactPatch{Custom: filter.Object{"v": was}}, nil)
			after := sign(t, db.ContactPatch{Custom: filter.Object{"v": is}}, before)
			if changed := after.Version > before.Version; changed != (i != j) {
				t.Errorf("from %#v to %#v, that something has changed is %v", was, is, changed)
			}
		}
	}
}

// sign applies a patch to a contact, or to none, and has the result signed.
func sign(t testing.TB, p db.ContactPatch, before *db.Contact) *db.Contact {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var c db.Contact
	var err error
	if before == nil {
		c, err = db.NewContact(p, now)
	} else {
		c, err = p.Apply(*before, now)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Sign(before, db.Actor{Kind: db.APIActor})
	return &c
}

// Whatever the changes of nested objects are, what they say leads from one state to the other.
func TestChangesTellAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		before := sign(t, db.ContactPatch{Custom: drawCustom(r, 3)}, nil)
		unset := []filter.Path{}
		for key := range before.Custom {
			if rapid.Bool().Draw(r, "unset") {
				unset = append(unset, filter.MustPath("custom."+key))
			}
		}
		after := sign(t, db.ContactPatch{Unset: unset, Custom: drawCustom(r, 3)}, before)
		replayed, changes := *before, []db.FieldChange{}
		if after.LastChange != nil {
			changes = after.LastChange.Changes
		}
		for _, change := range changes {
			p := db.ContactPatch{Set: []db.FieldValue{{Path: filter.MustPath(change.Path), Value: change.After}}}
			if change.After == nil {
				p = db.ContactPatch{Unset: []filter.Path{filter.MustPath(change.Path)}}
			}
			replayed = *sign(t, p, &replayed)
		}
		if !reflect.DeepEqual(replayed.Custom, after.Custom) {
			r.Fatalf("%v\nand the changes %+v\nmake %v,\nnot %v", before.Custom, changes, replayed.Custom, after.Custom)
		}
	})
}

func drawCustom(r *rapid.T, depth int) filter.Object {
	o := filter.Object{}
	for _, key := range []string{"a", "b", "c"} {
		switch n := rapid.IntRange(0, 4).Draw(r, "form"); {
		case n == 0:
		case n < 3 && depth > 0:
			o[key] = drawCustom(r, depth-1)
		default:
			o[key] = rapid.SampledFrom([]any{"x", int64(1), 1.5, []any{"y"}}).Draw(r, "value")
		}
	}
	return o
}

func TestStatusSources(t *testing.T) {
	c := sign(t, db.ContactPatch{StatusSource: " form "}, nil)
	if got := c.StatusHistory(); len(got) != 1 || got[0].Source != "form" || got[0].Status != db.Pending {
		t.Errorf("got %+v", got)
	}
	c = sign(t, db.ContactPatch{Status: ptr(db.Subscribed)}, c)
	for _, status := range []db.Status{db.Bounced, db.Complained} { // each in the place of the same contact
		next := sign(t, db.ContactPatch{Status: &status}, c)
		if got := next.StatusHistory(); len(got) != 3 || got[1].Source != "api" || got[2].Status != status {
			t.Errorf("got %+v", got)
		}
	}
	if len(c.StatusChanges) != 2 || c.StatusChanges[1].Status != db.Subscribed {
		t.Errorf("the contact before has %+v now", c.StatusChanges)
	}
	if old := (&db.Contact{Status: db.Pending}).StatusHistory(); len(old) != 0 {
		t.Errorf("of an old contact nothing is known, but there is %+v", old)
	}
	_, err := db.NewContact(db.ContactPatch{StatusSource: strings.Repeat("x", db.MaxTextLength+1)}, time.Now())
	if known, ok := errors.AsType[*db.Error](err); !ok || !slices.Equal(known.Path, []any{"statusSource"}) {
		t.Errorf("got %v", err)
	}
}
