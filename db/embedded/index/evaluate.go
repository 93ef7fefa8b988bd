package index

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/filter"
)

// answer says for which rows of a table something holds: for those in sure, and perhaps for others in possible, which
// has those in sure, too. Where nothing is left open they are one and the same set.
type answer struct{ sure, possible *roaring.Bitmap }

func exactly(set *roaring.Bitmap) answer { return answer{set, set} }

func (a answer) exact() bool { return a.sure == a.possible }

// undecided returns the rows of which the index cannot tell.
func (a answer) undecided() *roaring.Bitmap {
	if a.exact() {
		return none()
	}
	return roaring.AndNot(a.possible, a.sure)
}

// evaluate says for which rows of the table a node holds.
func (t *table) evaluate(n filter.Node) answer {
	switch n := n.(type) {
	case filter.Const:
		if n {
			return exactly(t.all)
		}
		return exactly(none())
	case filter.And:
		all := exactly(t.all)
		for i, m := range n {
			if i == 0 {
				all = t.evaluate(m)
			} else {
				all = all.and(t.evaluate(m))
			}
			if all.possible.IsEmpty() {
				break
			}
		}
		return all
	case filter.Or:
		answers := make([]answer, len(n))
		for i, m := range n {
			answers[i] = t.evaluate(m)
		}
		return union(answers...)
	case filter.Not:
		return t.not(t.evaluate(n.Node))
	case filter.Has:
		return t.reach(t.object, n.Path.Steps(), false, func(t *table, f *field) answer { return f.answer(t.rows, f.points, n.Test) })
	case filter.Any:
		return t.reach(t.object, n.Path.Steps(), false, func(t *table, f *field) answer {
			if f.elements == nil {
				return exactly(none())
			}
			return t.parents(f.elements.evaluate(n.Match), f.elements)
		})
	case filter.Many:
		return t.many(n)
	}
	panic("index: unknown node")
}

func (a answer) and(b answer) answer {
	sure := roaring.And(a.sure, b.sure)
	if a.exact() && b.exact() {
		return exactly(sure)
	}
	return answer{sure, roaring.And(a.possible, b.possible)}
}

func union(answers ...answer) answer {
	answers = slices.DeleteFunc(answers, func(a answer) bool { return a.possible.IsEmpty() })
	switch len(answers) {
	case 0:
		return exactly(none())
	case 1:
		return answers[0]
	}
	sure, exact := make([]*roaring.Bitmap, len(answers)), true
	for i, a := range answers {
		sure[i] = a.sure
		exact = exact && a.exact()
	}
	if exact {
		return exactly(roaring.FastOr(sure...))
	}
	possible := make([]*roaring.Bitmap, len(answers))
	for i, a := range answers {
		possible[i] = a.possible
	}
	return answer{roaring.FastOr(sure...), roaring.FastOr(possible...)}
}

func (t *table) not(a answer) answer {
	impossible := roaring.Flip(a.possible, 0, uint64(t.rows))
	if a.exact() {
		return exactly(impossible)
	}
	return answer{impossible, roaring.Flip(a.sure, 0, uint64(t.rows))}
}

// reach says for which rows at holds at the end of a path from the object on, be it in elements of lists on the way.
// Within lists, keys of digits address nothing; see filter.IsPosition.
func (t *table) reach(o object, steps []string, inList bool, at func(*table, *field) answer) answer {
	unread := answer{none(), o.unread}
	if o.unread == nil {
		unread = exactly(none())
	}
	f := o.fields[steps[0]]
	if f == nil || inList && filter.IsPosition(steps[0]) {
		return unread
	}
	if len(steps) == 1 {
		return union(unread, at(t, f))
	}
	below := t.reach(f.object, steps[1:], inList, at)
	if f.elements == nil {
		return union(unread, below)
	}
	inElements := f.elements.reach(f.elements.object, steps[1:], true, at)
	return union(unread, below, t.parents(inElements, f.elements))
}

// parents says which rows have an element for which the answer holds.
func (t *table) parents(a answer, elements *table) answer {
	up := func(set *roaring.Bitmap) *roaring.Bitmap {
		b := newSetBuilder(t.rows)
		b.addParents(set, elements.parent)
		return b.set()
	}
	if a.exact() {
		return exactly(up(a.sure))
	}
	return answer{up(a.sure), up(a.possible)}
}

// answer says which rows have a value that passes the test.
func (c *column) answer(rows int, p points, test filter.Test) answer {
	if circle, ok := test.(filter.Within); ok {
		return exactly(p.within(rows, circle))
	}
	known := exactly(c.rowsWith(rows, test))
	if mentionsCircle(test) {
		// Which object a point is of is not known here.
		known = union(known, answer{none(), p.set()})
	}
	if c.long == nil {
		return known
	}
	return union(known, c.long.answer(rows, test))
}

// rowsWith returns the rows with a value, that is not a long text, that passes the test.
func (c *column) rowsWith(rows int, test filter.Test) *roaring.Bitmap {
	set := newSetBuilder(rows)
	var whole []*run // runs of values of which all pass
	values := 0      // how many runs of values there are
	for i := range c.runs {
		r := &c.runs[i]
		isMarker := r.isMarker()
		if !isMarker {
			values++
		}
		passing(r.values, test, func(s span) {
			if !isMarker && s == (span{0, r.values.len()}) {
				whole = append(whole, r)
			} else {
				set.addSpan(r, s)
			}
		})
	}
	if len(whole) == values && c.long == nil {
		set.addSet(c.valued)
		return set.set()
	}
	for _, r := range whole {
		set.addSpan(r, span{0, r.values.len()})
	}
	return set.set()
}

func mentionsCircle(t filter.Test) bool {
	tests, ok := t.(filter.AllOf)
	_, isCircle := t.(filter.Within)
	return isCircle || ok && slices.ContainsFunc(tests, mentionsCircle)
}

func (p *points) within(rows int, circle filter.Within) *roaring.Bitmap {
	holds, set := circle.Holds(), newSetBuilder(rows)
	for i, point := range p.points {
		if holds(point) {
			set.add(p.rows[i : i+1])
		}
	}
	return set.set()
}

func (p *points) set() *roaring.Bitmap { return setOf(p.rows) }
