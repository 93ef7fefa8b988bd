package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"segmentql/db"
	"segmentql/transfer"
)

// progressEvery is the time between two lines about the progress of a command.
const progressEvery = time.Second

func importCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "create or update contacts, matched by email, from JSON Lines, a JSON array, MongoDB extended JSON or CSV",
		ArgsUsage: "FILE (- for standard input; gzip is recognised)",
		Flags: append(storeFlags(),
			&cli.StringSliceFlag{Name: "map", Usage: "take standard fields from these, as in email=Email,firstName=name.first"},
			&cli.StringSliceFlag{Name: "type", Usage: "declare the type of a field whatever its values look like, as in custom.zip=TEXT"},
			&cli.BoolFlag{Name: "guess", Usage: "take standard fields that are not mapped from those whose names look like them, such as E-Mail"},
			&cli.StringFlag{Name: "mode", Value: "upsert", Usage: "upsert, create (leaves contacts that are there) or update (creates none)"},
			&cli.StringSliceFlag{Name: "tag", Usage: "add this tag to each contact"},
			&cli.StringFlag{Name: "format", Usage: "jsonl, array or csv; recognised unless given"},
			&cli.StringFlag{Name: "encoding", Usage: "of the text, such as windows-1252; recognised unless given, see docs/import.md"},
			&cli.StringFlag{Name: "delimiter", Usage: "between the columns of CSV: a character, or comma, semicolon, tab or pipe; recognised unless given"},
			phoneRegionFlag(),
			&cli.BoolFlag{Name: "dry-run", Usage: "say what would be done, and do nothing"},
			&cli.StringFlag{Name: "rejected", Usage: "write rejected rows with their reasons to this CSV file; FILE.rejected.csv unless given"},
		),
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.NArg() != 1 {
				return db.Errorf(db.BadInput, "name one file to import, or - for standard input")
			}
			return importFile(ctx, env, c, c.Args().First())
		},
	}
}

func importFile(ctx context.Context, env environment, c *cli.Command, name string) error {
	options, err := transfer.Request{
		Map: strings.Join(c.StringSlice("map"), ","), Type: strings.Join(c.StringSlice("type"), ","), Mode: c.String("mode"), Tags: c.StringSlice("tag"),
		Format: c.String("format"), Encoding: c.String("encoding"), Delimiter: c.String("delimiter"), Guess: c.Bool("guess"),
		PhoneRegion: c.String("phone-region"),
	}.Options()
	if err != nil {
		return err
	}
	source, err := openSource(env, name)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	log := env.logger()
	store, err := openStore(ctx, c, env.now, log)
	if err != nil {
		return err
	}
	defer closeStore(ctx, store, log)

	if c.Bool("dry-run") {
		return previewFile(ctx, env, store.Workspace(workspaceID), source, options)
	}
	rejects := rejectedFile{name: c.String("rejected"), source: name}
	switch {
	case rejects.name != "":
	case name == "-":
		rejects.name = "stdin.rejected.csv"
	default:
		rejects.name = name + ".rejected.csv"
	}
	options.Progress, options.Rejected = env.progress("imported"), rejects.open
	summary, err := transfer.Import(acting(ctx, c), store.Workspace(workspaceID), source, options)
	err = errors.Join(err, rejects.close())
	for name, from := range summary.Guessed.All() {
		_, _ = fmt.Fprintf(env.stderr, "%s is taken from %q\n", name, from)
	}
	for _, d := range summary.Declared {
		_, _ = fmt.Fprintf(env.stderr, "declared %s as %s\n", d.Path, d.Type)
	}
	for _, warning := range summary.Warnings {
		_, _ = fmt.Fprintf(env.stderr, "warning: %s\n", warning)
	}
	if summary.Rejected > 0 {
		_, _ = fmt.Fprintf(env.stderr, "the rejected rows are in %s\n", rejects.name)
	}
	_, _ = fmt.Fprintln(env.stdout, summary)
	if err != nil {
		return err
	}
	switch {
	case summary.Rows() == 0:
		_, _ = fmt.Fprintln(env.stderr, "warning: there was no row to import")
	case summary.Rejected == summary.Rows():
		return db.Errorf(db.BadInput, "no row could be imported; the reasons are in %s", rejects.name)
	}
	return nil
}

// previewFile writes what an import would do.
func previewFile(ctx context.Context, env environment, w db.Workspace, source io.Reader, options transfer.Options) error {
	preview, err := transfer.NewPreview(ctx, w, source, options, env.now())
	if err != nil {
		return err
	}
	return preview.WriteText(env.stdout)
}

func openSource(env environment, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(env.stdin), nil
	}
	file, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return nil, db.Errorf(db.BadInput, "cannot read %s: %v", name, errors.Unwrap(err))
	}
	return file, nil
}

// progress returns a function that tells of it from time to time.
func (e environment) progress(done string) func(rows int64) {
	start := e.now()
	last := start
	return func(rows int64) {
		now := e.now()
		if now.Sub(last) < progressEvery {
			return
		}
		last = now
		_, _ = fmt.Fprintf(e.stderr, "%s %d rows, %.0f a second\n", done, rows, float64(rows)/now.Sub(start).Seconds())
	}
}

// rejectedFile is made when the first row is rejected.
type rejectedFile struct {
	name   string
	source string // which it must not be
	file   *os.File
}

func (r *rejectedFile) open() (io.Writer, error) {
	source, sourceErr := os.Stat(r.source)
	target, targetErr := os.Stat(r.name)
	if sourceErr == nil && targetErr == nil && os.SameFile(source, target) {
		return nil, db.Errorf(db.BadInput, "the rejected rows would overwrite the file that is imported; name another with --rejected")
	}
	file, err := os.Create(r.name)
	if err != nil {
		return nil, db.Errorf(db.BadInput, "cannot write the rejected rows to %s: %v; name another file with --rejected", r.name, errors.Unwrap(err))
	}
	r.file = file
	return file, nil
}

func (r *rejectedFile) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
