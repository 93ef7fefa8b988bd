package command

import (
	"context"

	"github.com/urfave/cli/v3"

	"segmentql/db"
	"segmentql/sample"
)

func generateCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:  "generate",
		Usage: "write made-up contacts as JSON Lines, the same for the same seed and day",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "contacts", Value: 1_000, Usage: "how many"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "what the contacts are made from"},
			&cli.TimestampFlag{
				Name: "as-of", Usage: "the day to which their dates are relative; today unless given",
				Config: cli.TimestampConfig{Layouts: []string{"2006-01-02"}},
			},
		},
		Action: func(_ context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			if c.Int("contacts") < 0 {
				return db.Errorf(db.BadInput, "--contacts must not be negative")
			}
			asOf := c.Timestamp("as-of")
			if asOf.IsZero() {
				asOf = env.today()
			}
			return sample.WriteJSONLines(env.stdout, c.Uint64("seed"), c.Int("contacts"), asOf)
		},
	}
}
