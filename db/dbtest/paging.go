package dbtest

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

func testPaging(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	for i := range 25 {
		p := email(address(i))
		p.Custom = filter.Object{"n": int64(i % 5)}
		create(t, w, p)
	}
	sort := db.Sort{{Path: filter.MustPath("custom.n"), Descending: true}}
	find := func(page db.Page) db.ContactPage {
		t.Helper()
		return must[[]db.ContactPage](t)(w.FindContacts(t.Context(), []db.ContactQuery{{Filter: filter.Const(true), Sort: sort, Page: page}}))[0]
	}
	key := func(c *db.Contact) *db.Key { return ptr(sort.Key(c)) }

	whole := find(db.Page{Limit: 100})
	if len(whole.Contacts) != 25 || whole.HasMore {
		t.Fatalf("got %d contacts, more: %v", len(whole.Contacts), whole.HasMore)
	}
	if !slices.IsSortedFunc(whole.Contacts, func(a, b *db.Contact) int { return sort.Compare(sort.Key(a), sort.Key(b)) }) {
		t.Error("not sorted")
	}
	for name, c := range map[string]struct {
		page     db.Page
		from, to int // of the whole list
		more     bool
	}{
		"first":           {db.Page{Limit: 10}, 0, 10, true},
		"after":           {db.Page{Limit: 10, After: key(whole.Contacts[9])}, 10, 20, true},
		"the rest":        {db.Page{Limit: 10, After: key(whole.Contacts[19])}, 20, 25, false},
		"exactly the end": {db.Page{Limit: 5, After: key(whole.Contacts[19])}, 20, 25, false},
		"beyond the end":  {db.Page{Limit: 5, After: key(whole.Contacts[24])}, 25, 25, false},
		"last":            {db.Page{Limit: 10, Backward: true}, 15, 25, true},
		"before":          {db.Page{Limit: 10, Backward: true, Before: key(whole.Contacts[15])}, 5, 15, true},
		"to the front":    {db.Page{Limit: 10, Backward: true, Before: key(whole.Contacts[5])}, 0, 5, false},
		"between":         {db.Page{Limit: 100, After: key(whole.Contacts[3]), Before: key(whole.Contacts[8])}, 4, 8, false},
		"none":            {db.Page{Limit: 0}, 0, 0, true},
		"none of nothing": {db.Page{Limit: 0, After: key(whole.Contacts[24])}, 0, 0, false},
	} {
		got := find(c.page)
		if !slices.Equal(ids(got.Contacts), ids(whole.Contacts[c.from:c.to])) || got.HasMore != c.more {
			t.Errorf("%s: got %d contacts, more: %v; want %d to %d, more: %v", name, len(got.Contacts), got.HasMore, c.from, c.to, c.more)
		}
	}
}

// testPagingProperty pages through contacts with missing, equal and mixed sort values, forwards and backwards,
// while others are written: those that are there all the time come once each, in order.
func (s Subject) testPagingProperty(t *testing.T, store db.Store) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorkspace(store)
		defer drop(t, w)
		draw := func(i int) db.ContactPatch {
			p := email(address(i))
			p.LastName = ptr(rapid.SampledFrom([]string{"", "Å", "a", "b"}).Draw(r, "lastName"))
			p.Custom = filter.Object{"v": drawSortValue(r), "o": filter.Object{"w": drawSortValue(r)}}
			if rapid.Bool().Draw(r, "no value") {
				p.Custom = filter.Object{"o": drawSortValue(r)}
			}
			return p
		}
		upsert := func(patches ...db.ContactPatch) {
			results, err := w.UpsertContacts(t.Context(), patches, db.Upsert)
			if err != nil || results[0].Err != nil {
				r.Fatal(err, results)
			}
		}
		const stay, passing = 20, 6
		var patches []db.ContactPatch
		for i := range stay + passing {
			patches = append(patches, draw(i))
		}
		upsert(patches...)

		var terms []db.SortTerm
		for range rapid.IntRange(0, 3).Draw(r, "terms") {
			path := rapid.SampledFrom([]string{"custom.v", "custom.o.w", "lastName", "createdAt", "email"}).Draw(r, "path")
			terms = append(terms, db.SortTerm{Path: filter.MustPath(path), Descending: rapid.Bool().Draw(r, "descending")})
		}
		sort, err := db.NewSort(terms)
		if err != nil {
			r.Fatal(err)
		}
		page := db.Page{Limit: rapid.IntRange(1, 7).Draw(r, "limit"), Backward: rapid.Bool().Draw(r, "backward")}
		var seen []*db.Contact
		for step := 0; ; step++ {
			pages, err := w.FindContacts(t.Context(), []db.ContactQuery{{Filter: filter.Const(true), Sort: sort, Page: page}})
			if err != nil {
				r.Fatal(err)
			}
			got := pages[0]
			if page.Backward {
				seen = append(slices.Clone(got.Contacts), seen...)
			} else {
				seen = append(seen, got.Contacts...)
			}
			if !got.HasMore {
				break
			}
			if len(got.Contacts) != page.Limit || step > stay+3*passing {
				r.Fatalf("page %d has %d of %d contacts and there are more", step, len(got.Contacts), page.Limit)
			}
			// Through the cursor, as clients do.
			end := got.Contacts[len(got.Contacts)-1]
			if page.Backward {
				end = got.Contacts[0]
			}
			key, mistake := sort.ParseCursor(sort.Cursor(sort.Key(end)))
			if mistake != nil {
				r.Fatal(mistake)
			}
			if page.Backward {
				page.Before = &key
			} else {
				page.After = &key
			}
			if step < passing { // one leaves, one comes, one moves
				change := stay + step
				if gone, err := w.ContactByEmail(t.Context(), address(change)); err == nil {
					if _, err := w.DeleteContacts(t.Context(), []string{gone.ID}); err != nil {
						r.Fatal(err)
					}
				}
				upsert(draw(100+step), draw(stay+passing-1))
			}
		}
		var stayed []string
		for _, c := range seen {
			for i := range stay {
				if c.Email == address(i) {
					stayed = append(stayed, c.Email)
				}
			}
		}
		if len(stayed) != stay || len(slices.Compact(sorted(stayed))) != stay {
			r.Fatalf("sorted by %v: got %d of the %d contacts that stayed: %v", sort, len(stayed), stay, stayed)
		}
		var whole []*db.Contact
		for _, c := range seen {
			if slices.Contains(stayed, c.Email) {
				whole = append(whole, c)
			}
		}
		if !slices.IsSortedFunc(whole, func(a, b *db.Contact) int { return sort.Compare(sort.Key(a), sort.Key(b)) }) {
			for _, c := range whole {
				r.Logf("%v", sort.Key(c))
			}
			r.Fatalf("not sorted by %v", sort)
		}
	})
}

func drawSortValue(r *rapid.T) any {
	return rapid.SampledFrom([]any{
		nil, "", "a", "B", "é", int64(1), int64(2), 1.0, 1.5, int64(-7), true, false,
		filter.NewDate(2026, 3, 1), filter.NewDate(1960, 1, 1), start(), start().Add(time.Hour),
		[]any{int64(1), "a"},
		[]any{},
		filter.Object{"w": int64(3)},
		filter.Object{},
		[]any{filter.Object{"w": int64(1)}},
		"text5",
	}).Draw(r, "sort value")
}
