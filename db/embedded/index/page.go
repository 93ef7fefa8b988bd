package index

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/db"
	"segmentql/filter"
)

// candidate is a contact that may be on a page.
type candidate struct {
	key db.Key
	ref Ref
}

// Find answers each query with the contacts of its page.
func (v *Version) Find(ctx context.Context, queries []db.ContactQuery, fetch Fetch) ([]Found, error) {
	pages := make([][]page, len(v.blocks)+1)
	for i := range pages {
		pages[i] = make([]page, len(queries))
		for j, q := range queries {
			pages[i][j] = newPage(q)
		}
	}
	err := v.each(ctx, func(ctx context.Context, i int, p part) error {
		for j := range queries {
			if err := p.collect(ctx, &pages[i][j], fetch); err != nil {
				return err
			}
		}
		return nil
	}, func(c *db.Contact) {
		for j, q := range queries {
			if filter.Match(q.Filter, c) {
				pages[len(v.blocks)][j].total++
				pages[len(v.blocks)][j].add(c)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	found := make([]Found, len(queries))
	for j := range queries {
		all := &pages[0][j]
		for _, more := range pages[1:] {
			all.total += more[j].total
			for _, c := range more[j].items {
				all.offer(c)
			}
		}
		found[j] = all.found()
	}
	return found, nil
}

// page collects the first contacts of a page, and one more.
type page struct {
	best[candidate]
	query db.ContactQuery
	total int64
}

func newPage(q db.ContactQuery) page {
	return page{query: q, best: best[candidate]{most: q.Page.Limit + 1, compare: func(a, b candidate) int {
		if q.Page.Backward {
			a, b = b, a
		}
		return q.Sort.Compare(a.key, b.key)
	}}}
}

// add offers a contact if it is within the bounds.
func (p *page) add(c *db.Contact) {
	key := p.query.Sort.Key(c)
	if after := p.query.Page.After; after != nil && p.query.Sort.Compare(key, *after) <= 0 {
		return
	}
	if before := p.query.Page.Before; before != nil && p.query.Sort.Compare(key, *before) >= 0 {
		return
	}
	p.offer(candidate{key, Ref{c.ID, c.Version}})
}

func (p *page) found() Found {
	items := p.sorted()
	f := Found{Total: p.total, More: len(items) > p.query.Page.Limit}
	for _, c := range items[:min(len(items), p.query.Page.Limit)] {
		f.Contacts = append(f.Contacts, c.ref)
	}
	if p.query.Page.Backward {
		slices.Reverse(f.Contacts)
	}
	return f
}

// collect adds what the block has of a page.
func (p part) collect(ctx context.Context, to *page, fetch Fetch) error {
	members, err := p.members(ctx, to.query.Filter, fetch)
	if err != nil {
		return err
	}
	to.total = int64(members.GetCardinality())
	s := newSorter(p.block, to.query)
	if unknown := roaring.And(members, s.unknown()); !unknown.IsEmpty() {
		members = roaring.AndNot(members, unknown)
		if err := fetch(ctx, p.refs(unknown.ToArray()), func(_ int, c *db.Contact) { to.add(c) }); err != nil {
			return err
		}
	}
	for _, row := range s.first(members) {
		to.offer(candidate{s.key(row), p.ref(row.row)})
	}
	return nil
}
