package mongodb_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"

	"segmentql/db"
	"segmentql/db/mongodb"
	"segmentql/db/mongodb/mongotest"
	"segmentql/filter"
)

// dying is a server that dies after some of its writes.
type dying struct {
	mu   sync.Mutex
	left int // writes
	die  func()
}

func (d *dying) written(_ context.Context, e *event.CommandSucceededEvent) {
	if !slices.Contains([]string{"insert", "update", "delete"}, e.CommandName) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left--; d.left == 0 {
		d.die()
	}
}

// lives returns a context that ends after so many writes.
func (d *dying) lives(t *testing.T, writes int) context.Context {
	ctx, die := context.WithCancel(t.Context())
	t.Cleanup(die)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left, d.die = writes, die
	return ctx
}

func openWith(t *testing.T, uri string, watch *event.CommandMonitor) db.Store {
	t.Helper()
	store, err := mongodb.OpenWatched(t.Context(), uri, time.Now, slog.New(slog.DiscardHandler), watch)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	if err := store.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return store
}

// TestKilledMerge ends a merge after each of its writes. What another server is asked then is as if the merge had been done or
// had never begun, and nothing is left of it after.
func TestKilledMerge(t *testing.T) {
	uri := mongotest.Database(t)
	var d dying
	first, second := openWith(t, uri, &event.CommandMonitor{Succeeded: d.written}), openWith(t, uri, nil)
	for name, then := range map[string]struct {
		do   func(ctx context.Context, w db.Workspace, survivor, duplicate *db.Contact) error
		gone bool // both may be
	}{
		"nothing": {do: func(context.Context, db.Workspace, *db.Contact, *db.Contact) error { return nil }},
		"upsert": {do: func(ctx context.Context, w db.Workspace, _, duplicate *db.Contact) error {
			results, err := w.UpsertContacts(ctx, []db.ContactPatch{{Email: &duplicate.Email, AddTags: []string{"later"}}}, db.UpdateOnly)
			return firstError(err, results[0].Err, wantTag(results[0].Contact))
		}},
		"update": {do: func(ctx context.Context, w db.Workspace, _, duplicate *db.Contact) error {
			c, err := w.UpdateContact(ctx, duplicate.ID, db.ContactPatch{AddTags: []string{"later"}})
			return firstError(err, wantTag(c))
		}},
		"update of the survivor": {do: func(ctx context.Context, w db.Workspace, survivor, _ *db.Contact) error {
			c, err := w.UpdateContact(ctx, survivor.ID, db.ContactPatch{AddTags: []string{"later"}})
			return firstError(err, wantTag(c))
		}},
		"lookup": {do: func(ctx context.Context, w db.Workspace, _, duplicate *db.Contact) error {
			_, err := w.ContactByEmail(ctx, duplicate.Email)
			return err
		}},
		"once more": {do: func(ctx context.Context, w db.Workspace, survivor, duplicate *db.Contact) error {
			_, err := w.MergeContacts(ctx, survivor.ID, duplicate.ID, nil)
			if db.CodeOf(err) == db.BadInput {
				err = nil // it was done
			}
			return err
		}},
		"the other way": {do: func(ctx context.Context, w db.Workspace, survivor, duplicate *db.Contact) error {
			_, err := w.MergeContacts(ctx, duplicate.ID, survivor.ID, nil)
			if db.CodeOf(err) == db.BadInput {
				err = nil // the first one was done
			}
			return err
		}},
		"delete the survivor": {gone: true, do: func(ctx context.Context, w db.Workspace, survivor, _ *db.Contact) error {
			_, err := w.DeleteContacts(ctx, []string{survivor.ID})
			return err
		}},
		"delete the duplicate": {gone: true, do: func(ctx context.Context, w db.Workspace, _, duplicate *db.Contact) error {
			_, err := w.DeleteContacts(ctx, []string{duplicate.ID})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, email := range []string{"", "s@example.com"} { // of the survivor
				for writes := 1; ; writes++ {
					id := fmt.Sprint(name, email, writes)
					a := first.Workspace(id)
					survivor := mustCreate(t, a, db.ContactPatch{Email: &email, Tags: &[]string{"a"}})
					duplicate := mustCreate(t, a, db.ContactPatch{Email: new("d@example.com"), Tags: &[]string{"b"}})
					_, err := a.MergeContacts(d.lives(t, writes), survivor.ID, duplicate.ID, nil)
					if err == nil {
						if writes < 5 {
							t.Errorf("it took %d writes", writes)
						}
						break
					}
					w := second.Workspace(id)
					if err := then.do(t.Context(), w, survivor, duplicate); err != nil {
						t.Errorf("after %d writes: %v", writes, err)
					}
					if err := second.Load(t.Context(), nil); err != nil {
						t.Fatal(err)
					}
					wantWhole(t, w, survivor, duplicate, then.gone, writes)
				}
			}
		})
	}
}

func mustCreate(t *testing.T, w db.Workspace, p db.ContactPatch) *db.Contact {
	t.Helper()
	c, err := w.CreateContact(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func wantTag(c *db.Contact) error {
	if c == nil || !slices.Contains(c.Tags, "later") {
		return fmt.Errorf("what was written is %+v", c)
	}
	return nil
}

// wantWhole looks at the contacts after a merge: there is one, or there are both as they were.
func wantWhole(t *testing.T, w db.Workspace, survivor, duplicate *db.Contact, gone bool, writes int) {
	t.Helper()
	pages, err := w.FindContacts(t.Context(), []db.ContactQuery{{Filter: filter.Const(true), Page: db.Page{Limit: 10}}})
	if err != nil {
		t.Fatal(err)
	}
	left := pages[0].Contacts
	for _, c := range left {
		if c.Merging != nil {
			t.Errorf("after %d writes %s still has a mark", writes, c.ID)
		}
	}
	switch {
	case len(left) == 1 && len(left[0].Merged) == 1:
		c := left[0]
		email := survivor.Email
		if email == "" {
			email = duplicate.Email
		}
		if c.ID == duplicate.ID {
			email = duplicate.Email
		}
		if c.Email != email || !slices.Contains(c.Tags, "a") || !slices.Contains(c.Tags, "b") {
			t.Errorf("after %d writes there is %+v", writes, c)
		}
	case gone && len(left) == 1 && len(left[0].Merged) == 0, gone && len(left) == 0:
		// One was deleted before it became part of the other, or both as one.
	case len(left) == 2 && !gone:
		if left[0].Email != survivor.Email || left[1].Email != duplicate.Email || len(left[0].Merged) > 0 {
			t.Errorf("after %d writes there are %+v and %+v", writes, left[0], left[1])
		}
	default:
		t.Errorf("after %d writes there are %d contacts: %+v", writes, len(left), left)
	}
}

// TestMergesOfTwoServers merges in both directions at once, each on its own server.
func TestMergesOfTwoServers(t *testing.T) {
	uri := mongotest.Database(t)
	one := &oneUpdate{}
	servers := []db.Workspace{openWith(t, uri, one.monitor()).Workspace("w"), openWith(t, uri, one.monitor()).Workspace("w")}
	for round := range 10 {
		contacts := []*db.Contact{
			mustCreate(t, servers[0], db.ContactPatch{Email: new(fmt.Sprintf("a%d@example.com", round)), Tags: &[]string{"a"}}),
			mustCreate(t, servers[0], db.ContactPatch{Email: new(fmt.Sprintf("b%d@example.com", round)), Tags: &[]string{"b"}}),
		}
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, w := range servers {
			both.Go(func() {
				for again := true; again; again = db.CodeOf(errs[i]) == db.Conflict { // too many changes at once
					_, errs[i] = w.MergeContacts(t.Context(), contacts[i].ID, contacts[1-i].ID, nil)
				}
			})
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("the merges ended with %v and %v", errs[0], errs[1])
		}
		found, err := servers[0].ContactsByID(t.Context(), []string{contacts[0].ID, contacts[1].ID})
		if err != nil || found[0] == nil || found[1] == nil || found[0].ID != found[1].ID || len(found[0].Tags) != 2 || len(found[0].Merged) != 1 {
			t.Fatalf("there are %+v and %+v, %v", found[0], found[1], err)
		}
	}
}
