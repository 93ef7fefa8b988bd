// Package job runs the jobs of a workspace: work that outlives the request that asked for it, and the process.
package job

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"segmentql/db"
)

// Times of a runner.
const (
	pollEvery   = 3 * time.Second  // to see jobs that other servers have made
	lease       = 30 * time.Second // after which another server goes on with the jobs of one that died
	renewEvery  = 5 * time.Second
	saveEvery   = time.Second
	lastWrites  = 10 * time.Second // what is written after the end of a run may take
	maxAttempts = 10               // without progress between them
	maxBackoff  = time.Minute
)

// Kind does the jobs of one kind. It goes on from the checkpoint of the run, and may be called again with the same
// checkpoint: whatever it did after that it must be able to do once more. It returns when ctx ends, with any error. Of
// other errors Unavailable and Timeout make it run again after a while, all others are the end of the job.
type Kind func(ctx context.Context, run *Run) error

// Options are what a Runner needs.
type Options struct {
	Workspace    db.Workspace
	Kinds        map[string]Kind // by db.Job.Kind
	KeepActivity time.Duration   // how long the log of what was done to contacts goes back
	Log          *slog.Logger
	Now          func() time.Time
	After        func(time.Duration) <-chan time.Time // time.After
}

// Runner runs the jobs of a workspace, one after the other in the order in which they were made. Of the runners of many
// servers on one database one does, and another one when that is gone.
type Runner struct {
	Options
	owner string
	wake  chan struct{} // has an element where there may be a job to run

	sweepAt time.Time

	mu      sync.Mutex
	current string // the ID of the job under way
	stop    context.CancelCauseFunc
}

// NewRunner returns a runner, which does nothing until Run is called.
func NewRunner(o Options) *Runner {
	return &Runner{Options: o, owner: rand.Text(), wake: make(chan struct{}, 1)}
}

// Run runs jobs until ctx ends and the job under way has saved its checkpoint.
func (r *Runner) Run(ctx context.Context) {
	defer r.letGo(ctx)
	for ctx.Err() == nil {
		next, err := r.next(ctx)
		if err == nil && next != nil {
			if err = r.work(ctx, next); err == nil {
				continue
			}
		}
		if err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "jobs have to wait", "cause", err)
		}
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-r.After(pollEvery):
		}
	}
}

// next returns the job to run: one that was interrupted before those that wait. It is nil where there is none, or where
// another runner runs them.
func (r *Runner) next(ctx context.Context) (*db.Job, error) {
	if held, err := r.Workspace.HoldJobs(ctx, r.owner, r.Now(), r.Now().Add(lease)); err != nil || !held {
		return nil, err
	}
	r.sweep(ctx)
	for _, state := range []db.JobState{db.JobRunning, db.JobQueued} {
		jobs, err := r.Workspace.FindJobs(ctx, db.JobQuery{States: []db.JobState{state}, OldestFirst: true, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(jobs) > 0 {
			return jobs[0], nil
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

// letGo lets another server run the jobs at once.
func (r *Runner) letGo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrites)
	defer cancel()
	if _, err := r.Workspace.HoldJobs(ctx, r.owner, r.Now(), r.Now()); err != nil {
		r.Log.WarnContext(ctx, "other servers have to wait for the jobs", "for", lease, "cause", err)
	}
}

// setCurrent says which job is under way, and how it is stopped.
func (r *Runner) setCurrent(id string, stop context.CancelCauseFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current, r.stop = id, stop
}

// interrupt stops the job if it is under way here.
func (r *Runner) interrupt(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current == id && r.stop != nil {
		r.stop(errCancelled)
	}
}

func (r *Runner) wakeUp() {
	select {
	case r.wake <- struct{}{}:
	default: // it is going to look
	}
}
