package command

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"segmentql/db"
	"segmentql/graph"
	"segmentql/job"
	"segmentql/transfer"
)

// imports answers POST /import: it saves the body for a job, or previews it.
type imports struct {
	settings  settings
	workspace db.Workspace
	jobs      *job.Runner
	now       func() time.Time
	log       *slog.Logger
}

// ServeHTTP answers a request.
func (i imports) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, answer, err := i.answer(w, r)
	// Receiving the file may have taken longer than an answer may.
	if deadline := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(i.settings.stall)); err == nil {
		err = deadline
	}
	if err != nil {
		graph.Refuse(r.Context(), w, i.log, err)
		return
	}
	writeJSON(w, status, answer)
}

func (i imports) answer(w http.ResponseWriter, r *http.Request) (status int, answer any, err error) {
	asked, err := readImport(r.URL.Query(), i.settings.region)
	if err != nil {
		return 0, nil, err
	}
	if coding := r.Header.Get("Content-Encoding"); !slices.Contains([]string{"", "identity", "gzip", "x-gzip"}, strings.ToLower(coding)) {
		return 0, nil, db.Errorf(db.BadInput, "the content encoding %q is not known here; send the file as it is, or with gzip", coding)
	}
	if r.ContentLength > i.settings.maxImport {
		return 0, nil, tooLarge(i.settings.maxImport)
	}
	body := &body{from: http.MaxBytesReader(w, r.Body, i.settings.maxImport), connection: http.NewResponseController(w)}
	if asked.dryRun {
		ctx, cancel := context.WithTimeout(r.Context(), i.settings.timeout)
		defer cancel()
		preview, err := transfer.NewPreview(ctx, i.workspace, body, asked.options, i.now())
		return http.StatusOK, preview, err
	}
	work, err := transfer.NewJob(asked.request, asked.filename)
	if err != nil {
		return 0, nil, err
	}
	queued, err := i.jobs.Upload(r.Context(), work, body)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, newJobAnswer(queued), nil
}

// jobAnswer is what is told of a job over HTTP; GraphQL tells the rest.
type jobAnswer struct {
	ID        string      `json:"id"`
	Kind      string      `json:"kind"`
	Title     string      `json:"title"`
	State     db.JobState `json:"state"`
	CreatedAt time.Time   `json:"createdAt"`
}

func newJobAnswer(j *db.Job) jobAnswer {
	return jobAnswer{ID: j.ID, Kind: j.Kind, Title: j.Title, State: j.State, CreatedAt: j.CreatedAt}
}

// importAsked is what the parameters of a request say.
type importAsked struct {
	request  transfer.Request
	options  transfer.Options
	filename string
	dryRun   bool
}

// readImport reads the parameters and reports all mistakes together. Where they name no region of phones, it is the one given.
func readImport(query url.Values, region string) (importAsked, error) {
	var a importAsked
	var mistakes []error
	flag := func(name string) bool {
		text := query.Get(name)
		is, err := strconv.ParseBool(text)
		if text != "" && err != nil {
			mistakes = append(mistakes, db.Errorf(db.BadInput, "%q is neither true nor false", text).At(name))
		}
		return is
	}
	a.filename, a.dryRun = query.Get("filename"), flag("dryRun")
	list := func(name string) string { return strings.Join(query[name], ",") }
	a.request = transfer.Request{
		Map: list("map"), Type: list("type"), Mode: query.Get("mode"), Tags: transfer.ParseTags(list("tags")), Format: query.Get("format"),
		Encoding: query.Get("encoding"), Delimiter: query.Get("delimiter"), Guess: flag("guess"),
		PhoneRegion: cmp.Or(query.Get("phoneRegion"), region),
	}
	known := []string{"map", "type", "mode", "tags", "format", "encoding", "delimiter", "guess", "phoneRegion", "dryRun", "filename"}
	for name := range query {
		if !slices.Contains(known, name) {
			mistakes = append(mistakes, db.Errorf(db.BadInput, "there is no such parameter; they are %s", strings.Join(known, ", ")).At(name))
		}
	}
	var err error
	a.options, err = a.request.Options()
	return a, errors.Join(append(mistakes, err)...)
}

// body is a file that is received. It takes any time, as long as the client goes on to send it.
type body struct {
	from       io.Reader
	connection *http.ResponseController
	received   int64
}

// Read gives the client time for the next part.
func (b *body) Read(p []byte) (int, error) {
	if err := b.connection.SetReadDeadline(time.Now().Add(readTimeout)); err != nil {
		return 0, err
	}
	n, err := b.from.Read(p)
	b.received += int64(n)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if beyond, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return n, tooLarge(beyond.Limit)
	}
	return n, db.Errorf(db.BadInput, "the file broke off after %d bytes, and nothing of it was applied; send it again", b.received).Because(err)
}

func tooLarge(limit int64) error {
	return db.Errorf(db.LimitExceeded, "the file has more than %d bytes, and nothing of it was applied; compress it with gzip, send it in parts, or raise --max-import", limit)
}

// writeJSON writes an answer.
func writeJSON(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // where it fails, nobody is there to be told
}
