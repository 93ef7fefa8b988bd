package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/urfave/cli/v3"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/graph"
)

// Limits of connections.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	shutdownTimeout   = 20 * time.Second
	maxHeaderBytes    = 64 << 10
)

func serveFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "addr", Sources: cli.EnvVars("SEGMENTQL_ADDR"), Value: "127.0.0.1:8080",
			Usage: "listen on this address; there is no access control yet, so it must be of this machine",
		},
		&cli.StringSliceFlag{
			Name: "cors-origins", Sources: cli.EnvVars("SEGMENTQL_CORS_ORIGINS"),
			Usage: "web pages of these origins may use the API, such as https://app.example.com",
		},
		&cli.DurationFlag{
			Name: "timeout", Sources: cli.EnvVars("SEGMENTQL_TIMEOUT"), Value: graph.DefaultTimeout,
			Usage: "end an operation after this time",
		},
		&cli.Int64Flag{
			Name: "max-body", Sources: cli.EnvVars("SEGMENTQL_MAX_BODY"), Value: graph.DefaultMaxBody,
			Usage: "take at most this many bytes in a request",
		},
		limitFlag("max-filter-depth", "SEGMENTQL_MAX_FILTER_DEPTH", filter.MaxDepth, "nest filters at most so deep"),
		limitFlag("max-filter-conditions", "SEGMENTQL_MAX_FILTER_CONDITIONS", filter.MaxConditions, "take at most this many conditions in a filter"),
		limitFlag("max-filter-values", "SEGMENTQL_MAX_FILTER_VALUES", filter.MaxValues, "take at most this many values in a list of a filter"),
		limitFlag("max-filter-pattern", "SEGMENTQL_MAX_FILTER_PATTERN", filter.MaxPattern, "take at most this many characters in a pattern of a filter"),
	}
}

// limitFlag is for a limit that can be lowered.
func limitFlag(name, env string, most int, usage string) cli.Flag {
	return &cli.IntFlag{Name: name, Sources: cli.EnvVars(env), Value: most, Usage: usage + "; the default is the most"}
}

func filterLimits(c *cli.Command) filter.Limits {
	return filter.Limits{
		Depth: c.Int("max-filter-depth"), Conditions: c.Int("max-filter-conditions"),
		Values: c.Int("max-filter-values"), Pattern: c.Int("max-filter-pattern"), Text: filter.MaxText,
	}
}

func serveCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "serve the GraphQL API and the playground",
		Flags: append(storeFlags(), serveFlags()...),
		Action: func(ctx context.Context, c *cli.Command) error {
			listener, err := listen(ctx, c)
			if err != nil {
				return err
			}
			defer func() { _ = listener.Close() }()
			log := env.logger()
			store, err := openStore(ctx, c, env.now, log)
			if err != nil {
				return err
			}
			defer closeStore(ctx, store, log)
			return serve(ctx, c, listener, store, log, func(address string) {
				_, _ = fmt.Fprintf(env.stdout, "SegmentQL listens on %s (playground: %s/playground)\n", address, address)
			})
		},
	}
}

// serve answers requests until ctx ends, and then finishes those under way. It calls listening with the server's URL
// once requests are answered.
func serve(ctx context.Context, c *cli.Command, listener net.Listener, store db.Store, log *slog.Logger, listening func(url string)) error {
	handler, err := newHandler(handlerOptions{
		store: store, log: log, origins: c.StringSlice("cors-origins"),
		timeout: c.Duration("timeout"), maxBody: c.Int64("max-body"), limits: filterLimits(c),
	})
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      readTimeout + c.Duration("timeout"),
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	listening("http://" + listener.Addr().String())

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	log.Info("shutting down: finishing the requests under way")
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	return server.Shutdown(stopping)
}

// listen opens the address, which must be of this machine only. It comes before all that takes time or leaves traces.
func listen(ctx context.Context, c *cli.Command) (net.Listener, error) {
	if err := noArguments(c); err != nil {
		return nil, err
	}
	address := c.String("addr")
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, db.Errorf(db.BadInput, "%q is not an address like 127.0.0.1:8080", address)
	}
	if !isLoopback(host) {
		return nil, db.Errorf(db.BadInput, "the address %s can be reached from other machines, and there is no access control yet; use 127.0.0.1 or localhost", address)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, db.Errorf(db.Unavailable, "cannot listen on %s: %v; choose another address with --addr", address, errors.Unwrap(err))
	}
	return listener, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
