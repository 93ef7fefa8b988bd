package command_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"segmentql/db/mongodb/mongotest"
)

// bound is how long a request may take while MongoDB is away, with the timeouts of these tests.
const bound = 5 * time.Second

// TestMongoDBAway cuts the connections to MongoDB while the server serves, and restores them.
func TestMongoDBAway(t *testing.T) {
	t.Parallel()
	wire, uri := throughWire(t, "serverSelectionTimeoutMS=300")
	s := serve(t, "--mongodb-uri", uri, "--timeout", "2s")
	load(t, s, people)
	wantHealth(t, s, 200, 200)

	wire.cut()
	wantFailures(t, s, "UNAVAILABLE")
	wantHealth(t, s, 200, 503)

	wire.restore(t)
	eventually(t, "the server is ready again", func() bool { return s.do(t, "GET", "/readyz", "").status == 200 })
	wantPeople(t, s)
}

// TestMongoDBSilent keeps the connections, but nothing comes back.
func TestMongoDBSilent(t *testing.T) {
	t.Parallel()
	wire, uri := throughWire(t, "serverSelectionTimeoutMS=300")
	s := serve(t, "--mongodb-uri", uri, "--timeout", "500ms")
	load(t, s, people)

	wire.hold()
	wantFailures(t, s, "TIMEOUT UNAVAILABLE")
	wantHealth(t, s, 200, 503)

	wire.cut() // what waits for an answer must not wait for ever
	wire.restore(t)
	eventually(t, "the server is ready again", func() bool { return s.do(t, "GET", "/readyz", "").status == 200 })
	wantPeople(t, s)
}

func wantHealth(t *testing.T, s *server, live, ready int) {
	t.Helper()
	begun := time.Now()
	if got := s.do(t, "GET", "/healthz", ""); got.status != live {
		t.Errorf("/healthz: status %d, want %d", got.status, live)
	}
	got := s.do(t, "GET", "/readyz", "")
	if got.status != ready {
		t.Errorf("/readyz: status %d, want %d", got.status, ready)
	}
	wantNothingInternal(t, got.body)
	if took := time.Since(begun); took > bound {
		t.Errorf("it took %s", took)
	}
}

func wantPeople(t *testing.T, s *server) {
	t.Helper()
	got := ask[struct{ Contacts struct{ TotalCount int } }](t, s, `{ contacts { totalCount } }`, nil)
	if got.Contacts.TotalCount != 4 {
		t.Errorf("there are %d contacts, want 4", got.Contacts.TotalCount)
	}
}

// wantFailures asks all kinds of things, each of which must fail with one of the codes in time.
func wantFailures(t *testing.T, s *server, codes string) {
	t.Helper()
	for _, query := range []string{
		`{ contacts { nodes { id } } }`,
		`{ contacts(filter: {text: {path: "custom.plan", equals: "pro"}}) { totalCount } }`,
		`{ segments { nodes { memberCount } } }`,
		`{ contact(email: "ada@example.com") { id } }`,
		`{ nodes(ids: ["con_00000000000000000000000000"]) { id } }`,
		`mutation { createContact(input: {email: "new@example.com"}) { contact { id } } }`,
		`mutation { upsertContacts(input: {contacts: [{email: "new@example.com"}]}) { created } }`,
		`mutation { createSegment(input: {name: "x", filter: {and: [{empty: {path: "email"}}]}}) { segment { id } } }`,
		`mutation { deleteContacts(input: {ids: ["con_00000000000000000000000000"]}) { deletedIds } }`,
	} {
		begun := time.Now()
		got := s.post(t, operation(t, query, nil))
		took := time.Since(begun)
		var result struct {
			Errors []struct {
				Extensions struct{ Code string }
			}
		}
		if err := json.Unmarshal([]byte(got.body), &result); err != nil || len(result.Errors) == 0 ||
			!strings.Contains(codes, result.Errors[0].Extensions.Code) || result.Errors[0].Extensions.Code == "" {
			t.Errorf("%s: status %d, %s, want %s", query, got.status, got.body, codes)
		}
		if took > bound {
			t.Errorf("%s: it took %s", query, took)
		}
		wantNothingInternal(t, got.body)
	}
}

// wantNothingInternal looks for what only somebody who can read the log is to see.
func wantNothingInternal(t *testing.T, text string) {
	t.Helper()
	for _, internal := range []string{
		"topology", "mongo", "Mongo", "server selection", "dial tcp", "connection", "sqlite", "SQLITE", "context deadline", "context canceled",
		"goroutine", "panic", "json:", "RawParams", "Go struct", "interface {}", "/work/", ".go:",
	} {
		// What the documented names and the MongoDB queries have of these is not internal.
		if strings.Contains(text, internal) {
			t.Errorf("the answer has %q: %.500s", internal, text)
		}
	}
}

// wire forwards connections to a server.
type wire struct {
	address, target string

	mu       sync.Mutex
	listener net.Listener
	open     []net.Conn
	held     bool
}

// throughWire returns a wire to a MongoDB and the URI of a new database through it.
func throughWire(t *testing.T, options string) (*wire, string) {
	t.Helper()
	uri, err := url.Parse(mongotest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{target: uri.Host, address: "127.0.0.1:0"}
	w.restore(t)
	t.Cleanup(w.cut)
	uri.Host, uri.RawQuery = w.address, uri.RawQuery+"&directConnection=true&"+options
	return w, uri.String()
}

// restore listens, at the same address as before.
func (w *wire) restore(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener, w.address, w.held = listener, listener.Addr().String(), false
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", w.target)
			if err != nil {
				_ = in.Close()
				continue
			}
			if w.keep(listener, in, out) {
				go w.forward(in, out)
				go w.forward(out, in)
			}
		}
	}()
}

// keep says whether the wire still is the one that accepted.
func (w *wire) keep(listener net.Listener, connections ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.listener != listener {
		for _, c := range connections {
			_ = c.Close()
		}
		return false
	}
	w.open = append(w.open, connections...)
	return true
}

func (w *wire) forward(to, from net.Conn) {
	defer func() { _ = to.Close() }()
	_, _ = io.Copy(gate{w, to}, from)
}

// gate swallows what is written while the wire is held.
type gate struct {
	*wire
	to net.Conn
}

func (g gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	held := g.held
	g.mu.Unlock()
	if held {
		return len(p), nil
	}
	return g.to.Write(p)
}

// hold keeps the connections and lets nothing through.
func (w *wire) hold() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = true
}

// cut closes everything.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.listener.Close()
	w.listener = closedListener{}
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}

type closedListener struct{ net.Listener }

func (closedListener) Close() error { return http.ErrServerClosed }
