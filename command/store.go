package command

import (
	"context"
	"log/slog"
	"time"

	"github.com/urfave/cli/v3"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/db/mongodb"
)

// closeTimeout bounds how long a store may take to finish what is under way.
const closeTimeout = 20 * time.Second

func storeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "mongodb-uri", Sources: cli.EnvVars("MONGODB_URI"),
			Usage: "keep the data in this MongoDB; pool, timeouts and the database are set in the URI",
		},
		dataFlag(),
	}
}

func dataFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "data", Sources: cli.EnvVars("SEGMENTQL_DATA"), Value: "./data",
		Usage: "keep the data in this directory where there is no MongoDB",
	}
}

// openStore opens the store that the flags name; this is the one place that knows which one it is.
func openStore(ctx context.Context, c *cli.Command, now func() time.Time, log *slog.Logger) (db.Store, error) {
	if uri := c.String("mongodb-uri"); uri != "" {
		log.InfoContext(ctx, "the data is in MongoDB")
		return mongodb.Open(ctx, uri, now, log)
	}
	log.InfoContext(ctx, "the data is in a directory", "directory", c.String("data"))
	return embedded.Open(ctx, c.String("data"), now)
}

func closeStore(ctx context.Context, store db.Store, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	if err := store.Close(ctx); err != nil {
		log.ErrorContext(ctx, "the store did not close", "cause", err)
	}
}
