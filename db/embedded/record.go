package embedded

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

const (
	selectWorkspaces = `
		SELECT workspace FROM sizes WHERE contacts > 0
		UNION SELECT workspace FROM segments UNION SELECT workspace FROM fields UNION SELECT workspace FROM jobs
		ORDER BY workspace`

	nextContacts = `SELECT id, doc FROM contacts WHERE workspace = ?1 AND id > ?2 ORDER BY id`
	nextActivity = `SELECT id, doc FROM activity WHERE workspace = ?1 AND id > ?2 ORDER BY id`
	oneActivity  = `SELECT doc FROM activity WHERE workspace = ?1 AND id = ?2`
	nextSegments = selectSegments + ` AND id > ?2 ORDER BY id`
	nextFields   = selectFields + ` AND path > ?2 ORDER BY path`
	selectField  = selectFields + ` AND path = ?2`
	nextJobs     = `SELECT job FROM jobs WHERE workspace = ?1 AND id > ?2 ORDER BY id`
	nextProblems = selectProblem + ` WHERE workspace = ?1 AND (job, number) > (?2, ?3) ORDER BY job, number`
)

// Workspaces returns the workspaces.
func (s *Store) Workspaces(ctx context.Context) ([]string, error) {
	leave, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	workspaces, err := s.workspaces(ctx)
	return workspaces, translate(ctx, err)
}

func (s *Store) workspaces(ctx context.Context) ([]string, error) {
	rows, err := s.database.readers.QueryContext(ctx, selectWorkspaces)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has what went wrong
	var all []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, rows.Err()
}

// errFull ends the reading of a page.
var errFull = errors.New("the page is full")

// Records reads a page.
func (w *workspace) Records(ctx context.Context, c db.Collection, after string) ([]db.Record, error) {
	var page db.RecordPage
	err := w.read(ctx, func(t *tx) error {
		err := t.records(ctx, c, after, func(r db.Record, err error) error {
			if err == nil && !page.Add(r) {
				err = errFull
			}
			return err
		})
		if errors.Is(err, errFull) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return page.Records, nil
}

// records calls yield with each record after an ID, in order, until that fails.
func (t *tx) records(ctx context.Context, c db.Collection, after string, yield func(db.Record, error) error) error {
	workspace := t.workspace.id
	switch c {
	case db.FieldRecords:
		return t.eachField(ctx, func(f db.Field) error { return yield(document.FieldRecord(workspace, f)) }, nextFields, after)
	case db.SegmentRecords:
		return t.eachSegment(ctx, func(s *db.Segment) error { return yield(document.SegmentRecord(workspace, s)) }, nextSegments, after)
	case db.ContactRecords:
		return t.eachDocument(ctx, yield, nextContacts, after)
	case db.ActivityRecords:
		return t.eachDocument(ctx, yield, nextActivity, after)
	case db.JobRecords:
		return t.eachJob(ctx, func(j *db.Job) error { return yield(document.JobRecord(workspace, j)) }, nextJobs, after)
	case db.ProblemRecords:
		job, number := document.ReadProblemKey(after)
		return t.eachProblem(ctx, func(p document.JobProblem) error { return yield(document.ProblemRecord(workspace, p)) }, nextProblems, job, number)
	}
	return db.UnknownCollection(c)
}

func (t *tx) eachDocument(ctx context.Context, yield func(db.Record, error) error, statement, after string) error {
	return t.each(ctx, func(row *sql.Rows) error {
		var id string
		var doc sql.RawBytes // SQLite's own memory, until the next row
		if err := row.Scan(&id, &doc); err != nil {
			return err
		}
		return yield(db.Record{ID: id, Document: bytes.Clone(doc)}, nil)
	}, statement, after)
}

// AddRecords adds all records or, where it fails, none.
func (w *workspace) AddRecords(ctx context.Context, c db.Collection, records []db.Record) error {
	write, add := w.write, (*tx).addContact
	switch c {
	case db.FieldRecords:
		add = (*tx).addField
	case db.SegmentRecords:
		add = (*tx).addSegment
	case db.ContactRecords:
		write = w.writeContacts
	case db.JobRecords:
		add = (*tx).addJob
	case db.ProblemRecords:
		add = (*tx).addProblem
	case db.ActivityRecords:
		add = (*tx).addActivity
	default:
		return db.UnknownCollection(c)
	}
	return write(ctx, func(t *tx) error {
		for _, r := range records {
			if err := add(t, ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) addContact(ctx context.Context, r db.Record) error {
	c, err := document.ContactOf(t.workspace.id, r)
	if err != nil {
		return err
	}
	var there []byte
	if found, err := t.one(ctx, []any{&there}, selectContact, r.ID); err != nil || found {
		return sameRecord(db.ContactRecords, r, there, err)
	}
	if _, taken := t.emails.owner(c.Email); taken {
		return db.OtherRecord(db.ContactRecords, r.ID)
	}
	catalogue, err := t.catalogue(ctx)
	if err != nil {
		return err
	}
	if err := t.observe(ctx, catalogue.Observe(c)); err != nil {
		return err
	}
	if err := t.store(ctx, nil, c, r.Document); !errors.Is(err, errIDTaken) {
		return err
	}
	return db.OtherRecord(db.ContactRecords, r.ID)
}

func (t *tx) addActivity(ctx context.Context, r db.Record) error {
	a, err := document.ActivityOf(t.workspace.id, r)
	if err != nil {
		return err
	}
	var there []byte
	if found, err := t.one(ctx, []any{&there}, oneActivity, r.ID); err != nil || found {
		return sameRecord(db.ActivityRecords, r, there, err)
	}
	return t.putActivity(ctx, r, a.At)
}

func (t *tx) addSegment(ctx context.Context, r db.Record) error {
	s, err := document.SegmentOf(t.workspace.id, r)
	if err != nil {
		return err
	}
	stored, err := t.segmentsByID(ctx, []string{r.ID})
	if err != nil {
		return err
	}
	if len(stored) > 0 {
		there, err := document.Segment(t.workspace.id, stored[0])
		return sameRecord(db.SegmentRecords, r, there, err)
	}
	return t.putSegment(ctx, s)
}

func (t *tx) addField(ctx context.Context, r db.Record) error {
	f, err := document.FieldOf(t.workspace.id, r)
	if err != nil {
		return err
	}
	var there []byte
	err = t.eachField(ctx, func(stored db.Field) (err error) {
		there, err = document.Field(t.workspace.id, stored)
		return err
	}, selectField, r.ID)
	if err != nil || there != nil {
		return sameRecord(db.FieldRecords, r, there, err)
	}
	t.declared = true
	if f.Type == filter.KindNull {
		return t.observe(ctx, []db.Field{f})
	}
	return t.declare(ctx, f)
}

func (t *tx) addJob(ctx context.Context, r db.Record) error {
	j, err := document.JobOf(t.workspace.id, r)
	if err != nil {
		return err
	}
	stored, err := t.jobsByID(ctx, []string{r.ID})
	if err != nil {
		return err
	}
	if len(stored) > 0 {
		there, err := document.Job(t.workspace.id, stored[0])
		return sameRecord(db.JobRecords, r, there, err)
	}
	return t.putJob(ctx, j)
}

func (t *tx) addProblem(ctx context.Context, r db.Record) error {
	p, err := document.ProblemOf(t.workspace.id, r)
	if err != nil {
		return err
	}
	var there []byte
	err = t.eachProblem(ctx, func(stored document.JobProblem) (err error) {
		there, err = document.Problem(t.workspace.id, stored)
		return err
	}, selectProblem+` WHERE workspace = ?1 AND job = ?2 AND number = ?3`, p.Job, p.Number)
	if err != nil || there != nil {
		return sameRecord(db.ProblemRecords, r, there, err)
	}
	return t.putProblem(ctx, p)
}

// sameRecord says whether a record that is added is the one that is there.
func sameRecord(c db.Collection, r db.Record, there []byte, err error) error {
	if err == nil && !bytes.Equal(there, r.Document) {
		return db.OtherRecord(c, r.ID)
	}
	return err
}
