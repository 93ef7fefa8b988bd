package command

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/cors"

	"segmentql/db"
	"segmentql/graph"
	"segmentql/job"
	"segmentql/web/playground"
)

const readyTimeout = 2 * time.Second

// newHandler returns the handler of everything that the server answers.
func newHandler(
	s settings, store db.Store, jobs *job.Runner, loading *loading, metrics *metrics, now func() time.Time, log *slog.Logger,
) http.Handler {
	mux := http.NewServeMux()
	options := graph.Options{
		Workspace: store.Workspace(workspaceID), Jobs: jobs, Log: log, Now: now, Zone: s.zone, Region: s.region,
		Timeout: s.timeout, MaxBody: s.maxBody, Limits: s.limits, KeepActivity: s.keepActivity,
	}
	api := allowOrigins(s.origins)
	mux.Handle("/graphql", api(graph.NewHandler(options)))
	mux.Handle("/import", api(fromTrusted(s.origins, only(http.MethodPost, imports{s, options.Workspace, jobs, now, log}))))
	mux.Handle("/export/", patiently(s.stall, api(gzhttp.GzipHandler(graph.NewExportHandler(options)))))
	mux.Handle("GET /jobs/{id}/rejected.csv", patiently(s.stall, api(gzhttp.GzipHandler(rejectedRows(options.Workspace, log)))))
	page := playground.Handler("/graphql")
	mux.Handle(playground.Path, page)
	mux.Handle(playground.Path+"/", page)
	mux.Handle("GET /{$}", http.RedirectHandler(playground.Path, http.StatusFound))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", readiness(store, loading, log))
	return observed(log, metrics, onlyLocal(mux))
}

// newAdminHandler returns the handler of what operators ask.
func newAdminHandler(metrics *metrics, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.handler(log))
	return onlyLocal(mux)
}

// allowOrigins lets web pages of the origins, and of no others, use the API.
func allowOrigins(origins []string) func(http.Handler) http.Handler {
	options := cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Content-Type", "Content-Encoding", "Authorization"},
		ExposedHeaders: []string{"X-Request-Id", "Content-Disposition"},
		MaxAge:         int((10 * time.Minute).Seconds()),
	}
	if len(origins) == 0 {
		// To the library an empty list means every origin.
		options.AllowOriginFunc = func(string) bool { return false }
	}
	return cors.New(options).Handler
}

// fromTrusted refuses what web pages of other origins make a browser send without asking first, as it does with forms.
func fromTrusted(origins []string, next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	for _, origin := range origins {
		_ = protection.AddTrustedOrigin(origin) // they were checked with the settings
	}
	return protection.Handler(next)
}

// only refuses all methods but one.
func only(method string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			http.Error(w, "only "+method+" is answered here", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// onlyLocal refuses requests that were sent to a name that is not of this machine: while there is no access control,
// a web page whose name was made to point here must not get through.
func onlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if !isLoopback(host) && !isLoopback(trimBrackets(host)) {
			http.Error(w, "this server answers to localhost and 127.0.0.1 only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func trimBrackets(host string) string {
	if len(host) > 2 && host[0] == '[' {
		return host[1 : len(host)-1]
	}
	return host
}

func readiness(store db.Store, loading *loading, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := store.Ready(ctx); err != nil {
			if progress := loading.underWay(); progress != "" {
				http.Error(w, progress, http.StatusServiceUnavailable)
				return
			}
			log.WarnContext(ctx, "not ready", "cause", err)
			http.Error(w, "the store cannot be reached", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	}
}

// observed counts each request and writes a line for it: never its content. It does so for one that is aborted, too.
func observed(log *slog.Logger, metrics *metrics, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			duration := time.Since(start)
			metrics.observe(r.Pattern, recorder.status, duration)
			log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", recorder.status,
				"duration", duration.Round(time.Microsecond), "requestId", w.Header().Get("X-Request-Id"))
		}()
		next.ServeHTTP(recorder, r)
	})
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets handlers reach what else the writer can do.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
