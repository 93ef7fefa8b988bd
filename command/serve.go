package command

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/urfave/cli/v3"

	"segmentql/db"
)

// Limits of connections.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	shutdownTimeout   = 20 * time.Second
	maxHeaderBytes    = 64 << 10
)

func serveCommand(env environment) *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "serve the GraphQL API and the playground",
		Flags: append(storeFlags(), serveFlags()...),
		Action: func(ctx context.Context, c *cli.Command) error {
			settings, listener, err := listen(ctx, c)
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
			return serve(ctx, settings, listener, store, env, func(address string) {
				_, _ = fmt.Fprintf(env.stdout, "SegmentQL listens on %s (playground: %s/playground)\n", address, address)
			})
		},
	}
}

// serve answers requests until ctx ends, and then finishes those under way. It calls listening with the server's URL
// once requests are answered.
func serve(ctx context.Context, s settings, listener net.Listener, store db.Store, env environment, listening func(url string)) error {
	log := env.logger()
	server := &http.Server{
		Handler:           newHandler(s, store, env.now, log),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      readTimeout + s.timeout,
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
