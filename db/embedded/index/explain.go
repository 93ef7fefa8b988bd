package index

import (
	"context"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/db"
	"segmentql/filter"
)

// Explain counts the contacts that match the filter and tells of each node by itself how it was answered. Of fresh
// contacts the matcher is asked always.
func (v *Version) Explain(ctx context.Context, n filter.Node, fetch Fetch) (*db.Explanation, error) {
	start := time.Now()
	counts, err := v.Count(ctx, []filter.Node{n}, fetch)
	if err != nil {
		return nil, err
	}
	explanation := &db.Explanation{Matching: counts[0], Duration: time.Since(start)}
	e := explaining{steps: &explanation.Steps}
	v.fresh.each(func(c *db.Contact) { e.fresh = append(e.fresh, c) })
	tables := make([]living, len(v.blocks))
	for i, p := range v.blocks {
		tables[i] = living{&p.table, p.dead}
	}
	e.node(n, 0, tables)
	return explanation, nil
}

// living is a table of which some rows are dead.
type living struct {
	*table
	dead *roaring.Bitmap
}

func (l living) count(set *roaring.Bitmap) int64 {
	return int64(set.GetCardinality() - set.AndCardinality(l.dead))
}

type explaining struct {
	steps *[]db.ExplainedStep
	fresh []*db.Contact // none where elements are asked
}

// node explains a node that is asked of the rows of the tables.
func (e explaining) node(n filter.Node, depth int, tables []living) {
	step := db.ExplainedStep{Node: n, Depth: depth, Method: db.ByIndex}
	start := time.Now()
	rows := int64(0)
	for _, t := range tables {
		a := t.evaluate(n)
		step.Matching += t.count(a.sure)
		step.Undecided += t.count(a.undecided())
		rows += t.count(t.all)
	}
	for _, c := range e.fresh {
		if filter.Match(n, c) {
			step.Matching++
		}
	}
	step.Duration = time.Since(start)
	switch {
	case step.Undecided > 0 && step.Undecided == rows:
		step.Method = db.ByScan
	case step.Undecided > 0:
		step.Method = db.ByCandidates
	}
	*e.steps = append(*e.steps, step)
	switch n := n.(type) {
	case filter.And:
		for _, m := range n {
			e.node(m, depth+1, tables)
		}
	case filter.Or:
		for _, m := range n {
			e.node(m, depth+1, tables)
		}
	case filter.Not:
		e.node(n.Node, depth+1, tables)
	case filter.Many:
		e.node(n.Of, depth+1, tables)
	case filter.Any:
		explaining{steps: e.steps}.node(n.Match, depth+1, elementsOf(tables, n.Path))
	case filter.Const, filter.Has:
	}
}

// elementsOf returns the tables of the elements of lists at a path.
func elementsOf(tables []living, path filter.Path) []living {
	var all []living
	for _, t := range tables {
		all = t.elementsAt(all, t.object, path.Steps(), false)
	}
	return all
}

func (l living) elementsAt(all []living, o object, steps []string, inList bool) []living {
	f := o.fields[steps[0]]
	if f == nil || inList && filter.IsPosition(steps[0]) {
		return all
	}
	if len(steps) > 1 {
		all = l.elementsAt(all, f.object, steps[1:], inList)
	}
	switch {
	case f.elements == nil:
		return all
	case len(steps) > 1:
		elements := l.elements(f.elements)
		return elements.elementsAt(all, elements.object, steps[1:], true)
	default:
		return append(all, l.elements(f.elements))
	}
}

// elements is a table of elements, of which those of dead rows are dead.
func (l living) elements(t *table) living {
	dead := roaring.New()
	for element, parent := range t.parent {
		if l.dead.Contains(parent) {
			dead.AddInt(element)
		}
	}
	return living{t, dead}
}
