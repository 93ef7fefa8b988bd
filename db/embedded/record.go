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
		UNION SELECT workspace FROM segments UNION SELECT workspace FROM fields
		ORDER BY workspace`

	nextContacts = `SELECT id, doc FROM contacts WHERE workspace = ?1 AND id > ?2 ORDER BY id`
	nextSegments = selectSegments + ` AND id > ?2 ORDER BY id`
	nextFields   = selectFields + ` AND path > ?2 ORDER BY path`
	selectField  = selectFields + ` AND path = ?2`
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
		return t.each(ctx, func(row *sql.Rows) error {
			var id string
			var doc sql.RawBytes // SQLite's own memory, until the next row
			if err := row.Scan(&id, &doc); err != nil {
				return err
			}
			return yield(db.Record{ID: id, Document: bytes.Clone(doc)}, nil)
		}, nextContacts, after)
	}
	return db.UnknownCollection(c)
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

// sameRecord says whether a record that is added is the one that is there.
func sameRecord(c db.Collection, r db.Record, there []byte, err error) error {
	if err == nil && !bytes.Equal(there, r.Document) {
		return db.OtherRecord(c, r.ID)
	}
	return err
}
