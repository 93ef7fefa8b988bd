package index

import (
	"slices"

	"segmentql/db"
)

// blockBuilder makes a block.
type blockBuilder struct {
	tableBuilder
	ids      textsBuilder
	versions []int64
	fields   int // of all objects together
}

type tableBuilder struct {
	rows   uint32
	parent []uint32
	objectBuilder
}

type objectBuilder struct {
	fields  map[string]*fieldBuilder
	rows    []uint32 // that have the object
	tooMany bool     // of different keys
}

type fieldBuilder struct {
	columnBuilder
	object   objectBuilder
	elements *tableBuilder
	lists    []uint32
	points   points
}

// field returns the field for a key of an object, unless there are too many.
func (b *blockBuilder) field(o *objectBuilder, key []byte, most int) (*fieldBuilder, bool) {
	if o.tooMany {
		return nil, false
	}
	if f := o.fields[string(key)]; f != nil {
		return f, true
	}
	if len(o.fields) >= most || b.fields >= db.MaxFields {
		b.fields -= o.size()
		o.fields, o.tooMany = nil, true
		return nil, false
	}
	if o.fields == nil {
		o.fields = map[string]*fieldBuilder{}
	}
	f := &fieldBuilder{}
	o.fields[string(key)] = f
	b.fields++
	return f, true
}

// size returns how many fields there are.
func (o *objectBuilder) size() int {
	size := len(o.fields)
	for _, f := range o.fields {
		size += f.object.size()
		if f.elements != nil {
			size += f.elements.size()
		}
	}
	return size
}

// element adds a row to the table of elements.
func (f *fieldBuilder) element(parent uint32) *tableBuilder {
	if f.elements == nil {
		f.elements = &tableBuilder{}
	}
	f.elements.rows++
	f.elements.parent = append(f.elements.parent, parent)
	return f.elements
}

func (b *blockBuilder) block() *block {
	return &block{
		table: *b.table(), ids: b.ids.texts(), versions: slices.Clone(b.versions),
	}
}

func (b *tableBuilder) table() *table {
	t := &table{rows: int(b.rows), parent: slices.Clone(b.parent)}
	t.all = newAll(t.rows)
	t.object = b.object(t.rows)
	return t
}

func (o *objectBuilder) object(rows int) object {
	built := object{fields: make(map[string]*field, len(o.fields))}
	if o.tooMany {
		built.unread = setOf(o.rows)
	}
	for key, f := range o.fields {
		built.fields[key] = f.field(rows)
	}
	return built
}

func (f *fieldBuilder) field(rows int) *field {
	slices.Sort(f.lists)
	built := &field{
		column: f.column(rows), object: f.object.object(rows), lists: setOf(slices.Compact(f.lists)),
		points: points{slices.Clone(f.points.rows), slices.Clone(f.points.points)},
	}
	if f.elements != nil {
		built.elements = f.elements.table()
	}
	return built
}
