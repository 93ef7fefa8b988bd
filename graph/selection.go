package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"segmentql/filter"
)

// selectionSet is what an operation asks for within a field.
type selectionSet struct {
	operation *graphql.OperationContext
	set       ast.SelectionSet
}

// selectedIn returns what is asked for within the field that is being resolved.
func selectedIn(ctx context.Context) selectionSet {
	return selectionSet{graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field.Selections}
}

// selectedField is a field in a selectionSet.
type selectedField struct {
	graphql.CollectedField
	operation *graphql.OperationContext
}

// fields returns those that are selected of an object that is of all the types: of each alias one, those of fragments,
// too, and without what is skipped.
func (s selectionSet) fields(types []string) []selectedField {
	collected := graphql.CollectFields(s.operation, s.set, types)
	fields := make([]selectedField, len(collected))
	for i, f := range collected {
		fields[i] = selectedField{f, s.operation}
	}
	return fields
}

func (f selectedField) selections() selectionSet { return selectionSet{f.operation, f.Selections} }

// path returns the argument of that name.
func (f selectedField) path() (filter.Path, error) {
	p, err := UnmarshalFieldPath(f.ArgumentMap(f.operation.Variables)["path"])
	if err != nil {
		return p, err
	}
	return p, filter.CheckContactPath(p)
}

// The types that objects are of.
func contactTypes() []string    { return []string{"Contact", "Node"} }
func edgeTypes() []string       { return []string{"ContactEdge"} }
func connectionTypes() []string { return []string{"ContactConnection"} }

// wanted is what an operation asks for of a list of contacts.
type wanted struct {
	page   bool
	total  bool
	fields []string // as db.ContactQuery has them
}

// wantedOf returns what is asked for within a ContactConnection.
func wantedOf(s selectionSet) wanted {
	w := wanted{fields: []string{}}
	for _, f := range s.fields(connectionTypes()) {
		switch f.Name {
		case "totalCount":
			w.total = true
		case "pageInfo":
			w.page = true
		case "nodes":
			w.page = true
			w.add(f.selections())
		case "edges":
			w.page = true
			for _, f := range f.selections().fields(edgeTypes()) {
				if f.Name == "node" {
					w.add(f.selections())
				}
			}
		}
	}
	return w
}

// fieldsOfContacts returns which fields of contacts are asked for, as db.ContactQuery has them.
func fieldsOfContacts(s selectionSet) []string {
	w := wanted{fields: []string{}}
	w.add(s)
	return w.fields
}

// add adds what is asked for within a contact.
func (w *wanted) add(s selectionSet) {
	for _, f := range s.fields(contactTypes()) {
		path := f.Name
		switch f.Name {
		case "id", "version", "__typename", "activity": // which every contact has, or is read by itself
			continue
		case "statusChanges":
			w.addPaths("statusChanges", "status", "createdAt", "createdBy")
			continue
		case "segments": // whose filters may ask for anything
			w.fields = nil
			return
		case "mergedFrom":
			path = "merged"
		case "value":
			p, err := f.path()
			if err != nil {
				continue // of which the resolver tells
			}
			path = p.String()
		}
		w.addPaths(path)
	}
}

func (w *wanted) addPaths(paths ...string) {
	for _, path := range paths {
		if w.fields != nil && !slices.Contains(w.fields, path) {
			w.fields = append(w.fields, path)
		}
	}
}
