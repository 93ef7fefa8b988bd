package db

import (
	"context"
	"encoding/json"
)

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
	Path    Steps  // where in the record the mistake is
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

// Steps are a path to a mistake: texts, and ints for positions in lists.
type Steps []any

// MarshalText writes steps as a list in JSON.
func (s Steps) MarshalText() ([]byte, error) {
	if len(s) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal([]any(s))
}

// UnmarshalText reads what MarshalText has written.
func (s *Steps) UnmarshalText(text []byte) error {
	var steps []any
	if err := json.Unmarshal(text, &steps); err != nil {
		return err
	}
	for i, step := range steps {
		if position, ok := step.(float64); ok {
			steps[i] = int(position)
		}
	}
	*s = nil
	if len(steps) > 0 {
		*s = steps
	}
	return nil
}

// CheckProblems fails where the problems are too many for one call or have no number.
func CheckProblems(problems []Problem) error {
	if len(problems) > MaxProblems {
		return Errorf(LimitExceeded, "problems are stored at most %d at once", MaxProblems)
	}
	for _, p := range problems {
		if p.Number < 1 {
			return Errorf(Internal, "a problem has the number %d", p.Number)
		}
	}
	return nil
}

// CheckProblemLimit fails where more problems are asked for than one answer can have.
func CheckProblemLimit(limit int) error {
	if limit < 1 || limit > MaxProblems {
		return Errorf(LimitExceeded, "problems are read 1 to %d at once", MaxProblems)
	}
	return nil
}

// Bounded returns the problem with what is too long in it cut.
func (p Problem) Bounded() Problem {
	p.Message = cut(p.Message, MaxProblemMessage)
	if len(p.Record) > MaxProblemRecord {
		p.Record, p.Cut = p.Record[:MaxProblemRecord:MaxProblemRecord], true
	}
	return p
}
