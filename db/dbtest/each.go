package dbtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

// each returns all contacts that EachContact yields.
func each(ctx context.Context, w db.Workspace, n filter.Node) ([]*db.Contact, error) {
	var contacts []*db.Contact
	err := w.EachContact(ctx, n, func(c *db.Contact) error {
		contacts = append(contacts, c)
		return nil
	})
	return contacts, err
}

// matching returns the contacts that match, by ID.
func (m model) matching(n filter.Node) []*db.Contact {
	var contacts []*db.Contact
	for _, id := range m.ids() {
		if filter.Match(n, m[id]) {
			contacts = append(contacts, m[id])
		}
	}
	return contacts
}

func (h *history) checkEach(ctx context.Context, r *rapid.T, drawn []Drawn) {
	d := rapid.SampledFrom(drawn).Draw(r, "each of")
	got, err := each(ctx, h.workspace(), d.Node)
	if err != nil {
		r.Fatal(err)
	}
	if want := h.model.matching(d.Node); !slices.EqualFunc(got, want, func(a, b *db.Contact) bool { return agree(a, b, nil) }) {
		r.Fatalf("filter %+v: each of %v, want %v", d, ids(got), ids(want))
	}
}

// testEach yields contacts of several kinds, and then stops early.
func testEach(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	m := model{}
	for i := range 7 {
		p := email(address(i))
		p.Custom = filter.Object{"n": int64(i), "half": float64(i) / 2, "day": filter.Date(i), "at": start(), "list": []any{nil, "x", filter.Object{"a": true}}}
		if i%2 == 0 {
			p.Tags = &[]string{token}
		}
		c := create(t, w, p)
		m[c.ID] = c
	}
	nobody := must[*db.Contact](t)(w.CreateContact(t.Context(), db.ContactPatch{FirstName: ptr("Nobody")}))
	m[nobody.ID] = nobody
	for name, n := range map[string]filter.Node{
		"everybody": filter.Const(true),
		"none":      filter.Const(false),
		"some":      withToken,
		"others":    filter.Not{Node: withToken},
		"missing":   filter.Not{Node: filter.Has{Path: filter.MustPath("custom.n"), Test: filter.Present{}}},
	} {
		got := must[[]*db.Contact](t)(each(t.Context(), w, n))
		if want := m.matching(n); !slices.EqualFunc(got, want, func(a, b *db.Contact) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("%s: each of %v, want %v", name, ids(got), ids(want))
		}
	}
	if got := must[[]*db.Contact](t)(each(t.Context(), newWorkspace(store), filter.Const(true))); len(got) > 0 {
		t.Errorf("each of an empty workspace: %v", ids(got))
	}

	enough := errors.New("enough")
	yielded := 0
	err := w.EachContact(t.Context(), filter.Const(true), func(*db.Contact) error {
		if yielded++; yielded == 3 {
			return enough
		}
		return nil
	})
	if err != enough || yielded != 3 { //nolint:errorlint // it is to come as it is
		t.Errorf("%d contacts and then %v, want 3 and then the error of yield", yielded, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = each(ctx, w, filter.Const(true))
	wantCode(t, err, db.Timeout)
}

// testEachAsOfOneMoment creates, changes and deletes contacts while others are yielded: none of that is seen.
func testEachAsOfOneMoment(t *testing.T, store db.Store) {
	const contacts = 2_500 // more than are read at once
	w := newWorkspace(store)
	m := model{}
	var patches []db.ContactPatch
	for i := range contacts {
		p := email(address(i))
		p.Tags = &[]string{token}
		if i%5 == 0 {
			p.Tags = &[]string{}
		}
		patches = append(patches, p)
	}
	for batch := range slices.Chunk(patches, 500) {
		for _, r := range must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), batch, db.Upsert)) {
			m[r.Contact.ID] = r.Contact
		}
	}
	all, want := m.ids(), m.matching(withToken)
	writes := map[int]func(){
		0: func() {
			var changed []db.ContactPatch
			for i := range 500 { // known ones, which change sides, and new ones
				p := email(address(contacts - 250 + i))
				p.FirstName, p.Tags = ptr("changed"), &[]string{token}
				if i%2 == 0 {
					p.Tags = &[]string{}
				}
				changed = append(changed, p)
			}
			upsertAll(t, w, changed)
		},
		1_200: func() { must[[]string](t)(w.DeleteContacts(t.Context(), all[1_000:2_000])) },
		1_500: func() { must[[]string](t)(w.DeleteContacts(t.Context(), all[2_000:])) },
	}
	i := 0
	err := w.EachContact(t.Context(), withToken, func(c *db.Contact) error {
		if write := writes[i]; write != nil {
			write()
		}
		if i >= len(want) || !reflect.DeepEqual(c, want[i]) {
			return fmt.Errorf("contact %d is %+v", i, *c)
		}
		i++
		return nil
	})
	if err != nil || i != len(want) {
		t.Errorf("%d contacts were as they had been, want %d; then %v", i, len(want), err)
	}
	if counts := must[[]int64](t)(w.CountContacts(t.Context(), []filter.Node{filter.Const(true)})); counts[0] != 1_250 {
		t.Errorf("%d contacts are left, want 1250: the test has not written what it should", counts[0])
	}
}
