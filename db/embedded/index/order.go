package index

import (
	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/filter"
)

// ordering is how the rows of a block stand in one term of a sort: at positions, of which 0 is that of null, and each
// distinct value has one of its own.
type ordering struct {
	runs    []*run // of the values by which rows are placed
	valued  *roaring.Bitmap
	outside *roaring.Bitmap // rows that have a list or an object there
	unknown *roaring.Bitmap // rows of which the value is not in the index
}

func (b *block) ordering(path filter.Path) ordering {
	var outside, unknown []*roaring.Bitmap
	order := ordering{valued: none()}
	o, steps := b.object, path.Steps()
	for i, step := range steps {
		if o.unread != nil {
			unknown = append(unknown, o.unread)
		}
		f := o.fields[step]
		if f == nil {
			break
		}
		outside = append(outside, f.lists)
		if o = f.object; i < len(steps)-1 {
			continue
		}
		order.valued = f.valued
		if f.long != nil {
			unknown = append(unknown, f.long.set)
		}
		for i := range f.runs {
			switch r := &f.runs[i]; r.values.kind() {
			case filter.KindObject:
				outside = append(outside, r.set(b.rows))
			case filter.KindNumber, filter.KindText, filter.KindDate, filter.KindBoolean, filter.KindDateTime:
				order.runs = append(order.runs, r)
			case filter.KindNull, filter.KindList:
			}
		}
	}
	order.outside, order.unknown = roaring.FastOr(outside...), roaring.FastOr(unknown...)
	return order
}

// set returns the rows of all values.
func (r *run) set(rows int) *roaring.Bitmap {
	b := newSetBuilder(rows)
	b.addSpan(r, span{0, r.values.len()})
	return b.set()
}

// positions is how many positions there are.
func (o *ordering) positions() int {
	n := 1
	for _, r := range o.runs {
		n += r.values.len()
	}
	return n
}

// at returns the value at a position, which is not 0: the run it is in and where there.
func (o *ordering) at(position int) (*run, int) {
	i := position - 1
	for _, r := range o.runs {
		if i < r.values.len() {
			return r, i
		}
		i -= r.values.len()
	}
	panic("index: no such position")
}

// value returns the value at a position.
func (o *ordering) value(position int) any {
	if position == 0 {
		return nil
	}
	r, i := o.at(position)
	return r.values.at(i)
}

// mark is where something stands among the positions: twice the position and one if it is at it, twice the position
// if it is between it and the one before.
func (o *ordering) mark(v any) int {
	if v == nil {
		return markOf(0)
	}
	position := 1
	for _, r := range o.runs {
		i, found := find(r.values, v)
		position += i
		if found {
			return markOf(position)
		}
		if i < r.values.len() {
			break
		}
	}
	return 2 * position
}

func markOf[N int | uint32](n N) int { return 2*int(n) + 1 }

// byRow returns the position of each row.
func (o *ordering) byRow(rows int) []uint32 {
	positions := make([]uint32, rows)
	next := uint32(1)
	for _, r := range o.runs {
		for i := range r.values.len() {
			s := span{i, i + 1}
			for _, row := range r.between(s) {
				positions[row] = next
			}
			next++
		}
		for _, d := range r.dense {
			position := next - uint32(r.values.len()-d.value)
			for it := d.rows.Iterator(); it.HasNext(); {
				positions[it.Next()] = position
			}
		}
	}
	return positions
}
