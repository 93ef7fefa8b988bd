package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
)

// options say what is measured, and for how long.
type options struct {
	contacts    int
	rounds      int           // that count; one to warm up comes before them
	repetitions int           // of one measurement in one round, at most
	time        time.Duration // of one measurement in one round
	markdown    bool
}

func (o options) check() error {
	if o.contacts < 200 || o.rounds < 1 || o.repetitions < 1 || o.time <= 0 {
		return errors.New("there must be 200 contacts and a round at least, and some time for repetitions")
	}
	return nil
}

// report is everything that was measured.
type report struct {
	machine    string
	contacts   int
	asOf       time.Time // the day to which the dates of contacts are relative
	load       load
	server     serverFigures
	filters    []result
	passes     figures // in which the matcher's contacts were read
	throughput []throughput
	updates    updates
}

// result is what was measured with one filter.
type result struct {
	named
	members int64
	count   figures       // CountContacts
	page    figures       // FindContacts
	request figures       // over HTTP
	matcher time.Duration // Match of every contact
}

// run measures, writes the tables to out, and says in progress what it does meanwhile.
func run(ctx context.Context, o options, out, progress io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "segmentql-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	say := func(what string) { _, _ = fmt.Fprintf(progress, "%s: %s\n", time.Now().Format(time.TimeOnly), what) }

	r := report{machine: machine(), contacts: o.contacts, asOf: time.Now().UTC().Truncate(24 * time.Hour)}
	for _, f := range filters(firstEmail(r.asOf)) {
		r.filters = append(r.filters, result{named: f})
	}
	data := filepath.Join(dir, "data")
	say(fmt.Sprintf("making and loading %d contacts", o.contacts))
	if r.load, err = measureLoad(ctx, dir, data, o.contacts, r.asOf); err != nil {
		return err
	}
	say("measuring the server")
	if err := measureServer(ctx, o, data, &r); err != nil {
		return err
	}
	say("measuring the store")
	if err := measureStore(ctx, o, data, &r); err != nil {
		return err
	}
	return r.print(out, o)
}

// workspace is the one that the server serves.
const workspace = "default"

// openWorkspace opens the store in this process, which nobody else must have open.
func openWorkspace(ctx context.Context, data string) (w db.Workspace, closeStore func() error, err error) {
	store, err := embedded.Open(ctx, data, time.Now)
	if err != nil {
		return nil, nil, err
	}
	return store.Workspace(workspace), func() error { return store.Close(context.WithoutCancel(ctx)) }, nil
}
