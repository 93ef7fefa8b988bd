package job

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"segmentql/db"
)

// Limits of the problems that wait to be stored.
const (
	maxWaiting      = db.MaxProblems
	maxWaitingBytes = 4 << 20
)

// Run is one run of a job, from its beginning or from its last checkpoint: what a Kind works with. It is for one
// goroutine.
type Run struct {
	Workspace db.Workspace
	Job       db.Job // as it was when the run began, or was last stored: Params, Checkpoint, Progress, Counts

	runner *Runner
	stop   context.CancelCauseFunc
	since  time.Time // when the time that is not counted in Active began
	stored time.Time

	// What is to be stored.
	checkpoint json.RawMessage
	progress   db.JobProgress
	counts     db.JobCounts
	warnings   []string
	problems   []db.Problem
	bytes      int // of the problems' records
}

func newRun(r *Runner, j *db.Job, stop context.CancelCauseFunc) *Run {
	return &Run{
		Workspace: r.Workspace, Job: *j, runner: r, stop: stop, since: r.Now(), stored: r.Now(),
		checkpoint: j.Checkpoint, progress: j.Progress, counts: j.Counts,
	}
}

// begin begins an attempt, from what was saved last even where that could not be stored.
func (r *Run) begin() {
	r.Job.Checkpoint, r.Job.Progress, r.Job.Counts = r.checkpoint, r.progress, r.counts
	r.since = r.runner.Now()
}

// Params decodes what the job is to do.
func (r *Run) Params(into any) error { return decode(r.Job.Params, into) }

// Checkpoint decodes from where the job goes on; into stays as it is in the first run.
func (r *Run) Checkpoint(into any) error { return decode(r.Job.Checkpoint, into) }

func decode(text json.RawMessage, into any) error {
	if len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, into)
}

// Save takes note that all is done before the checkpoint (anything that becomes JSON). Call it as often as there is
// something new: it is stored about once a second, and when the run ends, however it does. It fails when the run has to
// end, and where the store does: return its error.
func (r *Run) Save(ctx context.Context, checkpoint any, p db.JobProgress, c db.JobCounts) error {
	return r.save(ctx, saveEvery, checkpoint, p, c)
}

// SaveNow is Save for a checkpoint that has to be known whatever comes next: it is stored when SaveNow returns.
func (r *Run) SaveNow(ctx context.Context, checkpoint any, p db.JobProgress, c db.JobCounts) error {
	return r.save(ctx, 0, checkpoint, p, c)
}

func (r *Run) save(ctx context.Context, every time.Duration, checkpoint any, p db.JobProgress, c db.JobCounts) error {
	text, err := json.Marshal(checkpoint)
	if err != nil {
		return err
	}
	r.checkpoint, r.progress, r.counts = text, p, c
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.runner.Now().Sub(r.stored) < every {
		return nil
	}
	return r.store(ctx, func(j *db.Job) { j.ErrorCode, j.ErrorMessage = "", "" })
}

// Problem takes note of what is wrong with one thing that the job works on. It is stored not later than the next
// checkpoint is.
func (r *Run) Problem(ctx context.Context, p db.Problem) error {
	p = p.Bounded()
	p.Record = bytes.Clone(p.Record)
	r.problems = append(r.problems, p)
	r.bytes += len(p.Record)
	if len(r.problems) < maxWaiting && r.bytes < maxWaitingBytes {
		return nil
	}
	return r.storeProblems(ctx)
}

// Warn takes note of something that whoever reads the job should know, once for each text.
func (r *Run) Warn(text string) { r.warnings = append(r.warnings, text) }

func (r *Run) storeProblems(ctx context.Context) error {
	if len(r.problems) == 0 {
		return nil
	}
	if err := r.Workspace.AddProblems(ctx, r.Job.ID, r.problems); err != nil {
		return err
	}
	r.problems, r.bytes = nil, 0
	return nil
}

// store stores what was saved, and what change makes of the job, as long as the runner has it.
func (r *Run) store(ctx context.Context, change func(*db.Job)) error {
	if err := r.storeProblems(ctx); err != nil {
		return err
	}
	now := r.runner.Now()
	active := r.Job.Active + now.Sub(r.since)
	j, err := r.Workspace.UpdateJob(ctx, r.Job.ID, func(j *db.Job) error {
		if j.State != db.JobRunning || j.Owner != r.runner.owner {
			return errLost
		}
		j.Checkpoint, j.Progress, j.Counts, j.Active = r.checkpoint, r.progress, r.counts, active
		for _, text := range r.warnings {
			j.Warn(text)
		}
		change(j)
		return nil
	})
	if errors.Is(err, errLost) || db.CodeOf(err) == db.NotFound {
		r.stop(errLost)
		return errLost
	}
	if err != nil {
		return err
	}
	r.Job, r.since, r.stored, r.warnings = *j, now, now, nil
	if j.CancelRequested && j.State == db.JobRunning {
		r.stop(errCancelled)
		return errCancelled
	}
	return nil
}
