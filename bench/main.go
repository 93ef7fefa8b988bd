// Command bench measures SegmentQL with made-up contacts and prints tables of the figures. How it measures, and what it
// found, is in docs/performance.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"segmentql/command"
)

// asServer in the environment makes this program SegmentQL itself: the server that is measured has a process, and so
// memory and processor time, of its own.
const asServer = "SEGMENTQL_BENCH_AS_SERVER"

func main() {
	if start() != nil {
		os.Exit(1)
	}
}

// start fails with what was told to the user already.
func start() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getenv(asServer) != "" {
		return command.Run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr)
	}
	var o options
	var most time.Duration
	flag.IntVar(&o.contacts, "contacts", 10_000, "how many contacts to make, at least 200")
	flag.IntVar(&o.rounds, "rounds", 3, "measure everything so many times, after a round that warms up")
	flag.DurationVar(&o.time, "time", 100*time.Millisecond, "end a measurement of a round after this time, but not before it has one repetition")
	flag.IntVar(&o.repetitions, "repetitions", 1_000, "end a measurement of a round after so many repetitions")
	flag.DurationVar(&most, "most", time.Hour, "give up after this time")
	flag.BoolVar(&o.markdown, "markdown", false, "print Markdown")
	flag.Parse()

	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	err := run(ctx, o, os.Stdout, os.Stderr)
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
	}
	return err
}
