package embedded

import (
	"context"

	"segmentql/db"
	"segmentql/filter"
)

// scan is the engine that asks filter.Match of every contact. One pass over them answers all questions of a call.
type scan struct{}

func (scan) count(ctx context.Context, t *tx, filters []filter.Node) ([]int64, error) {
	p := newPass()
	for _, f := range filters {
		p.needs.addFilter(f)
	}
	counts := make([][]int64, p.judges) // of each judge its own
	for i := range counts {
		counts[i] = make([]int64, len(filters))
	}
	err := p.run(ctx, t, func(i int, c *db.Contact) {
		for j, f := range filters {
			if filter.Match(f, c) {
				counts[i][j]++
			}
		}
	})
	if err != nil {
		return nil, err
	}
	total := counts[0]
	for _, part := range counts[1:] {
		for j, n := range part {
			total[j] += n
		}
	}
	return total, nil
}

func (scan) find(ctx context.Context, t *tx, queries []db.ContactQuery) ([]found, error) {
	p := newPass()
	p.shortcut = newShortcut(queries)
	for _, q := range queries {
		p.needs.addFilter(q.Filter)
		p.needs.addSort(q.Sort)
	}
	selections := make([][]selection, p.judges) // of each judge its own
	for i := range selections {
		selections[i] = make([]selection, len(queries))
		for j, q := range queries {
			selections[i][j] = selection{sort: q.Sort, page: q.Page}
		}
	}
	err := p.run(ctx, t, func(i int, c *db.Contact) {
		for j, q := range queries {
			if filter.Match(q.Filter, c) && selections[i][j].offer(c) && p.shortcut != nil {
				p.shortcut.met(j)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	answers := make([]found, len(queries))
	for j := range queries {
		page := &selections[0][j]
		for _, of := range selections[1:] {
			page.merge(&of[j])
		}
		answers[j] = page.found()
	}
	return answers, nil
}
