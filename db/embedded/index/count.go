package index

import (
	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/filter"
)

// many counts, for each row of the table, of what the node counts: at least so many there are, and at most so many.
func (t *table) many(n filter.Many) answer {
	c := newCounts(t.rows)
	switch of := n.Of.(type) {
	case filter.Has:
		t.count(c, t.object, of.Path.Steps(), false, func(t *table, c *counts, f *field) { f.count(t.rows, c, of.Test) })
	case filter.Any:
		t.count(c, t.object, of.Path.Steps(), false, func(_ *table, c *counts, f *field) {
			if f.elements != nil {
				c.addParents(f.elements.evaluate(of.Match), f.elements.parent)
			}
		})
	}
	holds := func(least, most []uint32) *roaring.Bitmap {
		set := newSetBuilder(t.rows)
		for row := range t.rows {
			if int(most[row]) >= n.Min && (n.Max == nil || int(least[row]) <= *n.Max) {
				set.add([]uint32{uint32(row)})
			}
		}
		return set.set()
	}
	if c.exact() {
		return exactly(holds(c.least, c.least))
	}
	possible := holds(c.least, c.most)
	// Surely as many as Min says where there are at least so many, and no more than Max where there are at most so many.
	return answer{roaring.AndNot(holds(c.most, c.least), c.unknown), roaring.Or(possible, c.unknown)}
}

// counts are the least and the most that the rows of a table may have. Of those in unknown nothing is known.
type counts struct {
	least, most []uint32 // the same slice as long as nothing is open
	unknown     *roaring.Bitmap
}

func newCounts(rows int) *counts {
	least := make([]uint32, rows)
	return &counts{least: least, most: least, unknown: none()}
}

func (c *counts) exact() bool { return len(c.least) == 0 || &c.least[0] == &c.most[0] }

// open makes most differ from least.
func (c *counts) open() {
	if c.exact() {
		c.most = append([]uint32(nil), c.least...)
	}
}

// add adds n things that a row has, of which it is sure or not.
func (c *counts) add(row, n uint32, sure bool) {
	if !sure {
		c.open()
		c.most[row] += n
		return
	}
	c.least[row] += n
	if !c.exact() {
		c.most[row] += n
	}
}

// addUnread takes note of rows of which nothing is known.
func (c *counts) addUnread(rows *roaring.Bitmap) {
	if rows != nil && !rows.IsEmpty() {
		c.open()
		c.unknown = roaring.Or(c.unknown, rows)
	}
}

// addElements adds what the elements of lists have.
func (c *counts) addElements(of *counts, parent []uint32) {
	for element, row := range parent {
		if n := of.least[element]; n > 0 {
			c.add(row, n, true)
		}
		if n := of.most[element] - of.least[element]; n > 0 {
			c.add(row, n, false)
		}
	}
	if !of.unknown.IsEmpty() {
		b := newSetBuilder(len(c.least))
		b.addParents(of.unknown, parent)
		c.addUnread(b.set())
	}
}

// addParents adds each element of which the answer holds to its parent.
func (c *counts) addParents(a answer, parent []uint32) {
	addAll := func(set *roaring.Bitmap, sure bool) {
		for it := set.Iterator(); it.HasNext(); {
			c.add(parent[it.Next()], 1, sure)
		}
	}
	addAll(a.sure, true)
	addAll(a.undecided(), false)
}

// count counts what at counts at the end of a path from the object on, as reach does.
func (t *table) count(c *counts, o object, steps []string, inList bool, at func(*table, *counts, *field)) {
	c.addUnread(o.unread)
	f := o.fields[steps[0]]
	if f == nil || inList && filter.IsPosition(steps[0]) {
		return
	}
	if len(steps) == 1 {
		at(t, c, f)
		return
	}
	t.count(c, f.object, steps[1:], inList, at)
	if f.elements != nil {
		inner := newCounts(f.elements.rows)
		f.elements.count(inner, f.elements.object, steps[1:], true, at)
		c.addElements(inner, f.elements.parent)
	}
}

// count counts the values of the field that pass the test.
func (f *field) count(rows int, c *counts, test filter.Test) {
	for i := range f.runs {
		r := &f.runs[i]
		passing(r.values, test, func(s span) {
			for _, row := range r.between(s) {
				c.add(row, 1, true)
			}
			for _, d := range r.denseBetween(s) {
				for it := d.rows.Iterator(); it.HasNext(); {
					c.add(it.Next(), 1, true)
				}
			}
		})
	}
	if mentionsCircle(test) {
		c.addUnread(f.points.set()) // an object may stand for two points and counts once
	}
	if f.long == nil {
		return
	}
	a := f.long.answer(rows, test)
	single := len(f.long.rows) == int(f.long.set.GetCardinality())
	for _, row := range f.long.rows {
		if a.possible.Contains(row) {
			c.add(row, 1, a.sure.Contains(row) && single)
		}
	}
}
