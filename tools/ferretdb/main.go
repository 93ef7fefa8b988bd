// Command ferretdb serves MongoDB's wire protocol on a free loopback port, backed by SQLite files, so that
// tests have a MongoDB without installing one. It prints its MongoDB URI as the one line on standard output.
//
// It runs until its standard input ends, or it is interrupted or terminated. A test process that holds the
// other end of standard input can thus never leave it behind, however it dies.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	data := flag.String("data", "", "folder for the SQLite files; by default a temporary one, removed at exit")
	flag.Parse()

	if err := run(*data); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

// run serves the databases in data, or in a temporary folder where data is empty, until the program is to end.
func run(data string) error {
	if data == "" {
		dir, err := os.MkdirTemp("", "ferretdb-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)

		data = dir
	}

	data, err := filepath.Abs(data)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}

	db, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Handler:   "sqlite",
		SQLiteURL: "file:" + data + "/",
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()

	ended := make(chan error, 1)
	go func() { ended <- db.Run(ctx) }()

	// The address is known only once Run has started; MongoDBURI waits for it.
	fmt.Println(db.MongoDBURI())

	return <-ended
}
