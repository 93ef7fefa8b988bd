package index

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/filter"
)

// Values of a field are collected as pairs of a value and a row, in any order, and sorted in the end.
type (
	numberPair struct {
		float float64
		whole int64 // where several whole numbers have that float64
		row   uint32
	}
	intPair struct {
		key int64
		row uint32
	}
	textPair struct{ text, row uint32 } // the text by its number in a textSet
)

// columnBuilder makes a column.
type columnBuilder struct {
	nulls, objects, emptyLists, fullLists []uint32 // rows
	numbers                               []numberPair
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
		if _, isMarker := r.values.(marker); !isMarker {
			set.addSpan(r, span{0, r.values.len()})
		}
	}
	if c.long != nil {
		set.addSet(c.long.set)
	}
	valued := set.set()
	if set.shared {
		valued = valued.Clone()
	}
	valued.RunOptimize()
	return valued
}

// compareWhole compares numbers with the same float64. One that is no int64 is 2^63, the others are before it.
func (p numberPair) compareWhole(o numberPair) int {
	return cmp.Or(compareTrue(p.whole == 0, o.whole == 0), cmp.Compare(p.whole, o.whole))
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

func numberRun(pairs []numberPair, rows int) run {
	slices.SortFunc(pairs, func(a, b numberPair) int {
		switch {
		case a.float < b.float:
			return -1
		case a.float > b.float:
			return 1
		}
		return cmp.Or(a.compareWhole(b), cmp.Compare(a.row, b.row))
	})
	distinct := 0
	for i := range pairs {
		if i == 0 || pairs[i].float != pairs[i-1].float || pairs[i].whole != pairs[i-1].whole {
			distinct++
		}
	}
	v := &numbers{floats: make([]float64, 0, distinct)}
	ends, of := make([]uint32, 0, distinct), make([]uint32, len(pairs))
	for i, p := range pairs {
		of[i] = p.row
		if i == 0 || p.float != pairs[i-1].float || p.whole != pairs[i-1].whole {
			v.floats, ends = append(v.floats, p.float), append(ends, 0)
			if p.whole != 0 {
				if v.whole == nil {
					v.whole = map[int]int64{}
				}
				v.whole[len(v.floats)-1] = p.whole
			}
		}
		ends[len(ends)-1] = uint32(i + 1)
	}
	return newRun(v, ends, of, rows)
}

func intRun(kind filter.Kind, pairs []intPair, rows int) run {
	slices.SortFunc(pairs, func(a, b intPair) int {
		if c := cmp.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(a.row, b.row)
	})
	distinct := 0
	for i := range pairs {
		if i == 0 || pairs[i].key != pairs[i-1].key {
			distinct++
		}
	}
	v := &ints{of: kind, keys: make([]int64, 0, distinct)}
	ends, of := make([]uint32, 0, distinct), make([]uint32, len(pairs))
	for i, p := range pairs {
		of[i] = p.row
		if i == 0 || p.key != pairs[i-1].key {
			v.keys, ends = append(v.keys, p.key), append(ends, 0)
		}
		ends[len(ends)-1] = uint32(i + 1)
	}
	return newRun(v, ends, of, rows)
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
	slices.Sort(b.rows)
	slices.Sort(b.clipped)
	return &longTexts{
		rows: slices.Clone(b.rows), set: setOf(slices.Compact(slices.Clone(b.rows))),
		words: b.words.run(rows, true), clipped: setOf(slices.Compact(b.clipped)),
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
