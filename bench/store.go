package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/segment"
)

// measureStore measures the store without a server, and the matcher by which to judge it.
func measureStore(ctx context.Context, o options, data string, r *report) (err error) {
	w, closeStore, err := openWorkspace(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	parser, err := segment.NewParser(ctx, w, time.Now())
	if err != nil {
		return err
	}
	nodes := make([]filter.Node, len(r.filters))
	for i, f := range r.filters {
		if nodes[i], err = f.parse(parser); err != nil {
			return err
		}
	}
	if err := measureCalls(ctx, o, w, nodes, r.filters); err != nil {
		return err
	}
	if err := measureMatcher(ctx, o, w, nodes, r); err != nil {
		return err
	}
	r.updates, err = measureUpdates(ctx, o, w, firstEmail(r.asOf), r.asOf)
	return err
}

// measureCalls measures the calls of the store with each filter.
func measureCalls(ctx context.Context, o options, w db.Workspace, nodes []filter.Node, results []result) error {
	var all []measured
	for i := range results {
		asked, query := []filter.Node{nodes[i]}, []db.ContactQuery{results[i].query(nodes[i])}
		all = append(all, measured{&results[i].count, func() error {
			counts, err := w.CountContacts(ctx, asked)
			if err == nil {
				err = results[i].checkMembers("the store", counts[0])
			}
			return err
		}}, measured{&results[i].page, func() error {
			_, err := w.FindContacts(ctx, query)
			return err
		}})
	}
	return o.measureAll(ctx, all)
}

// checkMembers keeps wrong answers from being measured.
func (r *result) checkMembers(who string, members int64) error {
	if members != r.members {
		return fmt.Errorf("%s: the server counts %d members, %s %d; did a day begin meanwhile?", r.name, r.members, who, members)
	}
	return nil
}
