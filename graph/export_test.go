package graph_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/graph"
)

// endless is a workspace of one contact, which comes again and again until the store fails.
type endless struct {
	db.Workspace
	contacts  int
	failure   error
	meanwhile func()
}

func (*endless) Catalogue(context.Context) (*db.Catalogue, error) { return db.NewCatalogue(nil), nil }
func (*endless) Segments(context.Context) ([]*db.Segment, error)  { return nil, nil }
func (e *endless) EachContact(_ context.Context, _ filter.Node, yield func(*db.Contact) error) error {
	for range e.contacts {
		if err := yield(&db.Contact{Email: "ada@example.com", Status: db.Subscribed, Custom: filter.Object{}}); err != nil {
			return err
		}
	}
	if e.meanwhile != nil {
		e.meanwhile()
	}
	return e.failure
}

func serveExports(t *testing.T, w db.Workspace) string {
	t.Helper()
	server := httptest.NewServer(graph.NewExportHandler(graph.Options{
		Workspace: w, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }, Zone: time.UTC, Limits: filter.DefaultLimits(),
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestExportThatFails has the store fail: before the first byte the client gets an error, later an answer without an end.
func TestExportThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		contacts int
		failure  error
		status   int // of an error that is whole; 0: cut off
		code     db.Code
	}{
		"at once":     {0, db.Errorf(db.Unavailable, "the database cannot be reached"), http.StatusServiceUnavailable, db.Unavailable},
		"soon":        {10, db.Errorf(db.Timeout, "it took too long"), http.StatusGatewayTimeout, db.Timeout},
		"on the way":  {100_000, db.Errorf(db.Unavailable, "the database cannot be reached"), 0, ""},
		"by a driver": {10, io.ErrUnexpectedEOF, http.StatusInternalServerError, db.Internal},
	} {
		for _, format := range []string{"csv", "jsonl"} {
			t.Run(name+" "+format, func(t *testing.T) {
				response, err := http.Get(serveExports(t, &endless{contacts: c.contacts, failure: c.failure}) + "/export/contacts?format=" + format)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = response.Body.Close() }()
				body, err := io.ReadAll(response.Body)
				if c.status == 0 {
					if err == nil || response.StatusCode != http.StatusOK || len(body) == 0 {
						t.Errorf("status %d, %d bytes, %v; want an answer that is cut off", response.StatusCode, len(body), err)
					}
					return
				}
				var answer struct {
					Errors []struct {
						Message    string
						Extensions struct {
							Code      db.Code
							RequestID string
						}
					}
				}
				if err != nil || response.StatusCode != c.status || json.Unmarshal(body, &answer) != nil || len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != c.code {
					t.Fatalf("status %d, %v, %s", response.StatusCode, err, body)
				}
				if c.code == db.Internal && (answer.Errors[0].Message != "internal error" || answer.Errors[0].Extensions.RequestID == "") {
					t.Errorf("it says %s", body)
				}
				if response.Header.Get("Content-Disposition") != "" {
					t.Error("an error is to be saved as a file")
				}
			})
		}
	}
}

// TestExportsAtOnce asks for one more than there may be while the others are under way, and again when they have ended.
func TestExportsAtOnce(t *testing.T) {
	const most = 4
	entered, leave := make(chan struct{}), make(chan struct{})
	w := &endless{contacts: 1, meanwhile: func() { entered <- struct{}{}; <-leave }}
	url := serveExports(t, w) + "/export/contacts"
	statuses := make(chan int)
	ask := func() {
		response, err := http.Get(url)
		if err != nil {
			t.Error(err)
			statuses <- 0
			return
		}
		_ = response.Body.Close()
		statuses <- response.StatusCode
	}
	for range most {
		go ask()
		<-entered
	}
	go ask()
	if status := <-statuses; status != http.StatusServiceUnavailable {
		t.Errorf("one too many: status %d", status)
	}
	close(leave)
	for range most {
		if status := <-statuses; status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	}
	go ask()
	<-entered
	if status := <-statuses; status != http.StatusOK {
		t.Errorf("after the others: status %d", status)
	}
}

func TestExportNames(t *testing.T) {
	response, err := http.Head(serveExports(t, &endless{}) + "/export/contacts?format=jsonl")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	for name, want := range map[string]string{
		"Content-Disposition": "attachment; filename=contacts-2026-03-01.jsonl", "Content-Type": "application/jsonl; charset=utf-8",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if id := response.Header.Get("X-Request-Id"); strings.TrimSpace(id) == "" {
		t.Error("the request has no ID")
	}
}
