package command

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/rs/cors"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/graph"
	"segmentql/web/playground"
)

const readyTimeout = 2 * time.Second

type handlerOptions struct {
	store   db.Store
	log     *slog.Logger
	origins []string // of web pages that may use the API
	timeout time.Duration
	maxBody int64
	limits  filter.Limits
}

// newHandler returns the handler of everything that the server answers.
func newHandler(o handlerOptions) (http.Handler, error) {
	if o.timeout <= 0 || o.maxBody <= 0 {
		return nil, db.Errorf(db.BadInput, "timeout and max-body must be greater than zero")
	}
	if err := o.limits.Check(); err != nil {
		return nil, db.Errorf(db.BadInput, "%s", err)
	}
	crossOrigin, err := allowOrigins(o.origins)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", crossOrigin(graph.NewHandler(graph.Options{
		Workspace: o.store.Workspace(workspaceID), Log: o.log, Timeout: o.timeout, MaxBody: o.maxBody, Limits: o.limits,
	})))
	page := playground.Handler("/graphql")
	mux.Handle(playground.Path, page)
	mux.Handle(playground.Path+"/", page)
	mux.Handle("GET /{$}", http.RedirectHandler(playground.Path, http.StatusFound))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", readiness(o.store, o.log))
	return logged(o.log, onlyLocal(mux)), nil
}

// allowOrigins lets web pages of the origins, and of no others, use the API.
func allowOrigins(origins []string) (func(http.Handler) http.Handler, error) {
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" {
			return nil, db.Errorf(db.BadInput, "%q is not an origin like https://app.example.com", origin)
		}
	}
	options := cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Content-Type", "Authorization"},
		ExposedHeaders: []string{"X-Request-Id"},
		MaxAge:         int((10 * time.Minute).Seconds()),
	}
	if len(origins) == 0 {
		// To the library an empty list means every origin.
		options.AllowOriginFunc = func(string) bool { return false }
	}
	return cors.New(options).Handler, nil
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

func readiness(store db.Store, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := store.Ready(ctx); err != nil {
			log.WarnContext(ctx, "not ready", "cause", err)
			http.Error(w, "the store cannot be reached", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	}
}

// logged writes a line for each request: never its content.
func logged(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(recorder, r)
		log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", recorder.status,
			"duration", time.Since(start).Round(time.Microsecond), "requestId", w.Header().Get("X-Request-Id"))
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
