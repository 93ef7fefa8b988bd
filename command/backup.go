package command

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"segmentql/db"
	"segmentql/db/embedded"
)

func backupCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:      "backup",
		Usage:     "write the data directory, which may be served meanwhile, to a file",
		ArgsUsage: "FILE",
		Flags:     []cli.Flag{dataFlag(), &cli.BoolFlag{Name: "force", Usage: "replace the file where there is one"}},
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.NArg() != 1 {
				return db.Errorf(db.BadInput, "name one file to write the backup to")
			}
			made, err := embedded.Backup(ctx, c.String("data"), c.Args().First(), c.Bool("force"), env.bytesProgress("backed up"))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(env.stdout, "backed up %s\n", describe(made))
			return err
		},
	}
}

func restoreCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:      "restore",
		Usage:     "make the data directory of a backup",
		ArgsUsage: "FILE",
		Flags:     []cli.Flag{dataFlag(), &cli.BoolFlag{Name: "force", Usage: "replace the store where there is one; it is kept under another name"}},
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.NArg() != 1 {
				return db.Errorf(db.BadInput, "name one backup to restore")
			}
			restored, err := embedded.Restore(ctx, c.Args().First(), c.String("data"), c.Bool("force"), env.now(), env.bytesProgress("restored"))
			if err != nil {
				return err
			}
			if restored.Replaced != "" {
				_, _ = fmt.Fprintf(env.stderr, "the store that was there before is in %s\n", restored.Replaced)
			}
			_, err = fmt.Fprintf(env.stdout, "restored %s\n", describe(restored.Contents))
			return err
		},
	}
}

func describe(c embedded.Contents) string {
	return fmt.Sprintf("%d contacts, %d segments, %d bytes", c.Contacts, c.Segments, c.Bytes)
}

// bytesProgress returns a function that tells from time to time how much is copied, and when what is left is to check it.
func (e environment) bytesProgress(done string) func(copied, total int64) {
	tell := paced(e.now, progressEvery, func(copied, total int64, rate float64) {
		_, _ = fmt.Fprintf(e.stderr, "%s %s of %s, %s a second\n", done, humanBytes(copied), humanBytes(total), humanBytes(int64(rate)))
	})
	return func(copied, total int64) {
		tell(copied, total)
		if copied == total {
			_, _ = fmt.Fprintf(e.stderr, "%s %s; checking that\n", done, humanBytes(total))
		}
	}
}
