// Package fields is what is done to the fields of contacts beyond storage: values are converted to a type that is
// declared, fields are removed, and the catalogue is made anew of contacts that other programs write.
package fields

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/job"
)

// Jobs runs jobs; it is a *job.Runner.
type Jobs interface {
	Enqueue(ctx context.Context, j db.Job) (*db.Job, error)
}

// Declaration says what became of one.
type Declaration struct {
	Field   db.Field
	Misfits int64   // contacts that may have values of other types at the path
	Job     *db.Job // converts those values; nil where there are none
}

// TryDeclare says what Declare would do.
func TryDeclare(ctx context.Context, w db.Workspace, d db.FieldDeclaration) (Declaration, error) {
	if err := d.Check(); err != nil {
		return Declaration{}, err
	}
	catalogue, err := w.Catalogue(ctx)
	if err != nil {
		return Declaration{}, err
	}
	f, _ := catalogue.Field(d.Path.String())
	f.Path, f.Type, f.Label, f.Description = d.Path.String(), d.Type, d.Label, d.Description
	misfits, err := count(ctx, w, catalogue.Misfits(d.Path, d.Type))
	return Declaration{Field: f, Misfits: misfits}, err
}

// Declare declares a field. What is written from then on is of the type; a job converts what contacts have already.
func Declare(ctx context.Context, w db.Workspace, jobs Jobs, d db.FieldDeclaration) (Declaration, error) {
	if _, err := w.DeclareField(ctx, d); err != nil {
		return Declaration{}, err
	}
	declared, err := TryDeclare(ctx, w, d)
	if err != nil || declared.Misfits == 0 {
		return declared, err
	}
	text, err := json.Marshal(params{Path: d.Path.String(), Type: d.Type.String()})
	if err != nil {
		return Declaration{}, err
	}
	declared.Job, err = jobs.Enqueue(ctx, db.Job{
		Kind: db.JobConvertField, Title: fmt.Sprintf("Conversion of %s to %s", shown(d.Path), d.Type), Params: text,
	})
	return declared, err
}

// errRedeclared ends a conversion to a type that is not the declared one any more.
var errRedeclared = errors.New("the field was declared anew")

// RunConversion is the job.Kind of conversions. A contact that is written as it is gets what converts into its declared
// type. Then it does not match any more, unless something stays, so that doing it again changes nothing.
func RunConversion(ctx context.Context, run *job.Run) error {
	var p params
	if err := run.Params(&p); err != nil {
		return err
	}
	path, err := filter.ParsePath(p.Path)
	if err != nil {
		return err
	}
	kind, _ := filter.ParseKind(p.Type)
	catalogue, err := run.Workspace.Catalogue(ctx)
	if err != nil {
		return err
	}
	misfits := catalogue.Misfits(path, kind)
	matching, err := count(ctx, run.Workspace, misfits)
	if err != nil {
		return err
	}
	s, err := newSweep(ctx, run, path, db.ContactPatch{}, matching)
	if err != nil {
		return err
	}
	err = s.run(ctx, misfits, func(ctx context.Context) (judge, error) {
		catalogue, err := run.Workspace.Catalogue(ctx)
		if err != nil {
			return nil, err
		}
		if f, _ := catalogue.Field(p.Path); f.Type != kind {
			return nil, errRedeclared
		}
		return func(c *db.Contact) (bool, []*db.Error) { return catalogue.Reread(p.Path, c) }, nil
	})
	if errors.Is(err, errRedeclared) {
		run.Warn(fmt.Sprintf("%s is not declared %s any more; what was not converted until then stays as it was", shown(path), kind))
		return nil
	}
	if err != nil {
		return err
	}
	catalogue, err = run.Workspace.Catalogue(ctx)
	if err != nil {
		return err
	}
	_, err = s.settle(ctx, func(c *db.Contact) bool {
		converts, stay := catalogue.Reread(p.Path, c)
		return converts || len(stay) > 0
	})
	return err
}

func count(ctx context.Context, w db.Workspace, n filter.Node) (int64, error) {
	counts, err := w.CountContacts(ctx, []filter.Node{n})
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}
