package transfer

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"segmentql/db"
)

// PreviewRows are the rows that a preview shows.
const PreviewRows = 20

// Preview says what an import would do.
type Preview struct {
	Format    Format       `json:"format"`
	Encoding  Encoding     `json:"encoding"`
	Delimiter string       `json:"delimiter,omitempty"` // of CSV
	Columns   []Column     `json:"columns"`
	Warnings  []string     `json:"warnings"`
	Rows      []PreviewRow `json:"rows"` // the first ones
}

// PreviewRow is what would become of a row.
type PreviewRow struct {
	Row     int64     `json:"row"`
	Outcome Outcome   `json:"outcome"`
	Contact *Document `json:"contact,omitempty"` // that would be created, or as it would be updated
	Reason  string    `json:"reason,omitempty"`  // why it is rejected
	Record  string    `json:"record,omitempty"`  // that is rejected, or its beginning
}

// Outcome is what becomes of a row.
type Outcome string

// The outcomes.
const (
	Created  Outcome = "created"
	Updated  Outcome = "updated"
	Skipped  Outcome = "skipped"
	Rejected Outcome = "rejected"
)

// NewPreview says what Import would do with the source now. It reads the rows from which types are inferred, and writes
// nothing. It fails as Import does.
func NewPreview(ctx context.Context, ws db.Workspace, source io.Reader, opts Options, now time.Time) (*Preview, error) {
	i, err := newImporter(ws, source, opts, "", nil)
	if err != nil {
		return nil, err
	}
	known, err := ws.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	columns := newColumns(i.in)
	rows, err := i.sample(columns)
	if err != nil {
		return nil, err
	}
	found, warnings := i.inference.declarations(known, i.overruling)
	declared := slices.Concat(i.overruling, found)
	p := &Preview{
		Format: i.in.format, Encoding: i.in.encoding, Delimiter: i.in.delimiter.String(),
		Warnings: append(append([]string{}, i.summary.Warnings...), warnings...), Rows: []PreviewRow{},
	}
	t := newTrial(ws, known, declared, opts.Mode, now)
	for _, r := range rows[:min(len(rows), PreviewRows)] {
		shown, err := t.show(ctx, r)
		if err != nil {
			return nil, err
		}
		p.Rows = append(p.Rows, shown)
	}
	p.Columns = columns.describe(i, t.types(rows), declared)
	return p, nil
}

// sample reads the rows from which types are inferred. Where no more can be read because of what the file contains, that
// is a warning.
func (i *importer) sample(columns *columns) ([]row, error) {
	var rows []row
	for size := 0; len(rows) < SampleRows && size < MaxRecordSize; {
		rec, err := i.in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if db.CodeOf(err) == db.BadInput && len(rows) > 0 {
			i.summary.warn("%s", reason(err))
			break
		}
		if err != nil {
			return nil, err
		}
		size += len(rec.raw)
		r := row{record: rec}
		r.prepare(i.mapper)
		if rec.err == nil {
			if document, err := rec.document(); err == nil {
				columns.observe(document)
			}
		}
		if r.hasFields() {
			i.inference.observe(r.patch.Custom, r.exact)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// hasFields says whether the row has all but an email, which it may get by another mapping.
func (r *row) hasFields() bool { return r.err == nil || errors.Is(r.err, errNoEmail) }

// trial applies rows to contacts that are not stored.
type trial struct {
	ws        db.Workspace
	mode      db.UpsertMode
	now       time.Time
	catalogue *db.Catalogue
	contacts  map[string]*db.Contact // by email; those that there would be, nil for nobody
}

func newTrial(ws db.Workspace, known *db.Catalogue, declared []db.FieldDeclaration, mode db.UpsertMode, now time.Time) *trial {
	t := &trial{ws: ws, mode: mode, now: now, catalogue: db.NewCatalogue(known.Fields()), contacts: map[string]*db.Contact{}}
	for _, d := range declared {
		t.catalogue.Declare(d)
	}
	return t
}

// show applies a row and says what became of it.
func (t *trial) show(ctx context.Context, r row) (PreviewRow, error) {
	shown := PreviewRow{Row: r.row}
	var result db.UpsertResult
	err := r.err
	if err == nil {
		result, err = t.upsert(ctx, r.patch)
	}
	switch {
	case db.StoreFailed(err):
		return shown, err
	case err != nil:
		shown.Outcome, shown.Reason, shown.Record = Rejected, reason(err), abbreviate(string(r.raw))
		return shown, nil
	case result.Skipped:
		shown.Outcome = Skipped
		return shown, nil
	case result.Created:
		shown.Outcome = Created
	default:
		shown.Outcome = Updated
	}
	shown.Contact = newDocument(result.Contact)
	return shown, nil
}

func (t *trial) upsert(ctx context.Context, p db.ContactPatch) (db.UpsertResult, error) {
	email := p.MatchEmail()
	stored, known := t.contacts[email]
	if !known && email != "" {
		var err error
		if stored, err = t.ws.ContactByEmail(ctx, email); err != nil && db.CodeOf(err) != db.NotFound {
			return db.UpsertResult{}, err
		}
	}
	next, result, err := p.Upsert(stored, t.mode, t.now)
	if err == nil && !result.Skipped {
		_, err = t.catalogue.Admit(stored, next)
	}
	if err == nil && email != "" {
		t.contacts[email] = result.Contact
	}
	return result, err
}

// types returns a catalogue of nothing but the rows, as they would be stored.
func (t *trial) types(rows []row) *db.Catalogue {
	var declared []db.Field
	for _, f := range t.catalogue.Fields() {
		f.Shape = 0
		declared = append(declared, f)
	}
	seen := db.NewCatalogue(declared)
	for _, r := range rows {
		if !r.hasFields() {
			continue
		}
		if c, err := db.NewContact(r.patch, t.now); err == nil {
			_, _ = seen.Admit(nil, &c) // what is refused would be rejected, and has no part in it
		}
	}
	return seen
}
