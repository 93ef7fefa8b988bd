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
	order   []*fieldBuilder // as they came first
	next    int             // position in order of the field that is likely next
	rows    []uint32        // that have the object
	tooMany bool            // of different keys
}

type fieldBuilder struct {
	columnBuilder
	key      string
	position int // among those of the object
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
	if o.next < len(o.order) && o.order[o.next].key == string(key) {
		o.next++
		return o.order[o.next-1], true
	}
	if f := o.fields[string(key)]; f != nil {
		o.next = f.position + 1
		return f, true
	}
	if len(o.fields) >= most || b.fields >= db.MaxFields {
		b.giveUp(o)
		return nil, false
	}
	if o.fields == nil {
		o.fields = map[string]*fieldBuilder{}
	}
	f := &fieldBuilder{key: string(key), position: len(o.order)}
	o.fields[f.key], o.order = f, append(o.order, f)
	o.next = len(o.order)
	b.fields++
	return f, true
}

// giveUp is for an object with too many keys.
func (b *blockBuilder) giveUp(o *objectBuilder) {
	b.fields -= o.size()
	o.fields, o.order, o.tooMany = nil, nil, true
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
	built := &block{table: *b.table(), ids: b.ids.texts(), versions: slices.Clone(b.versions)}
	built.emails = built.emailFilter()
	return built
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
		if !f.empty() {
			built.fields[key] = f.field(rows)
		}
	}
	return built
}

func (f *fieldBuilder) field(rows int) *field {
	built := &field{
		column: f.column(rows), object: f.object.object(rows), lists: setOf(f.lists),
		points: points{slices.Clone(f.points.rows), slices.Clone(f.points.points)},
	}
	if f.elements != nil {
		built.elements = f.elements.table()
	}
	return built
}

// empty says that no row has anything here: rows of an earlier block had.
func (f *fieldBuilder) empty() bool {
	return f.columnBuilder.empty() && len(f.lists) == 0
}

// reset makes the builder one of another block, with the memory that it has.
func (b *blockBuilder) reset() {
	b.tableBuilder.reset()
	b.ids.reset()
	b.versions = b.versions[:0]
	b.fields = b.size()
}

func (b *tableBuilder) reset() {
	b.rows, b.parent = 0, b.parent[:0]
	b.objectBuilder.reset()
}

func (o *objectBuilder) reset() {
	o.next, o.rows, o.tooMany = 0, o.rows[:0], false
	for _, f := range o.order {
		f.reset()
		f.lists, f.points.rows, f.points.points = f.lists[:0], f.points.rows[:0], f.points.points[:0]
		f.object.reset()
		if f.elements != nil {
			f.elements.reset()
		}
	}
}
