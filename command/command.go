// Package command is the command line: it reads the configuration, opens the store and wires the parts together.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"segmentql/db"
)

// workspaceID is the one workspace that there is until people and keys can be told apart.
const workspaceID = "default"

// environment is what commands have from the outside.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
}

// Run runs the command line args, of which the first is the program's name, and returns when the command is done or
// ctx ended. Results go to stdout; progress, logs and the error, if there is one, to stderr.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	env := environment{stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
	app := &cli.Command{
		Name:           "segmentql",
		Usage:          "contacts and segments over GraphQL",
		DefaultCommand: "serve",
		Writer:         stdout,
		ErrWriter:      stderr,
		Commands: []*cli.Command{
			serveCommand(env), demoCommand(env), importCommand(env), exportCommand(env), generateCommand(env), statsCommand(env),
			backupCommand(env), restoreCommand(env), copyCommand(env), fieldsCommand(env),
		},
		ExitErrHandler: func(context.Context, *cli.Command, error) {}, // the caller ends the process
	}
	err := app.Run(ctx, args)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "segmentql: %s\n", explain(err))
	}
	return err
}

// explain returns the text of an error for the terminal. Here, unlike over the network, causes may be told.
func explain(err error) string {
	if known, ok := errors.AsType[*db.Error](err); ok && known.Code != db.Internal {
		return strings.Replace(err.Error(), known.Error(), known.Message, 1)
	}
	return err.Error()
}

// acting returns a context in which everything is done by the command.
func acting(ctx context.Context, c *cli.Command) context.Context {
	return db.Acting(ctx, db.Actor{Kind: db.CommandActor, ID: c.Name})
}

// noArguments refuses what is left of the command line, such as a misspelt command.
func noArguments(c *cli.Command) error {
	if c.NArg() > 0 {
		return db.Errorf(db.BadInput, "there is no command or argument %q here; see segmentql help", c.Args().First())
	}
	return nil
}

// today is the day to which the dates of made-up contacts are relative.
func (e environment) today() time.Time { return e.now().UTC().Truncate(24 * time.Hour) }

func (e environment) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(e.stderr, nil))
}
