package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/filter"
	"segmentql/graph"
	"segmentql/sample"
	"segmentql/transfer"
)

// BenchmarkRequest measures what requests cost above the calls of the store, which here cost nothing. With -cpu 1 the
// time is that of the processor.
func BenchmarkRequest(b *testing.B) {
	const contacts = `query ($filter: FilterInput!, $orderBy: [ContactOrder!]) {
		contacts(filter: $filter, orderBy: $orderBy, first: 50) { totalCount nodes { id email tags custom } }
	}`
	someFilter := json.RawMessage(`{"and": [
		{"text": {"path": "status", "equals": "SUBSCRIBED"}}, {"number": {"path": "custom.score", "gte": 50, "lt": 75}},
		{"not": {"date": {"path": "subscribedAt", "inLast": {"amount": 30, "unit": "DAY"}, "timeZone": "Europe/London"}}}
	]}`)
	w := newInstant(b)
	handler := graph.NewHandler(graph.Options{
		Workspace: w, Log: slog.New(slog.DiscardHandler), Now: time.Now, Zone: time.UTC, Timeout: time.Minute, MaxBody: 1 << 20,
		Limits: filter.DefaultLimits(),
	})
	for _, c := range []struct {
		name, query string
		variables   map[string]any
		anew        bool // the store makes contacts for each request, else it has them in memory
	}{
		{"50 contacts", contacts, map[string]any{"filter": someFilter}, false},
		{"50 contacts made anew", contacts, map[string]any{"filter": someFilter}, true},
		{"50 contacts without custom", `{ contacts(first: 50) { nodes { id email tags } } }`, nil, false},
		{"counts of 20 segments", `{ segments(first: 20) { nodes { name memberCount } } }`, nil, false},
		{"members of 20 segments", `{ segments(first: 20) { nodes { name memberCount members(first: 5) { nodes { id email } } } } }`, nil, false},
		{"nothing", `{ __typename }`, nil, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			body, err := json.Marshal(map[string]any{"query": c.query, "variables": c.variables})
			if err != nil {
				b.Fatal(err)
			}
			w.anew = c.anew
			answer := &answer{header: http.Header{}}
			for b.Loop() {
				request := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
				request.Header.Set("Content-Type", "application/json")
				answer.reset()
				handler.ServeHTTP(answer, request)
			}
			if !bytes.HasPrefix(answer.body, []byte(`{"data":`)) {
				b.Fatalf("%.1000s", answer.body)
			}
			b.ReportMetric(float64(len(answer.body)), "bytes")
		})
	}
}

// answer takes an answer into memory that it has already.
type answer struct {
	header http.Header
	body   []byte
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(int) {}

func (a *answer) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}

func (a *answer) reset() {
	clear(a.header)
	a.body = a.body[:0]
}

// instant is a workspace that answers from memory: every filter has the same contacts.
type instant struct {
	db.Workspace
	catalogue *db.Catalogue
	segments  []*db.Segment
	contacts  []*db.Contact
	anew      bool
}

// newInstant returns a workspace of 50 made-up contacts and 20 segments.
func newInstant(b *testing.B) *instant {
	store, err := embedded.Open(b.Context(), b.TempDir(), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close(context.Background()) })
	w := store.Workspace("bench")
	var lines bytes.Buffer
	if err := sample.WriteJSONLines(&lines, 1, 50, time.Now()); err != nil {
		b.Fatal(err)
	}
	if _, err := transfer.Import(b.Context(), w, &lines, transfer.Options{}); err != nil {
		b.Fatal(err)
	}
	for _, s := range sample.Segments() {
		if _, err := w.CreateSegment(b.Context(), db.SegmentPatch{Name: &s.Name, Filter: json.RawMessage(s.Filter)}); err != nil {
			b.Fatal(err)
		}
	}
	i := &instant{}
	if i.catalogue, err = w.Catalogue(b.Context()); err != nil {
		b.Fatal(err)
	}
	if i.segments, err = w.Segments(b.Context()); err != nil {
		b.Fatal(err)
	}
	pages, err := w.FindContacts(b.Context(), []db.ContactQuery{{Filter: filter.Const(true), Page: db.Page{Limit: 50}}})
	if err != nil {
		b.Fatal(err)
	}
	i.contacts = pages[0].Contacts
	return i
}

func (i *instant) FindContacts(_ context.Context, queries []db.ContactQuery) ([]db.ContactPage, error) {
	pages := make([]db.ContactPage, len(queries))
	for n, q := range queries {
		contacts := i.contacts[:q.Page.Limit]
		if i.anew {
			contacts = slices.Clone(contacts)
			for k, c := range contacts {
				own := *c
				contacts[k] = &own
			}
		}
		pages[n] = db.ContactPage{Contacts: contacts, HasMore: true, Total: 1_000_000}
	}
	return pages, nil
}

func (i *instant) CountContacts(_ context.Context, filters []filter.Node) ([]int64, error) {
	return make([]int64, len(filters)), nil
}

func (i *instant) Catalogue(context.Context) (*db.Catalogue, error) { return i.catalogue, nil }

func (i *instant) Segments(context.Context) ([]*db.Segment, error) {
	segments := make([]*db.Segment, len(i.segments))
	for n, s := range i.segments {
		own := *s
		segments[n] = &own
	}
	return segments, nil
}
