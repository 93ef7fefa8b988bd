package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	clients = 8 // that send requests at once

	// Clients at once are measured for some times longer than what is measured alone: they get in each other's way.
	throughputTimes = 5
)

// throughput is of requests that clients send at once, each the next one when it has the answer.
type throughput struct {
	name    string
	rates   []float64 // requests a second, by round
	request figures
}

func measureThroughput(ctx context.Context, o options, p *process, n named) (throughput, error) {
	t := throughput{name: n.name}
	o.time *= throughputTimes
	o.repetitions *= throughputTimes
	err := o.eachRound(func(counts bool) error {
		begin := time.Now()
		times, err := o.together(ctx, p, n)
		if counts && err == nil {
			t.rates = append(t.rates, float64(len(times))/time.Since(begin).Seconds())
			t.request = append(t.request, times)
		}
		return err
	})
	return t, err
}

// together returns the times of the requests of all clients in one round.
func (o options) together(ctx context.Context, p *process, n named) ([]time.Duration, error) {
	group, ctx := errgroup.WithContext(ctx)
	var ofClient [clients][]time.Duration
	for i := range clients {
		group.Go(func() error {
			a, err := p.asking(n)
			if err != nil {
				return err
			}
			ofClient[i], err = o.measure(ctx, func() error { return a.ask(ctx) })
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var all []time.Duration
	for _, times := range ofClient {
		all = append(all, times...)
	}
	return all, nil
}
