package dbtest

import (
	"fmt"
	"sync"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

// together runs work in n goroutines at the same time.
func together(n int, work func(i int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { work(i) })
	}
	group.Wait()
}

// testConcurrentUpdates loses none of many changes of one contact.
func testConcurrentUpdates(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	c := create(t, w, email("a@example.com"))
	const writers = 8
	together(writers, func(i int) {
		p := db.ContactPatch{Custom: filter.Object{fmt.Sprintf("by%d", i): int64(i)}}
		if _, err := w.UpdateContact(t.Context(), c.ID, p); err != nil {
			t.Error(err)
		}
	})
	read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), c.Email))
	if len(read.Custom) != writers || read.Version != writers+1 {
		t.Errorf("read %+v", read)
	}
}

// testConcurrentUpserts creates each contact once and loses no change.
func testConcurrentUpserts(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	const writers, contacts = 4, 10
	var mu sync.Mutex
	created := 0
	together(writers, func(i int) {
		var patches []db.ContactPatch
		for n := range contacts {
			p := email(address(n))
			p.Custom = filter.Object{fmt.Sprintf("by%d", i): true}
			patches = append(patches, p)
		}
		results, err := w.UpsertContacts(t.Context(), patches, db.Upsert)
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		for _, r := range results {
			if r.Err != nil {
				t.Error(r.Err)
			}
			if r.Created {
				created++
			}
		}
	})
	pages := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), all(filter.Const(true))))
	if len(pages[0].Contacts) != contacts || created != contacts {
		t.Errorf("%d contacts, %d created, want %d", len(pages[0].Contacts), created, contacts)
	}
	for _, c := range pages[0].Contacts {
		if len(c.Custom) != writers {
			t.Errorf("%s has %v", c.Email, c.Custom)
		}
	}
}

// testConcurrentModes has writers that only create, which create each contact once and change none, while others only
// update, which lose no change and create none.
func testConcurrentModes(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	const writers, contacts = 3, 10
	var mu sync.Mutex
	created, updated := 0, 0
	together(2*writers, func(i int) {
		mode := [...]db.UpsertMode{db.CreateOnly, db.UpdateOnly}[i%2]
		var patches []db.ContactPatch
		for n := range contacts {
			p := email(address(n))
			p.FirstName = ptr(fmt.Sprint(mode, i)) // so that each update changes something
			patches = append(patches, p)
		}
		results, err := w.UpsertContacts(t.Context(), patches, mode)
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		for _, r := range results {
			switch got := outcome(r); {
			case got == "created" && mode == db.CreateOnly:
				created++
			case got == "updated" && mode == db.UpdateOnly:
				updated++
			case got != "skipped":
				t.Errorf("with the mode %s: %s, %v", mode, got, r.Err)
			}
		}
	})
	pages := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), all(filter.Const(true))))
	versions := 0
	for _, c := range pages[0].Contacts {
		versions += int(c.Version)
	}
	if len(pages[0].Contacts) != contacts || created != contacts || versions != created+updated {
		t.Errorf("%d contacts of %d versions, %d created, %d updated", len(pages[0].Contacts), versions, created, updated)
	}
}

// testConcurrentCreates lets one of many contacts have an email.
func testConcurrentCreates(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	var mu sync.Mutex
	created := 0
	together(8, func(int) {
		_, err := w.CreateContact(t.Context(), email("same@example.com"))
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			created++
		} else {
			wantCode(t, err, db.Conflict)
		}
	})
	if created != 1 {
		t.Errorf("created %d, want 1", created)
	}
}
