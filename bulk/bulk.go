// Package bulk does one thing to many contacts: it tags them, changes or deletes them, or makes them members of static
// segments.
package bulk

import (
	"context"

	"segmentql/db"
	"segmentql/filter"
)

// Limits of bulk work.
const (
	MaxContacts = 10_000 // that one call changes
	MaxFailures = 100    // that an Outcome tells
	batchSize   = 500    // contacts that are written together; other writers come in between
)

// Target says which contacts: those with the IDs, or where there are none, those that match the filter.
type Target struct {
	IDs    []string
	Filter filter.Node
}

// Outcome says what became of the contacts of a target.
type Outcome struct {
	Changed  int64
	Failed   int64
	Failures []Failure // the first MaxFailures of those that failed
}

// Failure says why a contact is as it was.
type Failure struct {
	ID  string
	Err *db.Error
}

// Count says how many contacts Apply would try to change.
func Count(ctx context.Context, ws db.Workspace, t Target, c Change) (int64, error) {
	if t.IDs != nil {
		ids, err := c.needing(ctx, ws, t.IDs)
		return int64(len(ids)), err
	}
	counts, err := ws.CountContacts(ctx, []filter.Node{c.within(t.Filter)})
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}

// Check fails with LimitExceeded where Apply would change more than MaxContacts.
func Check(ctx context.Context, ws db.Workspace, t Target, c Change) error {
	count, err := Count(ctx, ws, t, c)
	if err == nil && count > MaxContacts {
		err = db.Errorf(db.LimitExceeded, "%d contacts would be changed, and at most %d can be at once; narrow the target down", count, MaxContacts)
	}
	return err
}

// Apply changes the contacts of the target that the change does not leave as they are, batch by batch. It fails with
// LimitExceeded, before any is changed, where they are more than MaxContacts. Where the store fails on the way, the
// outcome says what was done until then; doing the same again does the rest, but for increments.
func Apply(ctx context.Context, ws db.Workspace, t Target, c Change) (Outcome, error) {
	var done Outcome
	if err := Check(ctx, ws, t, c); err != nil {
		return done, err
	}
	if t.IDs != nil {
		ids, err := c.needing(ctx, ws, t.IDs)
		for start := 0; start < len(ids) && err == nil; start += batchSize {
			err = c.apply(ctx, ws, ids[start:min(start+batchSize, len(ids))], &done)
		}
		return done, err
	}
	// By ID, so that contacts which do not match any more once they are changed move no others to another page.
	query := db.ContactQuery{Filter: c.within(t.Filter), Page: db.Page{Limit: batchSize}, Fields: []string{}}
	for {
		pages, err := ws.FindContacts(ctx, []db.ContactQuery{query})
		if err != nil {
			return done, err
		}
		contacts := pages[0].Contacts
		ids := make([]string, len(contacts))
		for i, contact := range contacts {
			ids[i] = contact.ID
		}
		if err := c.apply(ctx, ws, ids, &done); err != nil || !pages[0].HasMore {
			return done, err
		}
		last := query.Sort.Key(contacts[len(contacts)-1])
		query.Page.After = &last
	}
}

func (o *Outcome) fail(id string, err *db.Error) {
	o.Failed++
	if len(o.Failures) < MaxFailures {
		o.Failures = append(o.Failures, Failure{id, err})
	}
}
