package dbtest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

// These tests ask while others write. Every answer must be that of one state: the answers of one call are of the same
// state, and of a batch a state has all or nothing.

const token = "token"

var withToken = filter.Has{Path: filter.MustPath("tags"), Test: filter.NewOneOf([]any{token}, false)}

// testBatchesAreSeenWhole passes tokens from contact to contact, those of each batch in one write: there are always as
// many.
func (s Subject) testBatchesAreSeenWhole(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	const contacts, tokens, moved = 60, 20, 5
	has := func(i int, token ...string) db.ContactPatch {
		return db.ContactPatch{Email: ptr(address(i)), Tags: &token, Custom: filter.Object{"holds": int64(len(token))}}
	}
	var all []db.ContactPatch
	for i := range contacts {
		all = append(all, has(i))
		if i < tokens {
			all[i] = has(i, token)
		}
	}
	upsertAll(t, w, all)
	holds := filter.Has{Path: filter.MustPath("custom.holds"), Test: filter.NewOneOf([]any{int64(1)}, false)}
	s.whileWriting(t, func(step int) {
		var batch []db.ContactPatch
		for i := range moved {
			batch = append(batch, has((step*moved+i)%contacts), has((step*moved+i+tokens)%contacts, token))
		}
		upsertAll(t, w, batch)
	}, func(ctx context.Context) error {
		counts, err := w.CountContacts(ctx, []filter.Node{withToken, filter.Not{Node: withToken}, holds})
		if err != nil {
			return err
		}
		if want := []int64{tokens, contacts - tokens, tokens}; !slices.Equal(counts, want) {
			return fmt.Errorf("counted %v, want %v", counts, want)
		}
		half := db.Page{Limit: tokens / 2}
		sort := db.Sort{{Path: filter.MustPath("custom.holds"), Descending: true}}
		pages, err := w.FindContacts(ctx, []db.ContactQuery{
			{Filter: withToken, Page: half, Total: true},
			{Filter: holds, Page: half, Total: true, Sort: sort},
			{Filter: withToken, Page: db.Page{Limit: contacts}, Total: true},
			{Filter: filter.Const(true), Page: db.Page{Limit: tokens}, Total: true, Sort: sort}, // those that hold one come first
		})
		if err != nil {
			return err
		}
		for i, page := range pages {
			total, size := int64(tokens), []int{tokens / 2, tokens / 2, tokens, tokens}[i]
			if i == 3 {
				total = contacts
			}
			if page.Total != total || len(page.Contacts) != size {
				return fmt.Errorf("query %d: %d contacts of %d, want %d of %d", i, len(page.Contacts), page.Total, size, total)
			}
			if err := allMatch(page, withToken); err != nil {
				return fmt.Errorf("query %d: %w", i, err)
			}
		}
		return nil
	})
}

// testCallsSeeOneState counts filters and their complements in one call while contacts come and go.
func (s Subject) testCallsSeeOneState(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	s.whileWriting(t, s.comeAndGo(t, w), func(ctx context.Context) error {
		n := filter.Has{Path: filter.MustPath("custom.n"), Test: filter.NewOneOf([]any{int64(0), int64(2)}, false)}
		nodes := []filter.Node{withToken, filter.Not{Node: withToken}, n, filter.Not{Node: n}, filter.Const(true)}
		counts, err := w.CountContacts(ctx, nodes)
		if err != nil {
			return err
		}
		if everybody := counts[4]; counts[0]+counts[1] != everybody || counts[2]+counts[3] != everybody {
			return fmt.Errorf("counted %v: a filter, its complement, another, its complement, everybody", counts)
		}
		var queries []db.ContactQuery
		for _, n := range nodes {
			queries = append(queries, db.ContactQuery{Filter: n, Page: db.Page{Limit: db.MaxPageSize}, Total: true})
		}
		pages, err := w.FindContacts(ctx, queries)
		if err != nil {
			return err
		}
		everybody := ids(pages[4].Contacts)
		for i := range nodes {
			if got := ids(pages[i].Contacts); pages[i].Total != int64(len(got)) {
				return fmt.Errorf("found %d contacts, of %d", len(got), pages[i].Total)
			}
		}
		for i := 0; i < 4; i += 2 {
			if both := sorted(slices.Concat(ids(pages[i].Contacts), ids(pages[i+1].Contacts))); !slices.Equal(both, everybody) {
				return fmt.Errorf("a filter and its complement found %d contacts, of %d", len(both), len(everybody))
			}
		}
		return nil
	})
}

// testPagesMatch reads contacts while they change: what a page returns matches, whatever it has become since.
func (s Subject) testPagesMatch(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	s.whileWriting(t, s.comeAndGo(t, w), func(ctx context.Context) error {
		for _, n := range []filter.Node{withToken, filter.Not{Node: withToken}} {
			pages, err := w.FindContacts(ctx, all(n))
			if err != nil {
				return err
			}
			if err := allMatch(pages[0], n); err != nil {
				return err
			}
		}
		return nil
	})
}

func allMatch(page db.ContactPage, n filter.Node) error {
	for _, c := range page.Contacts {
		if !filter.Match(n, c) {
			return fmt.Errorf("found a contact that does not match: %+v", *c)
		}
	}
	return nil
}

// comeAndGo returns steps of writing: contacts are created, changed and deleted.
func (s Subject) comeAndGo(t *testing.T, w db.Workspace) func(step int) {
	const kept = 30
	var batches [][]string // of IDs
	return func(step int) {
		var patches []db.ContactPatch
		for i := range 6 {
			p := email(address(step*3 + i)) // half of them are known
			p.Custom = filter.Object{"n": int64((step + i) % 4)}
			if p.Tags = (&[]string{}); (step+i)%3 == 0 {
				p.Tags = &[]string{token}
			}
			patches = append(patches, p)
		}
		batches = append(batches, upsertAll(t, w, patches))
		if len(batches) > kept {
			if _, err := w.DeleteContacts(t.Context(), batches[0]); err != nil {
				t.Error(err)
			}
			batches = batches[1:]
		}
	}
}

// upsertAll writes all patches and returns the IDs of their contacts. It may be called from any goroutine.
func upsertAll(t *testing.T, w db.Workspace, patches []db.ContactPatch) []string {
	results, err := w.UpsertContacts(t.Context(), patches, db.Upsert)
	if err != nil {
		t.Error(err)
	}
	var list []string
	for _, r := range results {
		if r.Err != nil {
			t.Error(r.Err)
			continue
		}
		list = append(list, r.Contact.ID)
	}
	return list
}

// whileWriting takes steps of writing, and reads all the while from several goroutines.
func (s Subject) whileWriting(t *testing.T, write func(step int), read func(ctx context.Context) error) {
	t.Helper()
	const readers = 3
	steps := 100
	if s.Slow {
		steps = 30
	}
	done := make(chan struct{})
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for reads := 0; ; reads++ {
				if err := read(t.Context()); err != nil {
					t.Errorf("read %d: %v", reads, err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for step := range steps {
		write(step)
	}
	close(done)
	group.Wait()
}
