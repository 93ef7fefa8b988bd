package graph

import (
	"context"
	"strings"
	"time"

	"segmentql/db"
)

// Limits of problems.
const (
	maxProblems    = 100   // on a page: each may have a record of hundreds of kilobytes
	maxShownRecord = 2_000 // characters
)

// JobRunner is what the API asks of the one who runs the jobs of the workspace, which is a *job.Runner.
type JobRunner interface {
	// Enqueue creates a job, of which Kind, Title and Params are set, and Progress.Total where it is known. It runs when its
	// turn comes.
	Enqueue(ctx context.Context, j db.Job) (*db.Job, error)
	// Cancel fails with NotFound, and with Conflict where the job has ended.
	Cancel(ctx context.Context, id string) (*db.Job, error)
	// Resume fails with NotFound, and with Conflict where the job is not FAILED.
	Resume(ctx context.Context, id string) (*db.Job, error)
}

// Job shapes a db.Job for the schema.
type Job struct{ *db.Job }

// newJob shapes a job, which may be nil.
func newJob(j *db.Job) *Job {
	if j == nil {
		return nil
	}
	return &Job{j}
}

// IsNode makes it a Node.
func (Job) IsNode() {}

// StartedAt is null before the job ran.
func (j *Job) StartedAt() *time.Time { return unlessZero(j.Job.StartedAt) }

// FinishedAt is null before the job has ended.
func (j *Job) FinishedAt() *time.Time { return unlessZero(j.Job.FinishedAt) }

// Processed is how many things it has worked on.
func (j *Job) Processed() int32 { return int32(j.Progress.Done) }

// Total is null where it is not known.
func (j *Job) Total() *int32 {
	if j.Progress.Total == 0 {
		return nil
	}
	total := int32(j.Progress.Total)
	return &total
}

// Fraction says how far it is.
func (j *Job) Fraction() float64 { return j.Part() }

// RowsPerSecond is null before there is a number.
func (j *Job) RowsPerSecond() *float64 {
	rate := j.Rate()
	if rate == 0 {
		return nil
	}
	return &rate
}

// SecondsLeft is null where it is not known.
func (j *Job) SecondsLeft() *float64 {
	left, known := j.Left()
	if !known {
		return nil
	}
	seconds := left.Seconds()
	return &seconds
}

// Created is how many it has created.
func (j *Job) Created() int32 { return int32(j.Counts.Created) }

// Updated is how many it has updated.
func (j *Job) Updated() int32 { return int32(j.Counts.Updated) }

// Unchanged is how many were as they were to be.
func (j *Job) Unchanged() int32 { return int32(j.Counts.Unchanged) }

// Deleted is how many it has deleted.
func (j *Job) Deleted() int32 { return int32(j.Counts.Deleted) }

// Rejected is with how many something was wrong.
func (j *Job) Rejected() int32 { return int32(j.Counts.Rejected) }

// Error is null where nothing is wrong.
func (j *Job) Error() *InputError {
	if j.ErrorCode == "" {
		return nil
	}
	return &InputError{Code: string(j.ErrorCode), Message: j.ErrorMessage, Path: []string{}}
}

// JobProblem shapes a db.Problem for the schema.
type JobProblem struct{ db.Problem }

// Number is the row or position.
func (p *JobProblem) Number() int32 { return int32(p.Problem.Number) }

// ContactID is null where it is about none that exists.
func (p *JobProblem) ContactID() *string { return optional(p.Contact) }

// Code says what kind of problem it is.
func (p *JobProblem) Code() string { return string(p.Problem.Code) }

// Path says where in the record the mistake is.
func (p *JobProblem) Path() []string { return texts(p.Problem.Path) }

// Record is the beginning of the record as text.
func (p *JobProblem) Record() *string {
	text := strings.ToValidUTF8(string(p.Problem.Record), "\uFFFD")
	characters := 0
	for i := range text {
		if characters++; characters > maxShownRecord {
			text = text[:i]
			break
		}
	}
	return optional(text)
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
