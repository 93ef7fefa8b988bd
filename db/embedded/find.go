package embedded

import (
	"context"
	"errors"
	"sync"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/db/embedded/index"
	"segmentql/filter"
)

// FindContacts answers all queries from one version of the index.
func (w *workspace) FindContacts(ctx context.Context, queries []db.ContactQuery) ([]db.ContactPage, error) {
	needs := func() projection {
		p := newProjection()
		for _, q := range queries {
			p.addFilter(q.Filter)
			p.addSort(q.Sort)
		}
		return p
	}
	pages := make([]db.ContactPage, len(queries))
	err := w.ask(ctx, needs, func(v *index.Version, fetch index.Fetch) error {
		found, err := v.Find(ctx, queries, fetch)
		if err != nil {
			return err
		}
		for i, f := range found {
			pages[i].HasMore = f.More
			if queries[i].Total {
				pages[i].Total = f.Total
			}
			if pages[i].Contacts, err = w.contacts(ctx, f.Contacts); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return pages, nil
}

// CountContacts answers all filters from one version of the index.
func (w *workspace) CountContacts(ctx context.Context, filters []filter.Node) ([]int64, error) {
	var counts []int64
	err := w.ask(ctx, needsOf(filters...), func(v *index.Version, fetch index.Fetch) (err error) {
		counts, err = v.Count(ctx, filters, fetch)
		return err
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// ExplainFilter tells how the index answers, node by node.
func (w *workspace) ExplainFilter(ctx context.Context, n filter.Node) (*db.Explanation, error) {
	var explanation *db.Explanation
	err := w.ask(ctx, needsOf(n), func(v *index.Version, fetch index.Fetch) (err error) {
		explanation, err = v.Explain(ctx, n, fetch)
		return err
	})
	return explanation, err
}

// needsOf returns the function that says what the matcher needs of contacts for the filters. Most are never asked of it.
func needsOf(filters ...filter.Node) func() projection {
	return func() projection {
		p := newProjection()
		for _, f := range filters {
			p.addFilter(f)
		}
		return p
	}
}

// attempts is how often a version is asked while others write. After these nobody may write until there is an answer.
const attempts = 4

// ask calls do with the index as it is, and a function that reads what do needs of contacts. Where contacts were
// written in the meantime it calls do again.
func (w *workspace) ask(ctx context.Context, needs func() projection, do func(*index.Version, index.Fetch) error) error {
	leave, err := w.store.enter()
	if err != nil {
		return err
	}
	defer leave()
	x, err := w.index(ctx)
	if err != nil {
		return translate(ctx, err)
	}
	needed := sync.OnceValue(needs)
	try := func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return do(x.Current(), func(ctx context.Context, refs []index.Ref, yield func(int, *db.Contact)) error {
			return w.fetch(ctx, needed(), refs, yield)
		})
	}
	for range attempts {
		if err = try(); !errors.Is(err, index.ErrStale) {
			return translate(ctx, err)
		}
	}
	return translate(ctx, w.exclusively(ctx, try))
}

// contacts returns contacts as they were written once.
func (w *workspace) contacts(ctx context.Context, refs []index.Ref) ([]*db.Contact, error) {
	contacts := make([]*db.Contact, len(refs))
	var missing []index.Ref
	var at []int
	for i, ref := range refs {
		if contacts[i] = w.store.recent.get(w.id, ref); contacts[i] == nil {
			missing, at = append(missing, ref), append(at, i)
		}
	}
	if len(missing) == 0 {
		return contacts, nil
	}
	err := w.view(ctx, func(t *tx) error {
		return t.fetchDocuments(ctx, missing, func(i int, doc []byte) error {
			c, err := document.ReadContact(doc)
			if err != nil {
				return err
			}
			contacts[at[i]] = c
			w.store.recent.add(w.id, missing[i], c, len(doc))
			return nil
		})
	})
	return contacts, err
}

// fetch is an index.Fetch of what is needed of the contacts.
func (w *workspace) fetch(ctx context.Context, needs projection, refs []index.Ref, yield func(int, *db.Contact)) error {
	return w.view(ctx, func(t *tx) error { return t.fetch(ctx, needs, refs, yield) })
}

func (t *tx) fetch(ctx context.Context, needs projection, refs []index.Ref, yield func(int, *db.Contact)) error {
	var needed []byte
	return t.fetchDocuments(ctx, refs, func(i int, doc []byte) (err error) {
		if needed, err = needs.apply(needed[:0], doc); err != nil {
			return err
		}
		c, err := document.ReadContact(needed)
		if err == nil {
			yield(i, c)
		}
		return err
	})
}

// fetchDocuments calls yield with the document of each contact, which it must not keep. It fails with index.ErrStale
// where one is not as it was.
func (t *tx) fetchDocuments(ctx context.Context, refs []index.Ref, yield func(i int, doc []byte) error) error {
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = ref.ID
	}
	found := 0
	err := t.documents(ctx, ids, func(i int, doc []byte) error {
		if document.Version(doc) != refs[i].Version {
			return index.ErrStale
		}
		found++
		return yield(i, doc)
	})
	if err == nil && found < len(refs) {
		return index.ErrStale
	}
	return err
}
