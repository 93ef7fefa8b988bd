package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/segment"
	"segmentql/transfer"
)

func exportCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:      "export",
		Usage:     "write the members of a segment, or all contacts, as CSV or JSON Lines, all as of one moment",
		ArgsUsage: "SEGMENT (its ID or name)",
		Flags: append(storeFlags(),
			zoneFlag(),
			&cli.BoolFlag{Name: "all", Usage: "write all contacts"},
			&cli.StringFlag{Name: "format", Value: string(transfer.CSV), Usage: "csv or jsonl; jsonl keeps the types of all values"},
			&cli.StringSliceFlag{Name: "columns", Usage: "write these and nothing else, as in email,custom.plan,createdAt"},
			&cli.StringFlag{Name: "output", Usage: "write to this file, which appears when it is complete; standard output unless given"},
		),
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.NArg() > 1 || c.Bool("all") == (c.NArg() == 1) {
				return db.Errorf(db.BadInput, "name one segment to export, or say --all")
			}
			return exportContacts(ctx, env, c)
		},
	}
}

func exportContacts(ctx context.Context, env environment, c *cli.Command) error {
	zone, err := filter.ParseZone(c.String("time-zone"))
	if err != nil {
		return fmt.Errorf("--time-zone: %w", err)
	}
	log := env.logger()
	store, err := openStore(ctx, c, env.now, log)
	if err != nil {
		return err
	}
	defer closeStore(ctx, store, log)
	ws := store.Workspace(workspaceID)
	members := filter.Node(filter.Const(true))
	if !c.Bool("all") {
		parser, err := segment.NewParser(ctx, ws, env.now())
		if err != nil {
			return err
		}
		parser.Zone = zone
		s, err := named(parser, c.Args().First())
		if err != nil {
			return err
		}
		if members, err = segment.Node(parser, s); err != nil {
			return err
		}
	}
	o := transfer.ExportOptions{
		Format: transfer.Format(c.String("format")), Columns: c.StringSlice("columns"), Progress: env.progress("exported"),
	}
	return env.toFile(c.String("output"), func(w io.Writer) error {
		rows, err := transfer.Export(ctx, ws, members, w, o)
		if err == nil {
			_, _ = fmt.Fprintf(env.stderr, "%d exported\n", rows)
		}
		return err
	})
}

// named returns the segment with the ID or, where there is none, the one with that very name.
func named(p segment.Parser, name string) (*db.Segment, error) {
	all, err := p.Library.All()
	if err != nil {
		return nil, err
	}
	var found []*db.Segment
	var ids []string
	for _, s := range all {
		if s.ID == name {
			return s, nil
		}
		if s.Name == name {
			found, ids = append(found, s), append(ids, s.ID)
		}
	}
	switch len(found) {
	case 0:
		return nil, db.Errorf(db.NotFound, "there is no segment with the ID or name %q", name)
	case 1:
		return found[0], nil
	}
	return nil, db.Errorf(db.BadInput, "several segments have the name %q; name one by its ID: %s", name, strings.Join(ids, ", "))
}

// toFile has the file written, and puts it in its place when it is complete. No name is for standard output; what is no
// regular file, such as a pipe, is written to as it is.
func (e environment) toFile(name string, write func(io.Writer) error) error {
	if name == "" {
		return write(e.stdout)
	}
	failed := func(err error) error {
		if path, ok := errors.AsType[*os.PathError](err); ok {
			err = path.Err
		}
		return db.Errorf(db.BadInput, "cannot write %s: %v; name another file with --output", name, err)
	}
	var file *os.File
	var err error
	info, statErr := os.Stat(name)
	inPlace := statErr == nil && !info.Mode().IsRegular()
	if inPlace {
		file, err = os.OpenFile(name, os.O_WRONLY, 0) //nolint:gosec // the user names the file
	} else {
		file, err = os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	}
	if err != nil {
		return failed(err)
	}
	err = write(file)
	if closeErr := file.Close(); err == nil && closeErr != nil {
		err = failed(closeErr)
	}
	if inPlace {
		return err
	}
	if err == nil {
		if err = os.Rename(file.Name(), name); err != nil {
			err = failed(err)
		}
	}
	if err != nil {
		_ = os.Remove(file.Name()) // the error says that there is no file
	}
	return err
}
