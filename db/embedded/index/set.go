package index

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// Sets of rows are Roaring bitmaps that are never changed once they are made: answers share them.

func newAll(rows int) *roaring.Bitmap {
	set := roaring.New()
	set.AddRange(0, uint64(rows))
	return set
}

// none is the empty set.
func none() *roaring.Bitmap { return roaring.New() }

// setBuilder collects rows of a table.
type setBuilder struct {
	rows   int
	sets   []*roaring.Bitmap
	sparse []uint32
	words  []uint64 // a bit for each row, once there are many
}

func newSetBuilder(rows int) *setBuilder { return &setBuilder{rows: rows} }

const wordSize = 64

// add adds rows.
func (b *setBuilder) add(rows []uint32) {
	const sparsePart = 64 // from then on a bit for each row takes less time than sorting
	if b.words == nil && (len(b.sparse)+len(rows))*sparsePart < b.rows {
		b.sparse = append(b.sparse, rows...)
		return
	}
	b.fill()
	for _, row := range rows {
		b.words[row/wordSize] |= 1 << (row % wordSize)
	}
}

func (b *setBuilder) fill() {
	if b.words != nil {
		return
	}
	b.words = make([]uint64, (b.rows+wordSize-1)/wordSize)
	for _, row := range b.sparse {
		b.words[row/wordSize] |= 1 << (row % wordSize)
	}
	b.sparse = nil
}

// addParents adds the parents of elements.
func (b *setBuilder) addParents(elements *roaring.Bitmap, parent []uint32) {
	if elements.IsEmpty() {
		return
	}
	b.fill()
	it := elements.ManyIterator()
	var buffer [512]uint32
	for n := it.NextMany(buffer[:]); n > 0; n = it.NextMany(buffer[:]) {
		for _, element := range buffer[:n] {
			row := parent[element]
			b.words[row/wordSize] |= 1 << (row % wordSize)
		}
	}
}

func (b *setBuilder) addSet(set *roaring.Bitmap) {
	if set != nil && !set.IsEmpty() {
		b.sets = append(b.sets, set)
	}
}

// addSpan adds the rows of the values.
func (b *setBuilder) addSpan(r *run, s span) {
	b.add(r.between(s))
	if len(r.dense) > 0 {
		for _, d := range r.denseBetween(s) {
			b.addSet(d.rows)
		}
	}
}

// set returns the rows. It may be a set that was added.
func (b *setBuilder) set() *roaring.Bitmap {
	switch {
	case b.words != nil:
		b.sets = append(b.sets, roaring.FromDense(b.words, false))
	case len(b.sparse) > 0:
		slices.Sort(b.sparse) // which adding takes less time with
		b.sets = append(b.sets, roaring.BitmapOf(b.sparse...))
	}
	switch len(b.sets) {
	case 0:
		return none()
	case 1:
		return b.sets[0]
	}
	return roaring.FastOr(b.sets...)
}
