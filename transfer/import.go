// Package transfer brings contacts into a workspace from files, and into files: CSV, JSON Lines, JSON arrays and MongoDB extended
// JSON. Files are streamed: memory does not grow with them.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"segmentql/db"
	"segmentql/job"
)

// What is written at once ends where either is reached, so that memory is bounded whatever the records are like, and
// other writers need not wait for long.
const (
	BatchRows = 200
	batchSize = 1 << 20 // bytes, and the rest of a record
)

// SampleRows are those from which types are inferred, or fewer if they are large.
const SampleRows = 1_000

// Import reads contacts from source and writes each to the contact of the workspace with its email, or creates
// that contact, as far as the mode allows. Before it writes the first one it declares the fields whose types a sample of
// the rows suggests.
//
// A row that is not a contact is rejected, and the import goes on. Import fails with BadInput for wrong options,
// and where the source cannot be read to its end, the store fails, or ctx ends. Then the error says, as the summary
// does, what was applied; it stays applied, and importing the same source again changes none of it twice.
func Import(ctx context.Context, ws db.Workspace, source io.Reader, opts Options) (Summary, error) {
	i, err := newImporter(ws, source, opts, "", &rejects{open: opts.Rejected, progress: opts.Progress})
	if err != nil {
		return Summary{}, err
	}
	if err := i.run(ctx); err != nil {
		return i.summary, fmt.Errorf("the import stopped: %w. The first %d rows are applied (%s); import the file again to apply all of it", err, i.summary.Rows(), i.summary)
	}
	return i.summary, nil
}

// importer is one import under way.
type importer struct {
	ws         db.Workspace
	in         *file
	mapper     *mapper
	looksLike  Mapping    // what the names of the fields suggest
	inference  *inference // nil once the fields are declared
	overruling []db.FieldDeclaration
	journal    journal
	summary    Summary
}

// journal takes note of what becomes of the rows.
type journal interface {
	// reject takes note of a row that is rejected.
	reject(ctx context.Context, r row) error

	// written takes note of all that the import has done until now.
	written(ctx context.Context, i *importer) error
}

func newImporter(ws db.Workspace, source io.Reader, opts Options, jobID string, j journal) (*importer, error) {
	if err := opts.Mapping.check(); err != nil {
		return nil, err
	}
	overruling, err := opts.Types.declarations()
	if err != nil {
		return nil, err
	}
	in, err := open(source, opts)
	if err != nil {
		return nil, err
	}
	i := &importer{ws: ws, in: in, inference: newInference(in.untyped()), overruling: overruling, journal: j, summary: Summary{Mode: opts.Mode}}
	i.looksLike = guess(opts.Mapping, in.sources())
	if opts.Guess {
		opts.Mapping, i.summary.Guessed = merged(opts.Mapping, i.looksLike), i.looksLike
	} else if source := i.looksLike["email"]; source != "" {
		i.summary.warn("%q looks like the email, but becomes custom.%s: map it with email=%s, or ask for guessed mappings", source, source, source)
	}
	i.mapper = newMapper(in, opts, jobID)
	return i, nil
}

// row is a record on its way to the store; err says why it does not get there.
type row struct {
	record
	patch db.ContactPatch
	exact bool // its texts are texts: see exactKey
}

func (r *row) prepare(m *mapper) {
	r.patch, r.exact, r.err = m.prepare(r.record)
	r.document = nil
}

func (i *importer) run(ctx context.Context) error {
	var held []*portion // until the fields are declared
	rows, size := 0, 0  // of the sample
	for p := range portions(i.in, i.mapper) {
		held = append(held, p)
		if i.inference != nil {
			i.observe(p)
			rows, size = rows+len(p.rows), size+p.size
			if rows < SampleRows && size < MaxRecordSize && p.last == nil {
				continue
			}
			if err := i.declare(ctx); err != nil {
				return err
			}
			i.inference = nil
		}
		for _, p := range held {
			if err := i.write(ctx, p.rows); err != nil {
				return err
			}
		}
		held = nil
		if errors.Is(p.last, io.EOF) {
			i.warnOfMissing()
			return nil
		}
		if err := errors.Join(p.last, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// warnOfMissing warns of mapped fields that no row had.
func (i *importer) warnOfMissing() {
	if i.summary.Rows() > 0 {
		for _, name := range i.mapper.missing() {
			i.summary.warn("no row has the field %q, which is mapped to %s", i.mapper.mapping[name], name)
		}
	}
}

// observe takes the rows that become contacts for a part of the sample.
func (i *importer) observe(p *portion) {
	for _, r := range p.rows {
		if r.err == nil {
			i.inference.observe(r.patch.Custom, r.exact)
		}
	}
}

// declare declares the fields whose types were given or are found in the sample.
func (i *importer) declare(ctx context.Context) error {
	known, err := i.ws.Catalogue(ctx)
	if err != nil {
		return err
	}
	found, warnings := i.inference.declarations(known, i.overruling)
	i.summary.Warnings = append(i.summary.Warnings, warnings...)
	for _, d := range slices.Concat(i.overruling, found) {
		if _, err := i.ws.DeclareField(ctx, d); err != nil {
			return fmt.Errorf("%s cannot be declared as %s: %w", d.Path, d.Type, err)
		}
		i.summary.Declared = append(i.summary.Declared, d)
	}
	return nil
}

func (i *importer) write(ctx context.Context, batch []row) error {
	if len(batch) == 0 {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	results, err := i.upsert(ctx, batch)
	if err != nil {
		return err
	}
	for n, r := range batch {
		if r.err == nil {
			r.err = results[n].Err
		}
		if err := i.count(ctx, r, results[n]); err != nil {
			return err
		}
	}
	return i.journal.written(ctx, i)
}

// upsert returns a result for each row. It fails where the store does.
func (i *importer) upsert(ctx context.Context, batch []row) ([]db.UpsertResult, error) {
	ctx, cancel := job.WithGrace(ctx)
	defer cancel()
	var patches []db.ContactPatch
	for _, r := range batch {
		if r.err == nil {
			patches = append(patches, r.patch)
		}
	}
	var results []db.UpsertResult
	if len(patches) > 0 {
		var err error
		if results, err = i.ws.UpsertContacts(ctx, patches, i.summary.Mode); err != nil {
			return nil, err
		}
	}
	all := make([]db.UpsertResult, len(batch))
	for n, r := range batch {
		if r.err != nil {
			continue
		}
		all[n], results = results[0], results[1:]
		if err := all[n].Err; err != nil && db.StoreFailed(err) {
			return nil, err
		}
	}
	return all, nil
}

func (i *importer) count(ctx context.Context, r row, result db.UpsertResult) error {
	switch {
	case r.err != nil:
		i.summary.Rejected++
		return i.journal.reject(ctx, r)
	case result.Created:
		i.summary.Created++
	case result.Skipped:
		i.summary.Skipped++
	default:
		i.summary.Updated++
	}
	return nil
}
