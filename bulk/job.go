package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/job"
)

// params are what a job is to do.
type params struct {
	Target  json.RawMessage `json:"target"` // saved
	Patch   json.RawMessage `json:"patch"`  // db.ContactPatch
	Deletes bool            `json:"deletes,omitempty"`
}

// checkpoint is how far a job is.
type checkpoint struct {
	After   string   `json:"after,omitempty"`   // the ID of the last contact that is dealt with
	Planned []string `json:"planned,omitempty"` // those that come next: they may have been changed already, or some of them
}

// newJob returns the job that changes so many contacts of a target with a filter.
func newJob(t Target, c Change, matching int64) (db.Job, error) {
	target, err := t.source.save()
	if err != nil {
		return db.Job{}, err
	}
	patch, err := json.Marshal(c.patch)
	if err != nil {
		return db.Job{}, err
	}
	text, err := json.Marshal(params{target, patch, c.deletes})
	return db.Job{Kind: db.JobBulk, Title: c.title, Params: text, Progress: db.JobProgress{Total: matching}}, err
}

// RunJob is the job.Kind of bulk work. It plans each batch of contacts: their IDs are stored before they are changed, so
// that after a crash it can tell what became of each, though it may be deleted or match no more. Those that were changed
// have the db.JobRow of the job.
func RunJob(ctx context.Context, run *job.Run) error {
	w := &worker{run: run, progress: run.Job.Progress, counts: run.Job.Counts}
	if err := w.read(ctx); err != nil {
		return err
	}
	if len(w.at.Planned) > 0 {
		if err := w.again(ctx); err != nil {
			return err
		}
	}
	for ids, err := range matching(ctx, run.Workspace, w.node, w.at.After) {
		if err != nil {
			return err
		}
		w.at.Planned = ids
		if err := run.SaveNow(ctx, w.at, w.progress, w.counts); err != nil {
			return err
		}
		if err := w.do(ctx, ids); err != nil {
			return err
		}
	}
	w.progress.Total = w.progress.Done // others may have made them fewer
	return run.Save(ctx, w.at, w.progress, w.counts)
}

// worker is one run of a job.
type worker struct {
	run      *job.Run
	node     filter.Node // of the contacts that need the change
	change   Change
	at       checkpoint
	progress db.JobProgress
	counts   db.JobCounts
}

// read reads what is to be done, and how far that is.
func (w *worker) read(ctx context.Context) error {
	var p params
	var target saved
	if err := errors.Join(w.run.Params(&p), w.run.Checkpoint(&w.at)); err != nil {
		return err
	}
	if err := errors.Join(decode(p.Target, &target), decode(p.Patch, &w.change.patch)); err != nil {
		return err
	}
	n, err := target.node()
	if err != nil {
		return err
	}
	w.change.deletes = p.Deletes
	w.node = filter.Conjunction(n, w.change.needed())
	joined, err := w.run.Workspace.SegmentsByID(ctx, w.change.patch.AddSegments)
	if err == nil && slices.Contains(joined, nil) {
		err = db.NoSuchSegment()
	}
	w.change.patch.From = &db.JobRow{Job: w.run.Job.ID, Row: 1}
	return err
}

// decode reads JSON with its numbers as they are.
func decode(text json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}

// again changes contacts that were planned in a run which did not come to say what became of them. Since then others may
// have changed them: those that need the change no more are left alone.
func (w *worker) again(ctx context.Context) error {
	contacts, err := w.run.Workspace.ContactsByID(ctx, w.at.Planned)
	if err != nil {
		return err
	}
	var ids []string
	for _, c := range contacts {
		switch {
		case c == nil && w.change.deletes:
			w.counts.Deleted++
		case c != nil && (c.HasApplied(w.change.patch.From) || filter.Match(w.node, c)):
			ids = append(ids, c.ID)
		default:
			w.counts.Unchanged++
		}
	}
	return w.do(ctx, ids)
}

// do changes those of the planned contacts that are given, and then has dealt with all of them.
func (w *worker) do(ctx context.Context, ids []string) error {
	faults, err := w.apply(ctx, ids)
	if err != nil {
		return err
	}
	for i, fault := range faults {
		switch {
		case fault == nil && w.change.deletes:
			w.counts.Deleted++
		case fault == nil:
			w.counts.Updated++
		case fault.Code == db.NotFound:
			w.counts.Unchanged++
		default:
			w.counts.Rejected++
			number := w.progress.Done + int64(slices.Index(w.at.Planned, ids[i])) + 1
			p := db.Problem{Number: number, Contact: ids[i], Code: fault.Code, Message: fault.Message, Path: fault.Path}
			if err := w.run.Problem(ctx, p); err != nil {
				return err
			}
		}
	}
	w.progress.Done += int64(len(w.at.Planned))
	w.progress.Total = max(w.progress.Total, w.progress.Done)
	w.at = checkpoint{After: w.at.Planned[len(w.at.Planned)-1]}
	return w.run.Save(ctx, w.at, w.progress, w.counts)
}

func (w *worker) apply(ctx context.Context, ids []string) ([]*db.Error, error) {
	ctx, cancel := job.WithGrace(ctx)
	defer cancel()
	return w.change.apply(ctx, w.run.Workspace, ids)
}
