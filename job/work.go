package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"segmentql/db"
)

// Why a run has to end.
var (
	errCancelled = db.Errorf(db.Conflict, "the job was cancelled")
	errLost      = db.Errorf(db.Conflict, "another runner has the job")
)

// work runs a job to its end, or until it has to be left as it is. It fails where the store does.
func (r *Runner) work(ctx context.Context, j *db.Job) error {
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.setCurrent(j.ID, stop)
	defer r.setCurrent("", nil)

	claimed, err := r.Workspace.UpdateJob(ctx, j.ID, func(j *db.Job) error {
		switch {
		case j.State != db.JobQueued && j.State != db.JobRunning:
			return errLost // somebody has cancelled it
		case j.CancelRequested:
			j.State = db.JobCancelled
		default:
			j.State, j.Owner = db.JobRunning, r.owner
		}
		return nil
	})
	if errors.Is(err, errLost) || db.CodeOf(err) == db.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if claimed.State == db.JobCancelled {
		return r.Workspace.DeleteFile(ctx, j.ID)
	}
	r.Log.InfoContext(ctx, "a job runs", "job", j.ID, "kind", j.Kind)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		r.keep(running, j.ID, stop)
	}()
	run := newRun(r, claimed, stop)
	err = r.attempts(running, run)
	cause := context.Cause(running)
	stop(nil)
	<-kept
	if errors.Is(cause, errLost) {
		r.Log.WarnContext(ctx, "a job goes on elsewhere, or when the database can be reached", "job", j.ID)
		return nil
	}
	return r.end(ctx, run, outcome(ctx, cause, err))
}

// keep holds the jobs as long as ctx does not end, and stops the run when that fails or the job is cancelled.
func (r *Runner) keep(ctx context.Context, id string, stop context.CancelCauseFunc) {
	until := r.Now().Add(lease)
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.After(renewEvery):
		}
		held, jobs, err := r.renew(ctx, id)
		switch {
		case err != nil && r.Now().Before(until): // there is time for another attempt
		case err != nil, !held, jobs[0] == nil:
			stop(errLost)
		case jobs[0].CancelRequested:
			stop(errCancelled)
		default:
			until = r.Now().Add(lease - renewEvery) // at least so long
		}
	}
}

func (r *Runner) renew(ctx context.Context, id string) (held bool, jobs []*db.Job, err error) {
	ctx, cancel := context.WithTimeout(ctx, renewEvery)
	defer cancel()
	if held, err = r.Workspace.HoldJobs(ctx, r.owner, r.Now(), r.Now().Add(lease)); err != nil || !held {
		return held, nil, err
	}
	jobs, err = r.Workspace.JobsByID(ctx, []string{id})
	return held, jobs, err
}

// attempts runs the kind until it succeeds or fails for another reason than that the store could not answer, or does so
// too often without any progress.
func (r *Runner) attempts(ctx context.Context, run *Run) error {
	kind, known := r.Kinds[run.Job.Kind]
	if !known {
		return db.Errorf(db.NotFound, "this SegmentQL knows no jobs of the kind %s; resume it with one that does", run.Job.Kind)
	}
	for failed, backoff := 1, time.Second; ; failed, backoff = failed+1, min(2*backoff, maxBackoff) {
		before := run.checkpoint
		run.begin()
		err := r.call(ctx, kind, run)
		if ctx.Err() != nil || !isTransient(err) {
			return err
		}
		if !bytes.Equal(run.checkpoint, before) {
			failed, backoff = 1, time.Second
		}
		if failed == maxAttempts {
			return err
		}
		r.Log.WarnContext(ctx, "a job has to be tried again", "job", run.Job.ID, "after", backoff, "cause", err)
		// Whoever looks at the job sees what it waits for, where that can be stored.
		_ = run.store(ctx, func(j *db.Job) { setError(j, err) })
		select {
		case <-ctx.Done():
			return err
		case <-r.After(backoff):
		}
	}
}

// call calls the kind. A panic in it is its error.
func (r *Runner) call(ctx context.Context, kind Kind, run *Run) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			r.Log.ErrorContext(ctx, "panic", "job", run.Job.ID, "panic", panicked, "stack", string(debug.Stack()))
			err = db.Errorf(db.Internal, "internal error").Because(fmt.Errorf("panic: %v", panicked))
		}
	}()
	return kind(db.Acting(ctx, db.Actor{Kind: db.JobActor, ID: run.Job.ID}), run)
}

func isTransient(err error) bool {
	return err != nil && (db.CodeOf(err) == db.Unavailable || db.CodeOf(err) == db.Timeout)
}

// outcome says what becomes of a job of which a run ended with err, under a context that ended for cause.
func outcome(ctx context.Context, cause, err error) func(*db.Job) {
	switch {
	case err == nil:
		return func(j *db.Job) { j.State, j.Progress.Fraction = db.JobDone, 1 }
	case errors.Is(cause, errCancelled):
		return func(j *db.Job) { j.State = db.JobCancelled }
	case ctx.Err() != nil: // it goes on at the next start
		return func(*db.Job) {}
	default:
		return func(j *db.Job) {
			j.State = db.JobFailed
			setError(j, err)
		}
	}
}

// setError says in a job what went wrong, without what is behind it.
func setError(j *db.Job, err error) {
	j.ErrorCode, j.ErrorMessage = db.Internal, "internal error"
	if known, ok := errors.AsType[*db.Error](err); ok && known.Code != db.Internal {
		j.ErrorCode, j.ErrorMessage = known.Code, known.Message
	}
}

// end stores what became of a run. Its file is kept only for a job that may go on.
func (r *Runner) end(ctx context.Context, run *Run, change func(*db.Job)) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrites)
	defer cancel()
	err := run.store(ctx, change)
	if errors.Is(err, errLost) {
		return nil
	}
	if err != nil && !errors.Is(err, errCancelled) {
		return err
	}
	j := run.Job
	r.Log.InfoContext(ctx, "a job has ended its run", "job", j.ID, "state", j.State, "error", j.ErrorMessage)
	if j.State == db.JobDone || j.State == db.JobCancelled {
		return r.Workspace.DeleteFile(ctx, j.ID)
	}
	return nil
}
