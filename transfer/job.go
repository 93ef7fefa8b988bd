package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"segmentql/db"
	"segmentql/job"
)

// NewJob returns the job that imports a file, of which the name is for people only and may be "". It fails as
// Request.Options does.
func NewJob(r Request, filename string) (db.Job, error) {
	if _, err := r.Options(); err != nil {
		return db.Job{}, err
	}
	params, err := json.Marshal(r)
	if err != nil {
		return db.Job{}, err
	}
	title := "Import of contacts"
	if filename != "" {
		title = "Import of " + abbreviate(filename)
	}
	return db.Job{Kind: db.JobImport, Title: title, Params: params}, nil
}

// checkpoint is how far an import is: the rows that are dealt with, and the mapped fields that they had.
type checkpoint struct {
	Rows int64    `json:"rows"`
	Seen []string `json:"seen,omitempty"`
}

// RunJob is the job.Kind of imports. A row that was applied after the checkpoint is known by its db.JobRow.
func RunJob(ctx context.Context, run *job.Run) error {
	var r Request
	var from checkpoint
	if err := errors.Join(run.Params(&r), run.Checkpoint(&from)); err != nil {
		return err
	}
	opts, err := r.Options()
	if err != nil {
		return err
	}
	content, err := run.Workspace.OpenFile(ctx, run.Job.ID)
	if db.CodeOf(err) == db.NotFound {
		return db.Errorf(db.NotFound, "what was sent for this import is not here any more, as after a restore; the first %d rows are applied, send the file again for the others", from.Rows)
	}
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	j := &jobJournal{run: run, source: &counted{from: content}}
	i, err := newImporter(run.Workspace, j.source, opts, run.Job.ID, j)
	if err == nil {
		err = i.resume(ctx, from, run.Job.Counts)
	}
	if err != nil {
		return err
	}
	if err := i.run(ctx); err != nil {
		return j.stopped(err, i)
	}
	if i.summary.Rows() == 0 {
		i.summary.warn("there was no row to import")
	}
	j.ended = true
	return j.written(ctx, i)
}

// resume goes on after the rows that are dealt with, with what became of them.
func (i *importer) resume(ctx context.Context, from checkpoint, c db.JobCounts) error {
	for row := range from.Rows {
		if row%BatchRows == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, err := i.in.next(); err != nil {
			return err
		}
	}
	if from.Rows > 0 {
		i.inference = nil // the fields are declared
	}
	for _, name := range from.Seen {
		if found := i.mapper.found[name]; found != nil {
			found.Store(true)
		}
	}
	i.summary.Created, i.summary.Updated, i.summary.Skipped, i.summary.Rejected = c.Created, c.Updated, c.Unchanged, c.Rejected
	return nil
}

// jobJournal writes what becomes of the rows into the job.
type jobJournal struct {
	run    *job.Run
	source *counted
	told   int // warnings
	ended  bool
}

func (j *jobJournal) reject(ctx context.Context, r row) error {
	p := db.Problem{Number: r.row, Code: db.BadInput, Message: r.err.Error(), Record: r.raw}
	if known, ok := errors.AsType[*db.Error](r.err); ok {
		p.Code, p.Message, p.Path = known.Code, known.Message, known.Path
	}
	return j.run.Problem(ctx, p)
}

func (j *jobJournal) written(ctx context.Context, i *importer) error {
	notes := i.summary.notes()
	for _, text := range notes[j.told:] {
		j.run.Warn(text)
	}
	j.told = len(notes)
	rows := i.summary.Rows()
	progress := db.JobProgress{Done: rows, Fraction: j.source.fraction(j.run.Job.FileSize)}
	if j.ended {
		progress.Total = rows
	}
	return j.run.Save(ctx, checkpoint{Rows: rows, Seen: i.mapper.seen()}, progress, db.JobCounts{
		Created: i.summary.Created, Updated: i.summary.Updated, Unchanged: i.summary.Skipped, Rejected: i.summary.Rejected,
	})
}

// stopped says of an error, too, what was applied.
func (j *jobJournal) stopped(err error, i *importer) error {
	known, ok := errors.AsType[*db.Error](err)
	if !ok {
		return err
	}
	e := *known
	e.Message = fmt.Sprintf("%s. The first %d rows are applied (%s), no others are", e.Message, i.summary.Rows(), i.summary)
	return &e
}

// counted counts the bytes that are read.
type counted struct {
	from io.Reader
	read atomic.Int64
}

// Read reads.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// fraction says how much is read of all bytes, 0 where their number is not known.
func (c *counted) fraction(all int64) float64 {
	if all <= 0 {
		return 0
	}
	return min(1, float64(c.read.Load())/float64(all))
}
