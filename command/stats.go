package command

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/urfave/cli/v3"

	"segmentql/db"
)

func statsCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:  "stats",
		Usage: "say what each field costs in memory",
		Flags: append(storeFlags(), &cli.BoolFlag{Name: "json", Usage: "write JSON, with sizes in bytes"}),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			log := env.logger()
			store, err := openStore(ctx, c, env.now, log)
			if db.CodeOf(err) == db.Unavailable {
				return fmt.Errorf("%w; what a running server keeps in memory is at /metrics of its --admin-addr", err)
			}
			if err != nil {
				return err
			}
			defer closeStore(ctx, store, log)
			return writeStats(ctx, env, store, c.Bool("json"))
		},
	}
}

// writeStats loads the store, so that all that it would keep in memory is there, and writes what that costs.
func writeStats(ctx context.Context, env environment, store db.Store, asJSON bool) error {
	err := store.Load(ctx, paced(env.now, progressEvery, func(done, total int64, rate float64) {
		_, _ = fmt.Fprintf(env.stderr, "loaded %d of %d contacts, %.0f a second\n", done, total, rate)
	}))
	if err != nil {
		return err
	}
	stats, err := store.Stats(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		if err := json.MarshalWrite(env.stdout, stats, jsontext.WithIndent("  ")); err != nil {
			return err
		}
		_, err = fmt.Fprintln(env.stdout)
		return err
	}
	if len(stats.Workspaces) == 0 {
		_, err = fmt.Fprintln(env.stdout, "This store keeps no contacts in memory.")
		return err
	}
	for i, w := range stats.Workspaces {
		if i > 0 {
			_, _ = fmt.Fprintln(env.stdout)
		}
		if err := writeTable(env.stdout, w); err != nil {
			return err
		}
	}
	return nil
}

func writeTable(out io.Writer, w db.WorkspaceStats) error {
	_, _ = fmt.Fprintf(out, "workspace %s: %d contacts, %s\n", w.ID, w.Contacts, humanBytes(w.Bytes))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "FIELD\tVALUES\tCONTACTS\tBYTES\n")
	for _, f := range w.Fields {
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", f.Path, f.Values, f.Contacts, humanBytes(f.Bytes))
	}
	return table.Flush()
}

// humanBytes writes a number of bytes in the largest unit of which there is one.
func humanBytes(n int64) string {
	const step = 1024
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	size := float64(n)
	for _, unit := range []string{"KiB", "MiB", "GiB"} {
		if size /= step; size < step {
			return fmt.Sprintf("%.1f %s", size, unit)
		}
	}
	return fmt.Sprintf("%.1f TiB", size/step)
}
