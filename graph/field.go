package graph

import (
	"context"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"segmentql/db"
	"segmentql/fields"
	"segmentql/filter"
)

// Field shapes what is known of a field for the schema.
type Field struct{ db.Field }

// Path of the field.
func (f *Field) Path() (filter.Path, error) { return filter.ParsePath(f.Field.Path) }

// Types that were seen.
func (f *Field) Types() []filter.Kind { return f.Shape.Kinds() }

// Type that was declared.
func (f *Field) Type() *filter.Kind {
	if f.Field.Type == filter.KindNull {
		return nil
	}
	return &f.Field.Type
}

// Label is null where there is none.
func (f *Field) Label() *string { return optional(f.Field.Label) }

// Description is null where there is none.
func (f *Field) Description() *string { return optional(f.Field.Description) }

// Operators that can be asked of the field.
func (f *Field) Operators() []*FieldOperator {
	kinds := append(f.Shape.Kinds(), f.Field.Type)
	var operators []*FieldOperator
	for _, op := range filter.OperatorsFor(kinds) {
		operators = append(operators, &FieldOperator{
			Condition: op.Condition, Name: op.Name, Operand: op.Operand.String(), Meaning: op.Meaning, Negates: optional(op.Negates),
		})
	}
	return operators
}

// FieldValue shapes a value for the schema.
type FieldValue struct{ db.ValueCount }

// Count of the contacts that have the value.
func (v *FieldValue) Count() int32 { return int32(v.ValueCount.Count) }

// askable returns the path of a field, unless it means any key, which no contact has and no filter can ask for.
func (f *Field) askable() (path filter.Path, ok bool, err error) {
	path, err = f.Path()
	return path, err == nil && !slices.Contains(path.Steps(), db.AnyKey), err
}

// contactCount counts the contacts that have the field.
func (r *request) contactCount(ctx context.Context, f *Field) (*int32, error) {
	path, ok, err := f.askable()
	if !ok {
		return nil, err
	}
	count, err := r.count(ctx, filter.Has{Path: path, Test: filter.NotBlank{}})
	return &count, err
}

// fieldValues returns the values of the field that begin with the prefix.
func (r *request) fieldValues(ctx context.Context, f *Field, prefix *string, first *int32) ([]*FieldValue, error) {
	path, ok, err := f.askable()
	if !ok {
		return nil, err
	}
	q := db.ValuesQuery{Path: path, Prefix: deref(prefix), First: db.DefaultValues}
	if first != nil {
		q.First = int(*first)
	}
	found, err := r.workspace.FieldValues(ctx, q)
	values := make([]*FieldValue, len(found))
	for i, v := range found {
		values[i] = &FieldValue{v}
	}
	return values, err
}

// fieldRange returns the range of the field's values, nil where there is none.
func (r *request) fieldRange(ctx context.Context, f *Field) (*db.ValueRange, error) {
	path, ok, err := f.askable()
	if !ok {
		return nil, err
	}
	ranges, err := r.workspace.FieldRanges(ctx, path)
	return ranges.Of(f.Field.Type), err
}

// fieldsOf returns the standard fields and those of the catalogue, or only those under a path, that have the text in
// their path or label.
func fieldsOf(c *db.Catalogue, search string, under *filter.Path) []*Field {
	var all []*Field
	var custom []db.Field
	if under != nil {
		custom = c.FieldsBelow(under.String())
	} else {
		for _, standard := range filter.StandardFields() {
			all = append(all, standardField(standard))
		}
		custom = c.NamedFields()
	}
	for _, f := range custom {
		all = append(all, &Field{f})
	}
	search = strings.ToLower(search)
	return slices.DeleteFunc(all, func(f *Field) bool {
		return !strings.Contains(strings.ToLower(f.Field.Path+"\n"+f.Field.Label), search)
	})
}

func standardField(f filter.StandardField) *Field {
	shape := db.ShapeOf(f.Kind)
	if f.List {
		shape |= db.ShapeOf(filter.KindList)
	}
	return &Field{db.Field{Path: f.Name, Shape: shape, Type: f.Kind}}
}

// fieldAt returns the field at a path, nil where there is none.
func fieldAt(c *db.Catalogue, path filter.Path) *Field {
	if standard, ok := path.Standard(); ok {
		return standardField(standard)
	}
	f, known := c.Field(path.String())
	if !known {
		return nil
	}
	return &Field{f}
}

// declare declares a field, or says what that would do.
func (r *request) declare(ctx context.Context, in DeclareFieldInput) (*DeclareFieldPayload, error) {
	var declared fields.Declaration
	var err error
	if isSet(in.DryRun) {
		declared, err = fields.TryDeclare(ctx, r.workspace, in.declaration())
	} else {
		declared, err = fields.Declare(ctx, r.workspace, r.jobs, in.declaration())
	}
	return &DeclareFieldPayload{&Field{declared.Field}, int32(declared.Misfits), jobOf(declared.Job)}, err
}

// remove removes a field, or says what that would do.
func (r *request) remove(ctx context.Context, in RemoveFieldInput) (*RemoveFieldPayload, error) {
	var removed fields.Removal
	var err error
	if isSet(in.DryRun) {
		removed, err = fields.TryRemove(ctx, r.workspace, in.Path)
	} else {
		removed, err = fields.Remove(ctx, r.workspace, r.jobs, in.Path)
	}
	return &RemoveFieldPayload{in.Path, int32(removed.Contacts), jobOf(removed.Job), append([]string{}, removed.Warnings...)}, err
}

// jobOf is null where there is none.
func jobOf(j *db.Job) *Job {
	if j == nil {
		return nil
	}
	return &Job{j}
}

func isSet(flag graphql.Omittable[*bool]) bool { return flag.Value() != nil && *flag.Value() }

func (in DeclareFieldInput) declaration() db.FieldDeclaration {
	return db.FieldDeclaration{
		Path: in.Path, Type: in.Type,
		Label: deref(in.Label.Value()), Description: deref(in.Description.Value()),
	}
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
