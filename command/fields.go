package command

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"segmentql/fields"
)

func fieldsCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:  "fields",
		Usage: "work on the catalogue of fields",
		Commands: []*cli.Command{{
			Name:  "scan",
			Usage: "make the catalogue anew of all contacts, such as those that other programs write to MongoDB; servers may run meanwhile",
			Flags: storeFlags(),
			Action: func(ctx context.Context, c *cli.Command) error {
				if err := noArguments(c); err != nil {
					return err
				}
				return scanFields(ctx, env, c)
			},
		}},
	}
}

// scanFields ends the output with one line that a reader and a script can use.
func scanFields(ctx context.Context, env environment, c *cli.Command) error {
	log := env.logger()
	store, err := openStore(ctx, c, env.now, log)
	if err != nil {
		return err
	}
	defer closeStore(ctx, store, log)
	scan, err := fields.Rescan(ctx, store.Workspace(workspaceID), env.progress("read"))
	if err != nil {
		return err
	}
	for text, contacts := range scan.Strange() {
		_, _ = fmt.Fprintf(env.stderr, "warning: %d contacts %s\n", contacts, text)
	}
	_, err = fmt.Fprintf(env.stdout, "%d fields in %d contacts, %d of them new, %d forgotten\n", scan.Fields, scan.Contacts, scan.New, scan.Forgotten)
	return err
}
