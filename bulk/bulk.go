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
	Matching int64 // to be changed before: those that the change would leave as they are do not count
	Changed  int64
	Failed   int64
	Failures []Failure // the first MaxFailures of those that failed
}

// Failure says why a contact is as it was.
type Failure struct {
	ID  string
	Err *db.Error
}

// Try says how many contacts Apply would change, or try to.
func Try(ctx context.Context, ws db.Workspace, t Target, c Change) (Outcome, error) {
	if t.IDs != nil {
		ids, err := c.needing(ctx, ws, t.IDs)
		return Outcome{Matching: int64(len(ids))}, err
	}
	counts, err := ws.CountContacts(ctx, []filter.Node{c.within(t.Filter)})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Matching: counts[0]}, nil
}

// Check fails with LimitExceeded where the contacts to be changed are more than MaxContacts.
func (o *Outcome) Check() error {
	if o.Matching > MaxContacts {
		return db.Errorf(db.LimitExceeded, "%d contacts would be changed, and at most %d can be at once; narrow the target down", o.Matching, MaxContacts)
	}
	return nil
}

// Apply changes the contacts of the target that the change does not leave as they are, batch by batch. It fails as
// Outcome.Check does before any is changed. Where the store fails on the way, the outcome and the error say what was done
// until then; doing the same again does the rest, but for increments.
func Apply(ctx context.Context, ws db.Workspace, t Target, c Change) (Outcome, error) {
	done, err := Try(ctx, ws, t, c)
	if err == nil {
		err = done.Check()
	}
	if err != nil {
		return done, err
	}
	if t.IDs != nil {
		err = c.applyToIDs(ctx, ws, t.IDs, &done)
	} else {
		err = c.applyToMatching(ctx, ws, c.within(t.Filter), &done)
	}
	if err != nil && done.Changed > 0 {
		err = db.Errorf(db.CodeOf(err), "only %d of %d contacts were changed before the store failed", done.Changed, done.Matching).Because(err)
	}
	return done, err
}

func (c Change) applyToIDs(ctx context.Context, ws db.Workspace, ids []string, done *Outcome) error {
	for start := 0; start < len(ids); start += batchSize {
		needing, err := c.needing(ctx, ws, ids[start:min(start+batchSize, len(ids))])
		if err != nil {
			return err
		}
		if err := c.apply(ctx, ws, needing, done); err != nil {
			return err
		}
	}
	return nil
}

func (c Change) applyToMatching(ctx context.Context, ws db.Workspace, n filter.Node, done *Outcome) error {
	// By ID, so that contacts which do not match any more once they are changed move no others to another page.
	query := db.ContactQuery{Filter: n, Page: db.Page{Limit: batchSize}, Fields: []string{}}
	for {
		pages, err := ws.FindContacts(ctx, []db.ContactQuery{query})
		if err != nil {
			return err
		}
		contacts := pages[0].Contacts
		ids := make([]string, len(contacts))
		for i, contact := range contacts {
			ids[i] = contact.ID
		}
		if err := c.apply(ctx, ws, ids, done); err != nil || !pages[0].HasMore {
			return err
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
