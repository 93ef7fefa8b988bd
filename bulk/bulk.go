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
	MaxContacts = 10_000 // that are changed at once; of more a job is made
	MaxFailures = 100    // that an Outcome tells
)

// Outcome says what became of the contacts of a target.
type Outcome struct {
	Matching int64 // to be changed before: those that the change would leave as they are do not count
	Changed  int64
	Failed   int64
	Failures []Failure // the first MaxFailures of those that failed
	Job      *db.Job   // that does the work; nil where it is done
}

// Failure says why a contact is as it was.
type Failure struct {
	ID  string
	Err *db.Error
}

// Queue takes jobs, which are run when their turn comes. A *job.Runner is one.
type Queue interface {
	Enqueue(ctx context.Context, j db.Job) (*db.Job, error)
}

// Large says whether the work is for a job.
func (o *Outcome) Large() bool { return o.Matching > MaxContacts }

// Try says how many contacts Apply would change, or try to. It fails where the change would for all contacts.
func Try(ctx context.Context, ws db.Workspace, t Target, c Change) (Outcome, error) {
	if err := c.check(); err != nil {
		return Outcome{}, err
	}
	if t.ids != nil {
		ids, err := needing(ctx, ws, t.ids, c.needed())
		return Outcome{Matching: int64(len(ids))}, err
	}
	counts, err := ws.CountContacts(ctx, []filter.Node{filter.Conjunction(t.node, c.needed())})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Matching: counts[0]}, nil
}

// Apply changes the contacts of the target that the change does not leave as they are: batch by batch where they are at
// most MaxContacts, and else by a job, which it has queued when it returns. Where the store fails on the way, the outcome
// and the error say what was done until then; doing the same again does the rest, but for increments.
func Apply(ctx context.Context, ws db.Workspace, queue Queue, t Target, c Change) (Outcome, error) {
	done, err := Try(ctx, ws, t, c)
	if err != nil {
		return done, err
	}
	if done.Large() {
		j, err := newJob(t, c, done.Matching)
		if err == nil {
			done.Job, err = queue.Enqueue(ctx, j)
		}
		return done, err
	}
	for ids, err := range t.batches(ctx, ws, c.needed()) {
		var faults []*db.Error
		if err == nil {
			faults, err = c.apply(ctx, ws, ids)
		}
		if err != nil {
			return done, done.stopped(err)
		}
		for i, fault := range faults {
			done.count(ids[i], fault)
		}
	}
	return done, nil
}

// count counts a contact that was changed, or else why it was not. That somebody else has deleted it is no failure.
func (o *Outcome) count(id string, fault *db.Error) {
	switch {
	case fault == nil:
		o.Changed++
	case fault.Code != db.NotFound:
		o.Failed++
		if len(o.Failures) < MaxFailures {
			o.Failures = append(o.Failures, Failure{id, fault})
		}
	}
}

// stopped says in an error of the store what was done before. What is written of the batch that failed is not known.
func (o *Outcome) stopped(err error) error {
	if o.Changed == 0 {
		return err
	}
	return db.Errorf(db.CodeOf(err), "the store failed after at least %d of %d contacts were changed; do the same again for the rest, increments excepted", o.Changed, o.Matching).Because(err)
}
