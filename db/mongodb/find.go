package mongodb

import (
	"context"
	"slices"
	"time"

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
		return w.contacts.CountDocuments(ctx, w.scoped(query.Compile(n, shapes)))
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

// ExplainFilter tells how MongoDB answers.
func (w *workspace) ExplainFilter(ctx context.Context, n filter.Node) (*db.Explanation, error) {
	start := time.Now()
	counts, err := w.CountContacts(ctx, []filter.Node{n})
	if err != nil {
		return nil, err
	}
	return &db.Explanation{Matching: counts[0], Duration: time.Since(start), MongoDB: &db.MongoDBPlan{}}, nil
}

// find reads the stretches of the sorted list until the page is full, and one contact more to know of it.
func (w *workspace) find(ctx context.Context, q db.ContactQuery, shapes query.Shapes) (db.ContactPage, error) {
	matching := query.Compile(q.Filter, shapes)
	wanted := q.Page.Limit + 1
	contacts := []*db.Contact{}
	for _, part := range query.Parts(q.Sort, q.Page, shapes) {
		opts := options.Find().SetSort(part.Sort).SetLimit(int64(wanted - len(contacts)))
		more, err := w.read(ctx, query.And(matching, part.Filter), opts)
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
	if q.Total {
		var err error
		if page.Total, err = w.contacts.CountDocuments(ctx, w.scoped(matching)); err != nil {
			return db.ContactPage{}, err
		}
	}
	return page, nil
}

// read returns all contacts of the workspace that match.
func (w *workspace) read(ctx context.Context, which bson.D, opts ...options.Lister[options.FindOptions]) ([]*db.Contact, error) {
	cursor, err := w.contacts.Find(ctx, w.scoped(which), opts...)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	var contacts []*db.Contact
	for cursor.Next(ctx) {
		c, err := document.ReadContact(cursor.Current)
		if err != nil {
			return nil, err
		}
		contacts = append(contacts, c)
	}
	return contacts, translate(cursor.Err())
}
