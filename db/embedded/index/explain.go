package index

import (
	"context"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// Explain counts the contacts that match the filter and tells of each node by itself how it was answered. Fresh
// contacts, of which the matcher is asked, are in the number of the whole filter only.
func (v *Version) Explain(ctx context.Context, n filter.Node, fetch Fetch) (*db.Explanation, error) {
	start := time.Now()
	counts, err := v.Count(ctx, []filter.Node{n}, fetch)
	if err != nil {
		return nil, err
	}
	explanation := &db.Explanation{Matching: counts[0], Duration: time.Since(start)}
	e := explaining{steps: &explanation.Steps}
	tables := make([]*table, len(v.blocks))
	for i, p := range v.blocks {
		tables[i] = &p.table
	}
	e.node(n, 0, tables)
	explanation.Steps[0].Matching = counts[0]
	return explanation, nil
}

type explaining struct{ steps *[]db.ExplainedStep }

// node explains a node that is asked of the rows of the tables.
func (e explaining) node(n filter.Node, depth int, tables []*table) {
	step := db.ExplainedStep{Node: n, Depth: depth, Method: db.ByIndex}
	start := time.Now()
	rows := int64(0)
	for _, t := range tables {
		a := t.evaluate(n)
		step.Matching += int64(a.sure.GetCardinality())
		step.Undecided += int64(a.undecided().GetCardinality())
		rows += int64(t.rows)
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
		e.node(n.Match, depth+1, elementsOf(tables, n.Path))
	case filter.Const, filter.Has:
	}
}

// elementsOf returns the tables of the elements of lists at a path.
func elementsOf(tables []*table, path filter.Path) []*table {
	var all []*table
	for _, t := range tables {
		collect := reacher{}
		collect.at = func(_ *table, f *field) answer {
			if f.elements != nil {
				all = append(all, f.elements)
			}
			return exactly(none())
		}
		collect.up = func(elements *table, o object, rest []string) answer {
			return elements.reach(o, rest, true, collect)
		}
		t.reach(t.object, path.Steps(), false, collect)
	}
	return all
}
