package transfer

import (
	"context"
	"encoding/csv"
	"io"

	"segmentql/db"
)

// problemsAtOnce bounds the memory that they take: each may have a record of db.MaxProblemRecord.
const problemsAtOnce = 100

// WriteProblems writes the problems of a job as a file of rejected rows, with the IDs of contacts where they are about
// such.
func WriteProblems(ctx context.Context, w db.Workspace, jobID string, out io.Writer) error {
	file := csv.NewWriter(out)
	if err := file.Write(append(rejectColumns(), "contact")); err != nil {
		return err
	}
	for after := int64(0); ; {
		problems, err := w.Problems(ctx, jobID, after, problemsAtOnce)
		if err != nil {
			return err
		}
		for _, p := range problems {
			text := reason(&db.Error{Message: p.Message, Path: p.Path})
			if p.Cut {
				text += " (of the record this is only the beginning)"
			}
			if err := file.Write(append(rejectRecord(p.Number, text, p.Record), p.Contact)); err != nil {
				return err
			}
			after = p.Number
		}
		file.Flush()
		if err := file.Error(); err != nil || len(problems) < problemsAtOnce {
			return err
		}
	}
}
