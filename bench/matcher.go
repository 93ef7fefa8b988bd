package main

import (
	"context"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// matcherTime bounds the passes of the matcher. The first one is finished in any case.
const matcherTime = time.Minute

// measureMatcher asks the matcher of every contact, with one goroutine and with nothing else timed: what is compared with
// it had to read no document either.
func measureMatcher(ctx context.Context, o options, w db.Workspace, nodes []filter.Node, r *report) error {
	ofFilter := make([]figures, len(nodes))
	begin := time.Now()
	for len(r.passes) == 0 || len(r.passes) < o.rounds && time.Since(begin) < matcherTime {
		p := pass{took: make([]time.Duration, len(nodes)), matched: make([]int64, len(nodes))}
		if err := p.run(ctx, w, nodes); err != nil {
			return err
		}
		r.passes = append(r.passes, []time.Duration{p.reading})
		for i := range nodes {
			ofFilter[i] = append(ofFilter[i], []time.Duration{p.took[i]})
			if err := r.filters[i].checkMembers("the matcher", p.matched[i]); err != nil {
				return err
			}
		}
	}
	for i := range nodes {
		r.filters[i].matcher = ofFilter[i].percentile(50)
	}
	return nil
}

// pass is one pass of the matcher over all contacts.
type pass struct {
	reading time.Duration
	took    []time.Duration // by filter
	matched []int64         // by filter
}

// run takes the contacts in portions, so that memory does not grow with their number.
func (p *pass) run(ctx context.Context, w db.Workspace, nodes []filter.Node) error {
	query := db.ContactQuery{Filter: filter.Const(true), Page: db.Page{Limit: db.MaxPageSize}}
	for {
		start := time.Now()
		pages, err := w.FindContacts(ctx, []db.ContactQuery{query})
		if err != nil {
			return err
		}
		p.reading += time.Since(start)
		contacts := pages[0].Contacts
		for i, n := range nodes {
			start := time.Now()
			for _, c := range contacts {
				if filter.Match(n, c) {
					p.matched[i]++
				}
			}
			p.took[i] += time.Since(start)
		}
		if !pages[0].HasMore {
			return nil
		}
		last := query.Sort.Key(contacts[len(contacts)-1])
		query.Page.After = &last
	}
}
