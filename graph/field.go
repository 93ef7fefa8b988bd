package graph

import (
	"slices"
	"strings"

	"segmentql/db"
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

// fieldsOf returns the standard fields and those of the catalogue that have the text in their path or label.
func fieldsOf(c *db.Catalogue, search string) []*Field {
	var fields []*Field
	for _, standard := range filter.StandardFields() {
		shape := db.ShapeOf(standard.Kind)
		if standard.List {
			shape |= db.ShapeOf(filter.KindList)
		}
		fields = append(fields, &Field{db.Field{Path: standard.Name, Shape: shape, Type: standard.Kind}})
	}
	for _, f := range c.Fields() {
		fields = append(fields, &Field{f})
	}
	search = strings.ToLower(search)
	return slices.DeleteFunc(fields, func(f *Field) bool {
		return !strings.Contains(strings.ToLower(f.Field.Path+"\n"+f.Field.Label), search)
	})
}

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
