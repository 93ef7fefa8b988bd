package job

import (
	"context"
	"errors"
	"io"
	"time"

	"segmentql/db"
)

// touchEvery is the time between two signs of life of an upload.
const touchEvery = maxSilence / 10

var errNotUploading = db.Errorf(db.Conflict, "the job was cancelled before its file was complete")

// Enqueue creates a job, of which Kind, Title and Params are set, and Progress.Total where it is known. It runs when its
// turn comes.
func (r *Runner) Enqueue(ctx context.Context, j db.Job) (*db.Job, error) {
	j.State = db.JobQueued
	created, err := r.Workspace.CreateJob(ctx, j)
	if err != nil {
		return nil, err
	}
	r.wakeUp()
	return created, nil
}

// Upload is Enqueue for a job that works on a file: it stores content as the file with the job's ID, which is UPLOADING
// meanwhile. Where that fails, so does the job. The file is deleted when the job is DONE or CANCELLED.
func (r *Runner) Upload(ctx context.Context, j db.Job, content io.Reader) (*db.Job, error) {
	j.State = db.JobUploading
	created, err := r.Workspace.CreateJob(ctx, j)
	if err != nil {
		return nil, err
	}
	size, err := r.Workspace.SaveFile(ctx, created.ID, &upload{r, ctx, created.ID, r.Now(), content})
	var queued *db.Job
	if err == nil {
		queued, err = r.Workspace.UpdateJob(ctx, created.ID, whileUploading(func(j *db.Job) { j.State, j.FileSize = db.JobQueued, size }))
	}
	if err == nil {
		r.wakeUp()
		return queued, nil
	}
	// The request may have ended, and the job is to say so nevertheless. Where that fails the next sweep does it.
	undoing, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrites)
	defer cancel()
	if failed := r.failUpload(undoing, created.ID, err); failed != nil && !errors.Is(failed, errNotUploading) {
		r.Log.WarnContext(ctx, "the job of an upload that failed stays UPLOADING for a while", "job", created.ID, "cause", failed)
	}
	return nil, err
}

// failUpload makes a job FAILED that is UPLOADING, and deletes its file.
func (r *Runner) failUpload(ctx context.Context, id string, why error) error {
	_, err := r.Workspace.UpdateJob(ctx, id, func(j *db.Job) error {
		switch {
		case j.State == db.JobUploading:
			j.State = db.JobFailed
			setError(j, why)
		case !j.State.Finished() || !j.StartedAt.IsZero():
			return errNotUploading // it has its file
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Workspace.DeleteFile(ctx, id)
}

// whileUploading is a change of a job that waits for its file.
func whileUploading(change func(*db.Job)) func(*db.Job) error {
	return func(j *db.Job) error {
		if j.State != db.JobUploading {
			return errNotUploading
		}
		change(j)
		return nil
	}
}

// upload is a file that is received. From time to time it says in the job that it still is, and ends where the job is
// cancelled.
type upload struct {
	runner  *Runner
	ctx     context.Context //nolint:containedctx // it is that of the call in which it is read
	job     string
	touched time.Time
	content io.Reader
}

// Read reads.
func (u *upload) Read(p []byte) (int, error) {
	if now := u.runner.Now(); now.Sub(u.touched) >= touchEvery {
		u.touched = now
		if _, err := u.runner.Workspace.UpdateJob(u.ctx, u.job, whileUploading(func(*db.Job) {})); err != nil {
			return 0, err
		}
	}
	return u.content.Read(p)
}

// Cancel ends a job that waits, at once, and one that runs as soon as its kind notices. It fails with NotFound, and
// with Conflict where the job has ended.
func (r *Runner) Cancel(ctx context.Context, id string) (*db.Job, error) {
	j, err := r.Workspace.UpdateJob(ctx, id, func(j *db.Job) error {
		if j.State.Finished() {
			return db.Errorf(db.Conflict, "the job has ended already: it is %s", j.State)
		}
		j.CancelRequested = true
		if j.State != db.JobRunning {
			j.State = db.JobCancelled
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if j.State == db.JobCancelled {
		return j, r.Workspace.DeleteFile(ctx, id)
	}
	r.interrupt(id)
	r.wakeUp() // where no runner has it any more
	return j, nil
}

// Resume has a FAILED job go on from its checkpoint. It fails with NotFound, and with Conflict where it is not FAILED,
// or has failed before it had its file.
func (r *Runner) Resume(ctx context.Context, id string) (*db.Job, error) {
	j, err := r.Workspace.UpdateJob(ctx, id, func(j *db.Job) error {
		switch {
		case j.State != db.JobFailed:
			return db.Errorf(db.Conflict, "only a job that is FAILED can be resumed: this one is %s", j.State)
		case j.StartedAt.IsZero():
			return db.Errorf(db.Conflict, "the job never had its file; send that again")
		}
		j.State, j.ErrorCode, j.ErrorMessage, j.CancelRequested = db.JobQueued, "", "", false
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.wakeUp()
	return j, nil
}
