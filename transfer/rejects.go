package transfer

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"segmentql/db"
)

// rejectColumns are the columns of a file of rejected rows.
func rejectColumns() []string { return []string{"row", "reason", "record"} }

// rejects is the journal of an import that somebody waits for: it writes rejected rows as CSV to a file that is opened for
// the first one.
type rejects struct {
	open     func() (io.Writer, error) // nil to write nothing
	out      *csv.Writer
	progress func(rows int64) // nil to tell nobody
}

// reject may leave the row in memory until the batch is written.
func (r *rejects) reject(_ context.Context, rejected row) error {
	if r.open == nil {
		return nil
	}
	if r.out == nil {
		file, err := r.open()
		if err != nil {
			return fmt.Errorf("the file for rejected rows cannot be opened: %w", err)
		}
		r.out = csv.NewWriter(file)
		if err := r.out.Write(rejectColumns()); err != nil {
			return err
		}
	}
	return r.out.Write(rejectRecord(rejected.row, reason(rejected.err), rejected.raw))
}

func rejectRecord(row int64, reason string, raw []byte) []string {
	return []string{strconv.FormatInt(row, 10), reason, strings.ToValidUTF8(string(raw), "\uFFFD")}
}

func (r *rejects) written(_ context.Context, i *importer) error {
	if r.out != nil {
		r.out.Flush()
		if err := r.out.Error(); err != nil {
			return fmt.Errorf("the rejected rows cannot be written: %w", err)
		}
	}
	if r.progress != nil {
		r.progress(i.summary.Rows())
	}
	return nil
}

// reason says what is wrong with a row, and where: custom.orders[0].total: …
func reason(err error) string {
	e, ok := errors.AsType[*db.Error](err)
	if !ok {
		return err.Error()
	}
	var path strings.Builder
	for _, step := range e.Path {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&path, "[%d]", step)
		default:
			if path.Len() > 0 {
				path.WriteByte('.')
			}
			fmt.Fprint(&path, step)
		}
	}
	if path.Len() == 0 {
		return e.Message
	}
	return abbreviate(path.String()) + ": " + e.Message
}
