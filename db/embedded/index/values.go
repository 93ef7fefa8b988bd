package index

import (
	"cmp"
	"sort"
	"time"

	"segmentql/filter"
)

// values are the distinct values of one kind that a field has in a block, in the order of filter.Compare.
type values interface {
	kind() filter.Kind
	len() int
	at(i int) any
	bytes() int64
}

// numbers are sorted by value. Whole numbers from 2^53 on, of which several have the same float64, are in whole, too.
type numbers struct {
	floats []float64
	whole  map[int]int64 // by position
}

func (*numbers) kind() filter.Kind { return filter.KindNumber }
func (n *numbers) len() int        { return len(n.floats) }
func (n *numbers) bytes() int64    { return 8*int64(cap(n.floats)) + 48*int64(len(n.whole)) }

func (n *numbers) at(i int) any {
	if whole, ok := n.whole[i]; ok {
		return whole
	}
	return n.floats[i]
}

// below returns how many of the numbers are below the bound, or with equal also those that equal it.
func (n *numbers) below(bound any, equal bool) int {
	return sort.Search(n.len(), func(i int) bool {
		c := filter.Compare(n.at(i), bound)
		return c > 0 || c == 0 && !equal
	})
}

// ints are sorted: the days of days, the milliseconds of instants, 0 and 1 for truth values.
type ints struct {
	of   filter.Kind
	keys []int64
}

func (n *ints) kind() filter.Kind { return n.of }
func (n *ints) len() int          { return len(n.keys) }
func (n *ints) bytes() int64      { return 8 * int64(cap(n.keys)) }

func (n *ints) at(i int) any {
	switch key := n.keys[i]; n.of {
	case filter.KindDate:
		return filter.Date(key)
	case filter.KindDateTime:
		return time.UnixMilli(key).UTC()
	default:
		return key != 0
	}
}

// from returns how many of the keys are below the key.
func (n *ints) from(key int64) int {
	return sort.Search(n.len(), func(i int) bool { return n.keys[i] >= key })
}

// textValues are texts.
type textValues struct{ texts }

func (*textValues) kind() filter.Kind { return filter.KindText }
func (t *textValues) at(i int) any    { return t.texts.at(i) }

// marker stands for all values of a field that have no value of their own here: nulls, objects, lists within lists.
type marker struct{ value any }

func (m marker) kind() filter.Kind { return filter.KindOf(m.value) }
func (marker) len() int            { return 1 }
func (m marker) at(int) any        { return m.value }
func (marker) bytes() int64        { return 0 }

// find returns where the value stands among values, or would stand, and whether it is there.
func find(in values, v any) (int, bool) {
	if c := cmp.Compare(filter.KindOf(v), in.kind()); c != 0 {
		if c < 0 {
			return 0, false
		}
		return in.len(), false
	}
	if t, ok := in.(*textValues); ok {
		return t.search(v.(string))
	}
	return sort.Find(in.len(), func(i int) int { return filter.Compare(v, in.at(i)) })
}
