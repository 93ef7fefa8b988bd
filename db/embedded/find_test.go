package embedded_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

// TestFindAgainstSorting compares pages with the plain way to make them: sort everything, cut out the page.
func TestFindAgainstSorting(t *testing.T) {
	const contacts, calls = 1_000, 40
	w := open(t, t.TempDir()).Workspace("w")
	var all []*db.Contact
	random := rand.New(rand.NewPCG(1, 2))
	for from := 0; from < contacts; from += 500 {
		patches := customers(from, from+500)
		for i := range patches {
			patches[i].Custom["mixed"] = []any{nil, int64(random.IntN(3)), 1.5, "text", true, filter.Date(random.IntN(3)), []any{}, filter.Object{}}[random.IntN(8)]
			if random.IntN(4) == 0 {
				delete(patches[i].Custom, "mixed")
			}
		}
		results, err := w.UpsertContacts(t.Context(), patches, db.Upsert)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			all = append(all, r.Contact)
		}
	}
	sorts := []db.Sort{
		nil,
		{{Path: filter.MustPath("custom.mixed")}},
		{{Path: filter.MustPath("custom.mixed"), Descending: true}, {Path: filter.MustPath("custom.score")}},
		{{Path: filter.MustPath("custom.address.zip"), Descending: true}},
		{{Path: filter.MustPath("subscribedAt")}},
	}
	filters := []filter.Node{filter.Const(true), filter.Const(false), typicalFilter(t, 0), typicalFilter(t, 40)}
	for range calls {
		unsorted := random.IntN(3) == 0
		var queries []db.ContactQuery
		for range 1 + random.IntN(4) {
			q := db.ContactQuery{Filter: filters[random.IntN(len(filters))], Sort: sorts[random.IntN(len(sorts))]}
			q.Page = db.Page{Limit: []int{0, 1, 7, 50, 2000}[random.IntN(5)], Backward: random.IntN(2) == 0}
			if unsorted {
				q.Sort, q.Page.Backward = nil, false
			}
			if random.IntN(2) == 0 {
				key := q.Sort.Key(all[random.IntN(len(all))])
				q.Page.After = &key
			}
			if random.IntN(3) == 0 {
				key := q.Sort.Key(all[random.IntN(len(all))])
				q.Page.Before = &key
			}
			queries = append(queries, q)
		}
		pages, err := w.FindContacts(t.Context(), queries)
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range queries {
			want := sorted(all, q)
			if got := summary(pages[i]); got != summary(want) {
				t.Fatalf("query %+v\ngot  %s\nwant %s", q, got, summary(want))
			}
		}
	}
}

func sorted(all []*db.Contact, q db.ContactQuery) db.ContactPage {
	var matches []*db.Contact
	for _, c := range all {
		key := q.Sort.Key(c)
		if filter.Match(q.Filter, c) &&
			(q.Page.After == nil || q.Sort.Compare(key, *q.Page.After) > 0) &&
			(q.Page.Before == nil || q.Sort.Compare(key, *q.Page.Before) < 0) {
			matches = append(matches, c)
		}
	}
	slices.SortFunc(matches, func(a, b *db.Contact) int { return q.Sort.Compare(q.Sort.Key(a), q.Sort.Key(b)) })
	more := len(matches) > q.Page.Limit
	switch {
	case more && q.Page.Backward:
		matches = matches[len(matches)-q.Page.Limit:]
	case more:
		matches = matches[:q.Page.Limit]
	}
	return db.ContactPage{Contacts: matches, HasMore: more}
}

func summary(p db.ContactPage) string {
	s := fmt.Sprint(p.HasMore)
	for _, c := range p.Contacts {
		s += fmt.Sprint(" ", c.ID, c.FirstName, c.Custom["plan"])
	}
	return s
}
