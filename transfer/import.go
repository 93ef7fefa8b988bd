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
)

// What is written at once ends where either is reached, so that memory is bounded whatever the records are like, and
// other writers need not wait for long.
const (
	BatchRows = 200
	batchSize = 1 << 20 // bytes, and the rest of a record
)

// SampleRows are those from which types are inferred, or fewer if they are large.
const SampleRows = 1_000

// Options say how a file is imported. The zero value imports documents in the API's own shape, and documents of any
// other shape that have an email.
type Options struct {
	Format  Format
	Mapping Mapping
	Types   Types // declared whatever the values look like

	// Progress, where it is set, is called after each batch with the number of rows that are dealt with.
	Progress func(rows int64)

	// Rejected, where it is set, is called when the first row is rejected. Import writes the rejected rows to what
	// it returns, as CSV with the columns row, reason and record; closing it is left to the caller.
	Rejected func() (io.Writer, error)
}

// Import reads contacts from source and writes each to the contact of the workspace with its email, or creates
// that contact. Before it writes the first one it declares the fields whose types a sample of the rows suggests.
//
// A row that is not a contact is rejected, and the import goes on. Import fails with BadInput for wrong options,
// and where the source cannot be read to its end, the store fails, or ctx ends. Then the error says, as the summary
// does, what was applied; it stays applied, and importing the same source again changes none of it twice.
func Import(ctx context.Context, ws db.Workspace, source io.Reader, opts Options) (Summary, error) {
	if err := opts.Mapping.check(); err != nil {
		return Summary{}, err
	}
	overruling, err := opts.Types.declarations()
	if err != nil {
		return Summary{}, err
	}
	in, err := newReader(source, opts.Format)
	if err != nil {
		return Summary{}, err
	}
	i := importer{
		ws:         ws,
		in:         in,
		mapper:     newMapper(opts.Mapping),
		inference:  newInference(in.untyped()),
		overruling: overruling,
		rejects:    rejects{open: opts.Rejected},
		progress:   opts.Progress,
	}
	if err := i.run(ctx); err != nil {
		return i.summary, fmt.Errorf("the import stopped: %w. The first %d rows are applied (%s); import the file again to apply all of it", err, i.summary.Rows(), i.summary)
	}
	if i.summary.Rows() > 0 {
		for _, name := range i.mapper.missing() {
			i.summary.warn("no row has the field %q, which is mapped to %s", opts.Mapping[name], name)
		}
	}
	return i.summary, nil
}

// importer is one import under way.
type importer struct {
	ws         db.Workspace
	in         reader
	mapper     *mapper
	inference  *inference // nil once the fields are declared
	overruling []db.FieldDeclaration
	rejects    rejects
	progress   func(rows int64)
	summary    Summary
}

// row is a record on its way to the store; err says why it does not get there.
type row struct {
	record
	patch db.ContactPatch
	exact bool // its texts are texts: see exactKey
}

func (r *row) prepare(m *mapper) {
	document, err := r.read()
	if err == nil {
		r.exact = takeExact(document)
		r.patch, err = m.patch(document)
	}
	r.document, r.err = nil, err
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
			return nil
		}
		if err := errors.Join(p.last, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
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
	i.summary.Warnings = warnings
	for _, d := range slices.Concat(i.overruling, found) {
		if _, err := i.ws.DeclareField(ctx, d); err != nil {
			return fmt.Errorf("%s cannot be declared as %s: %w", d.Path, d.Type, err)
		}
		i.summary.Declared = append(i.summary.Declared, d)
	}
	return nil
}

func (i *importer) write(ctx context.Context, batch []row) error {
	var patches []db.ContactPatch
	for _, r := range batch {
		if r.err == nil {
			patches = append(patches, r.patch)
		}
	}
	var results []db.UpsertResult
	if len(patches) > 0 {
		var err error
		if results, err = i.ws.UpsertContacts(ctx, patches); err != nil {
			return err
		}
	}
	for _, r := range batch {
		var result db.UpsertResult
		if r.err == nil {
			result, results = results[0], results[1:]
			r.err = result.Err
		}
		switch {
		case r.err != nil && db.StoreFailed(r.err):
			return r.err
		case r.err != nil:
			i.summary.Rejected++
			if err := i.rejects.write(r); err != nil {
				return err
			}
		case result.Created:
			i.summary.Created++
		default:
			i.summary.Updated++
		}
	}
	if err := i.rejects.flush(); err != nil {
		return err
	}
	if i.progress != nil && len(batch) > 0 {
		i.progress(i.summary.Rows())
	}
	return nil
}
