package graph

import (
	"context"
	"io"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"segmentql/filter"
)

// column is a field of the contacts, or of the edges, in a list.
type column struct {
	key   string // in JSON, with its colon
	write func(e *encoder, edge *ContactEdge)
}

// rows writes lists of contacts.
type rows struct{ custom *encodings }

// middleware answers lists of contacts that are asked only for what the contacts have in themselves: it writes them row by
// row. gqlgen resolves each field of each contact by itself, with a context and a place for errors that none of these
// fields needs, which takes longer than all else in a request.
func (r rows) middleware(ctx context.Context, next graphql.Resolver) (any, error) {
	result, err := next(ctx)
	if err != nil {
		return result, err
	}
	switch list := result.(type) {
	case []*Contact:
		if columns, ok := columnsOf(selectedIn(ctx), contactTypes(), r.contactColumn); ok {
			edge := &ContactEdge{}
			return writeRows(columns, len(list), func(i int) *ContactEdge { edge.Node = list[i]; return edge }), nil
		}
	case []*ContactEdge:
		if columns, ok := columnsOf(selectedIn(ctx), edgeTypes(), r.edgeColumn); ok {
			return writeRows(columns, len(list), func(i int) *ContactEdge { return list[i] }), nil
		}
	}
	return result, nil
}

func writeRows(columns []column, rows int, row func(i int) *ContactEdge) graphql.Marshaler {
	e := encoder{text: []byte{'['}}
	for i := range rows {
		e.comma(i)
		e.row(columns, row(i))
		if i == 0 {
			// Most rows are about as long as the first, but it may be the only one that is very long.
			const slack, most = 256, 1 << 20
			e.text = slices.Grow(e.text, min(rows*(len(e.text)+slack), most))
		}
	}
	e.text = append(e.text, ']')
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(e.text) })
}

func (e *encoder) row(columns []column, edge *ContactEdge) {
	e.text = append(e.text, '{')
	for i, c := range columns {
		e.comma(i)
		e.text = append(e.text, c.key...)
		c.write(e, edge)
	}
	e.text = append(e.text, '}')
}

// columnsOf returns the columns of the fields within a selection, unless one of them has none.
func columnsOf(s selectionSet, types []string, columnOf func(selectedField) func(*encoder, *ContactEdge)) ([]column, bool) {
	var columns []column
	for _, f := range s.fields(types) {
		write := columnOf(f)
		if write == nil {
			return nil, false
		}
		columns = append(columns, column{`"` + f.Alias + `":`, write})
	}
	return columns, true
}

// edgeColumn returns the column of a field of edges.
func (r rows) edgeColumn(f selectedField) func(*encoder, *ContactEdge) {
	switch f.Name {
	case "__typename":
		return func(e *encoder, _ *ContactEdge) { e.string("ContactEdge") }
	case "cursor":
		return func(e *encoder, edge *ContactEdge) { e.string(edge.Cursor) }
	case "node":
		if columns, ok := columnsOf(f.selections(), contactTypes(), r.contactColumn); ok {
			return func(e *encoder, edge *ContactEdge) { e.row(columns, edge) }
		}
	}
	return nil
}

// contactColumn returns the column of a field of contacts; nil of one that asks for more than the contact.
func (r rows) contactColumn(f selectedField) func(*encoder, *ContactEdge) {
	switch f.Name {
	case "__typename":
		return func(e *encoder, _ *ContactEdge) { e.string("Contact") }
	case "id":
		return func(e *encoder, edge *ContactEdge) { e.string(edge.Node.ID) }
	case "email":
		return func(e *encoder, edge *ContactEdge) { e.optional(edge.Node.Email()) }
	case "phone":
		return func(e *encoder, edge *ContactEdge) { e.optional(edge.Node.Phone()) }
	case "firstName":
		return func(e *encoder, edge *ContactEdge) { e.optional(edge.Node.FirstName()) }
	case "lastName":
		return func(e *encoder, edge *ContactEdge) { e.optional(edge.Node.LastName()) }
	case "status":
		return func(e *encoder, edge *ContactEdge) { e.string(string(edge.Node.Status)) }
	case "subscribedAt":
		return func(e *encoder, edge *ContactEdge) {
			if edge.Node.SubscribedAt == nil {
				e.value(nil)
			} else {
				e.instant(*edge.Node.SubscribedAt)
			}
		}
	case "tags":
		return func(e *encoder, edge *ContactEdge) { e.strings(edge.Node.Tags) }
	case "custom":
		return func(e *encoder, edge *ContactEdge) { r.custom.write(e, edge.Node.Contact) }
	case "value":
		if path, err := f.path(); err == nil {
			return func(e *encoder, edge *ContactEdge) { e.value(filter.Value(edge.Node, path)) }
		}
	case "createdAt":
		return func(e *encoder, edge *ContactEdge) { e.instant(edge.Node.CreatedAt) }
	case "updatedAt":
		return func(e *encoder, edge *ContactEdge) { e.instant(edge.Node.UpdatedAt) }
	case "version":
		return func(e *encoder, edge *ContactEdge) { e.value(edge.Node.Contact.Version) }
	}
	return nil
}
