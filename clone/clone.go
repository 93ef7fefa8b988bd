// Package clone copies all that a store has into another one, and proves that it is the same there.
package clone

import (
	"context"
	"slices"

	"segmentql/db"
)

// Phase says what is being done to documents.
type Phase string

// The phases, in their order.
const (
	Comparing Phase = "compared" // what an interrupted copy has left
	Copying   Phase = "copied"
	Verifying Phase = "verified"
)

// Progress is told how many documents a phase is done with.
type Progress func(phase Phase, documents int64)

// Part is a collection of a workspace, as it is in both stores.
type Part struct {
	Workspace  string
	Collection db.Collection
	Digest
}

// Store copies from one store into another, which must be empty or have what an interrupted copy of the same store has
// left: that goes on where it ended. Files that were sent for jobs are not copied, so all jobs must have ended. Nobody may write to either meanwhile. It returns what is in both, when all of it was
// read from both and is the same, and fails with Conflict, naming a document, where it is not. What is in the target is
// never overwritten: where that is of something else, it is refused before anything is written.
func Store(ctx context.Context, from, to db.Store, progress Progress) ([]Part, error) {
	pairs, err := pair(ctx, from, to)
	if err != nil {
		return nil, err
	}
	compared := counter{progress, Comparing, 0}
	for _, p := range pairs {
		if err := p.resume(ctx, &compared); err != nil {
			return nil, err
		}
	}
	copied := counter{progress, Copying, 0}
	for _, p := range pairs {
		if err := p.copy(ctx, &copied); err != nil {
			return nil, err
		}
	}
	verified := counter{progress, Verifying, 0}
	var parts []Part
	for _, p := range pairs {
		digest, err := p.verify(ctx, &verified)
		if err != nil {
			return nil, err
		}
		parts = append(parts, Part{p.workspace, p.collection, digest})
	}
	return parts, nil
}

// twins are a collection of a workspace in both stores.
type twins struct {
	workspace      string
	collection     db.Collection
	source, target db.Workspace
	after          string // all up to this ID is in the target
}

// pair returns all that the source has, in the order in which it is copied.
func pair(ctx context.Context, from, to db.Store) ([]*twins, error) {
	workspaces, err := from.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	there, err := to.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range there {
		if !slices.Contains(workspaces, id) {
			return nil, db.Errorf(db.Conflict, "the target has a workspace %s, which is not in the store that is copied; name a database that is empty", id)
		}
	}
	var pairs []*twins
	for _, id := range workspaces {
		if err := checkJobs(ctx, from.Workspace(id)); err != nil {
			return nil, err
		}
		for _, c := range db.Collections() {
			pairs = append(pairs, &twins{workspace: id, collection: c, source: from.Workspace(id), target: to.Workspace(id)})
		}
	}
	return pairs, nil
}

// checkJobs fails with Conflict where a job has not ended. What was sent for it is not copied, and it would go on in both stores.
func checkJobs(ctx context.Context, w db.Workspace) error {
	unfinished := []db.JobState{db.JobUploading, db.JobQueued, db.JobRunning}
	jobs, err := w.FindJobs(ctx, db.JobQuery{States: unfinished, OldestFirst: true, Limit: 1})
	if err != nil || len(jobs) == 0 {
		return err
	}
	return db.Errorf(db.Conflict, "the job %s (%s) has not ended; start the server, wait for it or cancel it, and copy then", jobs[0].ID, jobs[0].Title)
}

// resume finds out where to go on, which is before the first record that the target does not have.
func (t *twins) resume(ctx context.Context, done *counter) error {
	source, target := t.readers()
	missing := false
	for {
		there, err := target.next(ctx)
		if err != nil || there == nil {
			return err
		}
		for {
			record, err := source.next(ctx)
			if err != nil {
				return err
			}
			if unlike := compare(record, there); unlike == onlyInSource {
				missing = true
				continue
			} else if unlike != "" {
				return db.Errorf(db.Conflict,
					"the target is neither empty nor a part of a copy of this store: of workspace %s, the document %s in %s %s; name a database that is empty",
					t.workspace, there.ID, t.collection, unlike)
			}
			break
		}
		if !missing {
			t.after = there.ID
		}
		done.add(1)
	}
}

func (t *twins) copy(ctx context.Context, done *counter) error {
	for {
		page, err := t.source.Records(ctx, t.collection, t.after)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := t.target.AddRecords(ctx, t.collection, page); err != nil {
			return err
		}
		t.after = page[len(page)-1].ID
		done.add(len(page))
	}
}

func (t *twins) readers() (source, target *reader) {
	return &reader{from: t.source, collection: t.collection}, &reader{from: t.target, collection: t.collection}
}

// counter tells of the documents of one phase.
type counter struct {
	progress Progress
	phase    Phase
	done     int64
}

func (c *counter) add(n int) {
	c.done += int64(n)
	c.progress(c.phase, c.done)
}
