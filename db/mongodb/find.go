package mongodb

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
)

// maxConcurrent bounds the queries that one call sends at the same time.
const maxConcurrent = 8

// FindContacts sends the queries concurrently.
func (w *workspace) FindContacts(ctx context.Context, queries []db.ContactQuery) ([]db.ContactPage, error) {
	shapes, err := w.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	return concurrently(ctx, queries, func(ctx context.Context, q db.ContactQuery) (db.ContactPage, error) {
		return w.find(ctx, q, shapes)
	})
}

// CountContacts sends the queries concurrently.
func (w *workspace) CountContacts(ctx context.Context, filters []filter.Node) ([]int64, error) {
	shapes, err := w.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	return concurrently(ctx, filters, func(ctx context.Context, n filter.Node) (int64, error) {
		return w.count(ctx, query.Compile(n, shapes))
	})
}

func concurrently[Q, A any](ctx context.Context, questions []Q, ask func(context.Context, Q) (A, error)) ([]A, error) {
	answers := make([]A, len(questions))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxConcurrent)
	for i, q := range questions {
		group.Go(func() (err error) {
			answers[i], err = ask(ctx, q)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, translate(err)
	}
	return answers, nil
}

// count has MongoDB count, which then reads no documents where an index tells enough. Equal counts are shared.
func (w *workspace) count(ctx context.Context, matching bson.D) (int64, error) {
	which := w.scoped(matching)
	key, err := bson.Marshal(which)
	if err != nil {
		return 0, err
	}
	return w.counts.get(ctx, string(key), func(ctx context.Context) (int64, error) {
		return w.contacts.CountDocuments(ctx, which)
	})
}

// find reads the page, and counts at the same time where the total is asked for.
func (w *workspace) find(ctx context.Context, q db.ContactQuery, shapes query.Shapes) (page db.ContactPage, err error) {
	matching := query.Compile(q.Filter, shapes)
	if !q.Total {
		return w.findPage(ctx, q, matching, shapes)
	}
	var total int64
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		page, err = w.findPage(ctx, q, matching, shapes)
		return err
	})
	group.Go(func() (err error) {
		total, err = w.count(ctx, matching)
		return err
	})
	if err := group.Wait(); err != nil {
		return db.ContactPage{}, err
	}
	page.Total = total
	if q.Page.After == nil && q.Page.Before == nil && !page.HasMore {
		page.Total = int64(len(page.Contacts)) // whoever wrote in between, the two agree
	}
	return page, nil
}

// findPage reads the stretches of the sorted list until the page is full, and one contact more to know of it. Mostly
// there is one stretch, and so one round trip; see query.Parts.
func (w *workspace) findPage(ctx context.Context, q db.ContactQuery, matching bson.D, shapes query.Shapes) (db.ContactPage, error) {
	wanted := q.Page.Limit + 1
	contacts := []*db.Contact{}
	for _, part := range query.Parts(q.Sort, q.Page, shapes) {
		most := wanted - len(contacts)
		opts := options.Find().SetSort(part.Sort).SetLimit(int64(most))
		if fields := projection(q); fields != nil {
			opts.SetProjection(fields)
		}
		more, err := w.read(ctx, query.And(matching, part.Filter), most, opts)
		if err != nil {
			return db.ContactPage{}, err
		}
		if contacts = append(contacts, more...); len(contacts) == wanted {
			break
		}
	}
	page := db.ContactPage{Contacts: contacts, HasMore: len(contacts) == wanted}
	if page.HasMore {
		page.Contacts = contacts[:q.Page.Limit]
	}
	if q.Page.Backward {
		slices.Reverse(page.Contacts)
	}
	return page, nil
}

// read returns all contacts of the workspace that match, of which there are at most most.
func (w *workspace) read(ctx context.Context, which bson.D, most int, opts *options.FindOptionsBuilder) ([]*db.Contact, error) {
	return readAll(ctx, w.contacts, w.scoped(which), most, opts, document.ReadContact)
}
