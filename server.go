// SegmentQL is a GraphQL API server for contact segments.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones are needed on machines that have none, too

	"segmentql/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command.Run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr); err != nil {
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}
