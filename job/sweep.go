package job

import (
	"context"
	"time"

	"segmentql/db"
)

// What becomes of jobs by themselves.
const (
	Retention  = 90 * 24 * time.Hour // of finished jobs, with their problems and files
	sweepEvery = 10 * time.Minute
	maxSilence = 10 * time.Minute // of an upload, after which nobody sends it any more
)

// sweep forgets jobs that finished long ago and what was done to contacts long ago, a few at a time, and ends uploads that
// nobody sends any more. Where that fails it is for the next time.
func (r *Runner) sweep(ctx context.Context) {
	now := r.Now()
	if now.Before(r.sweepAt) {
		return
	}
	wait := sweepEvery
	moreJobs, err := r.Workspace.ForgetJobs(ctx, now.Add(-Retention))
	moreActivity := false
	if err == nil {
		moreActivity, err = r.Workspace.ForgetActivity(ctx, now.Add(-r.KeepActivity))
	}
	if moreJobs || moreActivity {
		wait = 0
	}
	if err == nil {
		err = r.endUploads(ctx, now)
	}
	if err != nil {
		wait = sweepEvery
		r.Log.WarnContext(ctx, "what is old cannot be cleared away", "cause", err)
	}
	r.sweepAt = now.Add(wait)
}

func (r *Runner) endUploads(ctx context.Context, now time.Time) error {
	uploads, err := r.Workspace.FindJobs(ctx, db.JobQuery{States: []db.JobState{db.JobUploading}, OldestFirst: true, Limit: db.MaxJobs})
	for _, j := range uploads {
		if err == nil && now.Sub(j.UpdatedAt) > maxSilence {
			err = r.failUpload(ctx, j.ID, db.Errorf(db.BadInput, "the upload broke off, and nothing of the file was applied; send it again"))
		}
	}
	return err
}
