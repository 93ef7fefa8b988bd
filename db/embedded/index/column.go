package index

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/filter"
)

// pair is a value of a field and a row that has it. They are collected in any order and sorted in the end.
type pair[V comparable] struct {
	value V
	row   uint32
}

// The values of pairs.
type (
	numberValue struct {
		float float64
		whole int64 // where several whole numbers have that float64
	}
	intPair  = pair[int64]
	textPair = pair[uint32] // the text by its number in a textSet
)

// columnBuilder makes a column.
type columnBuilder struct {
	nulls, objects, emptyLists, fullLists []uint32 // rows
	numbers                               []pair[numberValue]
	days, booleans, instants              []intPair
	texts                                 textSet
	long                                  longTextsBuilder
}

// newRun makes a run of values whose rows are in of, up to ends; the table has that many rows.
func newRun(values values, ends, of []uint32, rows int) run {
	r := run{values: values}
	const (
		denseRows = 256 // fewer take less memory in a list
		densePart = 16
	)
	kept, start := 0, uint32(0)
	for i, end := range ends {
		here := of[start:end]
		start = end
		if len(here) >= denseRows && len(here)*densePart >= rows && strictlyAscending(here) {
			r.dense = append(r.dense, dense{i, setOf(here)})
		} else {
			kept += copy(of[kept:], here)
		}
		ends[i] = uint32(kept)
	}
	r.rows, r.ends = slices.Clone(of[:kept]), ends
	if kept == len(ends) && len(r.dense) == 0 {
		r.ends = nil
		for i, end := range ends {
			if end != uint32(i+1) {
				r.ends = ends
				break
			}
		}
	}
	return r
}

func strictlyAscending(rows []uint32) bool {
	for i := 1; i < len(rows); i++ {
		if rows[i] <= rows[i-1] {
			return false
		}
	}
	return true
}

// setOf returns the rows as a set, in whatever order and however often they are there.
func setOf(rows []uint32) *roaring.Bitmap {
	set := roaring.New()
	set.AddMany(rows)
	set.RunOptimize()
	return set
}

func (b *columnBuilder) empty() bool {
	return len(b.nulls)+len(b.objects)+len(b.emptyLists)+len(b.fullLists)+len(b.numbers)+len(b.days)+len(b.booleans)+
		len(b.instants)+len(b.texts.pairs)+len(b.long.rows) == 0
}

// reset makes the builder empty, and leaves it its memory.
func (b *columnBuilder) reset() {
	for _, rows := range []*[]uint32{&b.nulls, &b.objects, &b.emptyLists, &b.fullLists} {
		*rows = (*rows)[:0]
	}
	for _, pairs := range []*[]intPair{&b.days, &b.booleans, &b.instants} {
		*pairs = (*pairs)[:0]
	}
	b.numbers = b.numbers[:0]
	b.texts.reset()
	b.long.reset()
}

func (b *columnBuilder) column(rows int) column {
	var c column
	add := func(r run) {
		if r.values.len() > 0 {
			c.runs = append(c.runs, r)
		}
	}
	mark := func(value any, of []uint32) {
		if len(of) > 0 {
			slices.Sort(of)
			add(newRun(marker{value}, []uint32{uint32(len(of))}, of, rows))
		}
	}
	mark(nil, b.nulls)
	add(numberRun(b.numbers, rows))
	add(b.texts.run(rows, false))
	mark(filter.Object{}, b.objects)
	add(intRun(filter.KindDate, b.days, rows))
	mark([]any{}, b.emptyLists)
	mark([]any{nil}, b.fullLists)
	add(intRun(filter.KindBoolean, b.booleans, rows))
	add(intRun(filter.KindDateTime, b.instants, rows))
	c.long = b.long.longTexts(rows)
	c.valued = c.rowsWithValues(rows)
	return c
}

func (c *column) rowsWithValues(rows int) *roaring.Bitmap {
	set := newSetBuilder(rows)
	for i := range c.runs {
		r := &c.runs[i]
		if !r.isMarker() {
			set.addSpan(r, span{0, r.values.len()})
		}
	}
	if c.long != nil {
		set.addSet(c.long.set)
	}
	valued := set.set().Clone()
	valued.RunOptimize()
	return valued
}

// compareWhole compares numbers with the same float64. One that is no int64 is 2^63, the others are before it.
func (v numberValue) compareWhole(o numberValue) int {
	return cmp.Or(compareTrue(v.whole == 0, o.whole == 0), cmp.Compare(v.whole, o.whole))
}

func compareTrue(a, b bool) int {
	switch {
	case a && !b:
		return 1
	case b && !a:
		return -1
	}
	return 0
}

func numberRun(pairs []pair[numberValue], rows int) run {
	slices.SortFunc(pairs, func(a, b pair[numberValue]) int {
		switch {
		case a.value.float < b.value.float:
			return -1
		case a.value.float > b.value.float:
			return 1
		}
		return cmp.Or(a.value.compareWhole(b.value), cmp.Compare(a.row, b.row))
	})
	ends, of := grouped(pairs)
	v := &numbers{floats: make([]float64, len(ends))}
	for i, end := range ends {
		value := pairs[end-1].value
		v.floats[i] = value.float
		if value.whole != 0 {
			if v.whole == nil {
				v.whole = map[int]int64{}
			}
			v.whole[i] = value.whole
		}
	}
	return newRun(v, ends, of, rows)
}

func intRun(kind filter.Kind, pairs []intPair, rows int) run {
	slices.SortFunc(pairs, func(a, b intPair) int {
		if c := cmp.Compare(a.value, b.value); c != 0 {
			return c
		}
		return cmp.Compare(a.row, b.row)
	})
	ends, of := grouped(pairs)
	v := &ints{of: kind, keys: make([]int64, len(ends))}
	for i, end := range ends {
		v.keys[i] = pairs[end-1].value
	}
	return newRun(v, ends, of, rows)
}

// grouped returns the rows of sorted pairs, and of each distinct value where its rows end.
func grouped[V comparable](pairs []pair[V]) (ends, of []uint32) {
	isLast := func(i int) bool { return i+1 == len(pairs) || pairs[i+1].value != pairs[i].value }
	distinct := 0
	for i := range pairs {
		if isLast(i) {
			distinct++
		}
	}
	ends, of = make([]uint32, 0, distinct), make([]uint32, len(pairs))
	for i, p := range pairs {
		if of[i] = p.row; isLast(i) {
			ends = append(ends, uint32(i+1))
		}
	}
	return ends, of
}

// longTextsBuilder makes longTexts.
type longTextsBuilder struct {
	rows    []uint32
	words   textSet
	clipped []uint32
}

func (b *longTextsBuilder) longTexts(rows int) *longTexts {
	if len(b.rows) == 0 {
		return nil
	}
	return &longTexts{
		rows: slices.Clone(b.rows), set: setOf(b.rows), words: b.words.run(rows, true), clipped: setOf(b.clipped),
	}
}

func (b *longTextsBuilder) reset() {
	b.rows, b.clipped = b.rows[:0], b.clipped[:0]
	b.words.reset()
}

// add takes the words of a text.
func (b *longTextsBuilder) add(text string, row uint32) {
	b.rows = append(b.rows, row)
	eachWord(text, func(start, end int) {
		if end-start > maxWord {
			b.clipped = append(b.clipped, row)
		} else {
			b.words.add([]byte(text[start:end]), row)
		}
	})
}
