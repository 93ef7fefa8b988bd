// Package job runs the jobs of a workspace: work that outlives the request that asked for it, and the process.
package job

import (
	"context"
	"io"
	"log/slog"
	"time"

	"segmentql/db"
)

// Kind does the jobs of one kind. It goes on from the checkpoint of the run, and may be called again with the same
// checkpoint: whatever it did after that it must be able to do once more. It returns when ctx ends, with its error. Of
// other errors Unavailable and Timeout make it run again after a while, all others are the end of the job.
type Kind func(ctx context.Context, run *Run) error

// Options are what a Runner needs.
type Options struct {
	Workspace db.Workspace
	Kinds     map[string]Kind // by db.Job.Kind
	Log       *slog.Logger
	Now       func() time.Time
	After     func(time.Duration) <-chan time.Time // time.After
}

// Runner runs the jobs of a workspace, one after the other in the order in which they were made.
type Runner struct{ o Options }

// NewRunner returns a runner, which does nothing until Run is called.
func NewRunner(o Options) *Runner { return &Runner{o: o} }

// Run runs jobs until ctx ends and the job under way has saved its checkpoint.
func (r *Runner) Run(ctx context.Context) { panic("follows") }

// Enqueue creates a job, of which Kind, Title and Params are set, and runs it when its turn comes.
func (r *Runner) Enqueue(ctx context.Context, j db.Job) (*db.Job, error) { panic("follows") }

// Upload is Enqueue for a job that works on a file: it stores content as the file with the job's ID, which can be
// watched as UPLOADING meanwhile. Where content fails the job is FAILED and has no file.
func (r *Runner) Upload(ctx context.Context, j db.Job, content io.Reader) (*db.Job, error) {
	panic("follows")
}

// Cancel ends a job that waits, at once, and one that runs as soon as its kind notices. It fails with NotFound, and
// with Conflict where the job has ended.
func (r *Runner) Cancel(ctx context.Context, id string) (*db.Job, error) { panic("follows") }

// Resume has a FAILED job go on from its checkpoint. It fails with NotFound, and with Conflict where it is not FAILED.
func (r *Runner) Resume(ctx context.Context, id string) (*db.Job, error) { panic("follows") }
