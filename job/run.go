package job

import (
	"context"

	"segmentql/db"
)

// Run is one run of a job, from its beginning or from its last checkpoint: what a Kind works with. It is for one
// goroutine.
type Run struct {
	Workspace db.Workspace
	Job       db.Job // as it was when the run began: Params, Checkpoint, Progress, Counts
}

// Params decodes what the job is to do.
func (r *Run) Params(into any) error { panic("follows") }

// Checkpoint decodes from where the job goes on; into stays as it is in the first run.
func (r *Run) Checkpoint(into any) error { panic("follows") }

// Save takes note that all is done before the checkpoint (anything that becomes JSON). Call it as often as there is
// something new: it is stored about once a second, and when the run ends, however it does. It fails when the run has to
// end, with what the kind then returns.
func (r *Run) Save(ctx context.Context, checkpoint any, p db.JobProgress, c db.JobCounts) error {
	panic("follows")
}

// Problem takes note of what is wrong with one thing that the job works on. It is stored not later than the next
// checkpoint.
func (r *Run) Problem(ctx context.Context, p db.Problem) error { panic("follows") }

// Warn takes note of something that whoever reads the job should know, once for each text.
func (r *Run) Warn(text string) { panic("follows") }
