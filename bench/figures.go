package main

import (
	"context"
	"math"
	"slices"
	"time"
)

// figures are the times that something took, by the rounds in which they were measured.
type figures [][]time.Duration

// all returns all times in ascending order.
func (f figures) all() []time.Duration { return slices.Sorted(slices.Values(slices.Concat(f...))) }

// percentile returns the smallest time that p per cent of all do not exceed.
func (f figures) percentile(p float64) time.Duration { return percentile(f.all(), p) }

// spread is how far the medians of the rounds are apart: half of the range, as a part of the median. It says how much
// of a figure is noise.
func (f figures) spread() float64 {
	var medians []float64
	for _, round := range f {
		medians = append(medians, float64(figures{round}.percentile(50)))
	}
	return spread(medians)
}

func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}

func spread(values []float64) float64 {
	middle := median(values)
	if middle == 0 {
		return 0
	}
	return (slices.Max(values) - slices.Min(values)) / 2 / middle
}

// median returns the middle one of the values, 0 where there is none.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	switch n := len(sorted); {
	case n == 0:
		return 0
	case n%2 == 0:
		return (sorted[n/2-1] + sorted[n/2]) / 2
	default:
		return sorted[n/2]
	}
}

// eachRound calls do for a round that warms up, and then for those that count. Measuring everything in each round, and
// not one thing after the other, shows noise that comes and goes.
func (o options) eachRound(do func(counts bool) error) error {
	for round := range 1 + o.rounds {
		if err := do(round > 0); err != nil {
			return err
		}
	}
	return nil
}

// measure repeats something, within the limits of one round.
func (o options) measure(ctx context.Context, do func() error) ([]time.Duration, error) {
	var times []time.Duration
	begin := time.Now()
	for len(times) == 0 || len(times) < o.repetitions && time.Since(begin) < o.time {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start := time.Now()
		if err := do(); err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
	}
	return times, nil
}

// measured is a measurement and where its times go.
type measured struct {
	into *figures
	do   func() error
}

// measureAll measures each in each round.
func (o options) measureAll(ctx context.Context, all []measured) error {
	return o.eachRound(func(counts bool) error {
		for _, m := range all {
			times, err := o.measure(ctx, m.do)
			if err != nil {
				return err
			}
			if counts {
				*m.into = append(*m.into, times)
			}
		}
		return nil
	})
}
