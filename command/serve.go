package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/urfave/cli/v3"

	"segmentql/db"
)

// Limits of connections.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 60 * time.Second
	stallTimeout      = 60 * time.Second // of a part of a long answer
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
			settings, listeners, err := listen(ctx, c)
			if err != nil {
				return err
			}
			defer listeners.close()
			log := env.logger()
			store, err := openStore(ctx, c, env.now, log)
			if err != nil {
				return err
			}
			defer closeStore(ctx, store, log)
			return serve(ctx, settings, listeners, store, env, func(address string) {
				_, _ = fmt.Fprintf(env.stdout, "SegmentQL listens on %s (playground: %s/playground)\n", address, address)
			})
		},
	}
}

// serve answers requests until ctx ends, and then finishes those under way. It calls listening with the server's URL
// once requests are answered; those that come before the store is loaded wait for it.
func serve(ctx context.Context, s settings, on listeners, store db.Store, env environment, listening func(url string)) error {
	log := env.logger()
	var loading loading
	metrics := newMetrics(store, &loading)
	served := make(chan error, 2)
	var servers []*http.Server
	start := func(handler http.Handler, listener net.Listener) {
		server := newServer(handler, s, log)
		servers = append(servers, server)
		go func() { served <- server.Serve(listener) }()
	}
	jobs := newRunner(store.Workspace(workspaceID), s.keepActivity, env.now, log)
	start(newHandler(s, store, jobs, &loading, metrics, env.now, log), on.public)
	if on.admin != nil {
		start(newAdminHandler(metrics, log), on.admin)
		log.InfoContext(ctx, "metrics for Prometheus", "url", "http://"+on.admin.Addr().String()+"/metrics")
	}
	listening("http://" + on.public.Addr().String())

	// Loading ends after the requests that wait for it.
	whileServing, stopLoading := context.WithCancel(context.WithoutCancel(ctx))
	var background sync.WaitGroup
	background.Go(func() { loading.run(whileServing, store, env.now, log) })
	defer background.Wait()
	defer stopLoading()

	// A job ends its run at once: it goes on at the next start.
	working, stopWorking := context.WithCancel(ctx)
	background.Go(func() { jobs.Run(working) })
	defer stopWorking()

	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
		log.Info("shutting down: finishing the requests under way")
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	for _, server := range servers {
		// What is still under way then, such as a long export, is cut off.
		err = errors.Join(err, server.Shutdown(stopping), server.Close())
	}
	return err
}

func newServer(handler http.Handler, s settings, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      readTimeout + s.timeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
