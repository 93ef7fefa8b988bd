package command

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"segmentql/clone"
	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/db/mongodb"
)

func copyCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:  "copy",
		Usage: "copy all that is in the data directory to an empty MongoDB database; run again, it goes on where it was interrupted",
		Flags: []cli.Flag{dataFlag(), &cli.StringFlag{
			Name: "to", Sources: cli.EnvVars("SEGMENTQL_COPY_TO"), Usage: "the MongoDB, like mongodb://host:27017/database",
		}},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			if c.String("to") == "" {
				return db.Errorf(db.BadInput, "name the MongoDB to copy to, as in --to mongodb://host:27017/database")
			}
			return copyStore(ctx, env, c.String("data"), c.String("to"))
		},
	}
}

func copyStore(ctx context.Context, env environment, dir, uri string) error {
	if err := embedded.CheckExists(dir); err != nil {
		return err
	}
	log := env.logger()
	source, err := embedded.Open(ctx, dir, env.now)
	if err != nil {
		return err
	}
	defer closeStore(ctx, source, log)
	target, err := mongodb.Open(ctx, uri, env.now, log)
	if err != nil {
		return err
	}
	defer closeStore(ctx, target, log)
	if err := target.Load(ctx, func(int64, int64) {}); err != nil { // its indexes
		return err
	}
	parts, err := clone.Store(ctx, source, target, env.phases())
	if err != nil {
		if ctx.Err() != nil {
			_, _ = fmt.Fprintln(env.stderr, "the copy was interrupted; run the same command again, and it goes on")
		}
		return err
	}
	return writeParts(env, parts)
}

// writeParts ends the output with one line that a reader and a script can use.
func writeParts(env environment, parts []clone.Part) error {
	var documents int64
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "WORKSPACE\tCOLLECTION\tDOCUMENTS\tSHA-256\n")
	for _, p := range parts {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%x\n", p.Workspace, p.Collection, p.Documents, p.SHA256)
		documents += p.Documents
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(env.stdout, "verified: %d documents are the same in both stores\n", documents)
	return err
}

// phases returns a function that tells from time to time how far each phase is.
func (e environment) phases() clone.Progress {
	var current clone.Phase
	var tell func(rows int64)
	return func(phase clone.Phase, documents int64) {
		if phase != current {
			current, tell = phase, e.progress(string(phase))
		}
		tell(documents)
	}
}
