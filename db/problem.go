package db

import "context"

// Limits of problems.
const (
	MaxProblems       = 1_000     // in one call
	MaxProblemRecord  = 256 << 10 // bytes that are kept
	MaxProblemMessage = 2_000     // bytes that are kept
)

// Problem is what was wrong with one of the things that a job worked on: a row that was rejected, a contact that could
// not be changed.
type Problem struct {
	Number  int64  // the row, or the position of what it is about, from 1: names it within the job
	Contact string // the ID, where it is about one that exists
	Code    Code
	Message string
	Path    []any  // where in the record the mistake is: texts and ints
	Record  []byte // as it was sent
	Cut     bool   // the record was longer than MaxProblemRecord: this is its beginning
}

// Problems are those of the jobs of a workspace.
type Problems interface {
	// AddProblems stores problems of the job, at most MaxProblems; one of a number that is there takes its place. It
	// fails with NotFound where there is no such job.
	AddProblems(ctx context.Context, jobID string, problems []Problem) error

	// Problems returns the problems of the job with numbers above after, by number: none where there is no such job.
	Problems(ctx context.Context, jobID string, after int64, limit int) ([]Problem, error)
}

// Bounded returns the problem with what is too long in it cut.
func (p Problem) Bounded() Problem {
	p.Message = cut(p.Message, MaxProblemMessage)
	if len(p.Record) > MaxProblemRecord {
		p.Record, p.Cut = p.Record[:MaxProblemRecord:MaxProblemRecord], true
	}
	return p
}
