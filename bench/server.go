package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// serverFigures are those of the server's process.
type serverFigures struct {
	start          figures // until it is ready
	started, after memory  // before and after the requests
}

// measureServer measures what is seen of a server from the outside.
func measureServer(ctx context.Context, o options, data string, r *report) (err error) {
	p, err := r.server.measureStart(ctx, o, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	r.server.started = memoryOf(p.id)
	if err := measureRequests(ctx, o, p, r.filters); err != nil {
		return err
	}
	for _, f := range r.filters {
		if f.name != twoEqualities && f.name != orAndNot {
			continue
		}
		t, err := measureThroughput(ctx, o, p, f.named)
		if err != nil {
			return err
		}
		r.throughput = append(r.throughput, t)
	}
	r.server.after = memoryOf(p.id)
	return nil
}

// measureStart starts a server, which the last start leaves running.
func (s *serverFigures) measureStart(ctx context.Context, o options, data string) (*process, error) {
	for {
		p, err := startProcess(ctx, data)
		if err != nil {
			return nil, err
		}
		s.start = append(s.start, []time.Duration{p.ready})
		if len(s.start) == o.rounds {
			return p, nil
		}
		if err := p.stop(); err != nil {
			return nil, err
		}
	}
}

// measureRequests measures the request with each filter, and learns how many members each has.
func measureRequests(ctx context.Context, o options, p *process, results []result) error {
	var all []measured
	var asked []*asking
	for i := range results {
		a, err := p.asking(results[i].named)
		if err != nil {
			return err
		}
		asked = append(asked, a)
		all = append(all, measured{&results[i].request, func() error { return a.ask(ctx) }})
	}
	if err := o.measureAll(ctx, all); err != nil {
		return err
	}
	for i := range results {
		var err error
		if results[i].members, err = asked[i].members(); err != nil {
			return fmt.Errorf("%s: %w", results[i].name, err)
		}
	}
	return nil
}
