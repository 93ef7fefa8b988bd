package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/filter"
	"segmentql/graph"
)

// TestCallsOfTheStore proves that the calls of the store do not grow with the segments and contacts that are asked for.
// In the bubble of synctest each call for contacts waits until all resolvers wait for one: so how many calls there are
// does not depend on how fast anything is.
func TestCallsOfTheStore(t *testing.T) {
	const (
		segments = 50
		shown    = `name memberCount members(first: 10) { nodes { email } }`
	)
	for _, c := range []struct {
		name, query string
		most        map[string]int // calls
		questions   map[string]int // in all calls
	}{
		{
			"segments in nodes", `{ segments(first: 50) { nodes { ` + shown + ` } } }`,
			map[string]int{"Segments": 1, "Catalogue": 1, "FindContacts": 2, "CountContacts": 2},
			map[string]int{"FindContacts": segments, "CountContacts": segments},
		},
		{
			"segments in edges", `{ segments(first: 50) { edges { node { ` + shown + ` } } } }`,
			map[string]int{"Segments": 1, "Catalogue": 1, "FindContacts": 2, "CountContacts": 2},
			map[string]int{"FindContacts": segments, "CountContacts": segments},
		},
		{
			"segments by their IDs", `{ nodes(ids: $ids) { ... on Segment { ` + shown + ` } } }`,
			map[string]int{"SegmentsByID": 1, "ContactsByID": 1, "Catalogue": 1, "FindContacts": 2, "CountContacts": 2},
			map[string]int{"FindContacts": segments, "CountContacts": segments},
		},
		{
			"total counts, too", `{ segments(first: 50) { nodes { memberCount members(first: 10) { totalCount edges { node { email } } } } } }`,
			map[string]int{"Segments": 1, "Catalogue": 1, "FindContacts": 2, "CountContacts": 2},
			map[string]int{"FindContacts": segments, "CountContacts": segments},
		},
		{
			"the segments of contacts", `{ contacts(first: 40) { nodes { email segments(first: 50) { totalCount nodes { name } } } } }`,
			map[string]int{"FindContacts": 1, "Segments": 1, "Catalogue": 1},
			map[string]int{"FindContacts": 1},
		},
		{
			"the segments of members of segments", `{ segments(first: 50) { edges { node { members(first: 10) { edges { node { segments(first: 5) { edges { node { name } } } } } } } } } }`,
			map[string]int{"FindContacts": 2, "Segments": 2, "Catalogue": 1},
			map[string]int{"FindContacts": segments},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				store, err := embedded.Open(t.Context(), dir, time.Now)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = store.Close(context.Background()) }()
				w := store.Workspace("test")
				ids := fill(t, w, segments)
				counted := &countedWorkspace{Workspace: w, turn: make(chan struct{}, 1)}
				query := c.query
				if strings.Contains(query, "$ids") {
					query = "query($ids: [ID!]!) " + query
				}
				answer := send(t, counted, query, map[string]any{"ids": ids})
				for name, calls := range counted.calls {
					if calls > c.most[name] {
						t.Errorf("%d calls of %s, want at most %d", calls, name, c.most[name])
					}
				}
				if !maps.Equal(counted.questions, c.questions) {
					t.Errorf("the questions are %v, want %v", counted.questions, c.questions)
				}
				checkMembers(t, answer)
			})
		})
	}
}

// fill creates contacts and segments: segment n has the contacts whose score is at least n.
func fill(t *testing.T, w db.Workspace, segments int) []string {
	t.Helper()
	patches := make([]db.ContactPatch, segments)
	for i := range patches {
		email := fmt.Sprintf("c%02d@example.com", i)
		patches[i] = db.ContactPatch{Email: &email, Custom: filter.Object{"score": int64(i)}}
	}
	if _, err := w.UpsertContacts(t.Context(), patches, db.Upsert); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, segments)
	for i := range ids {
		name := fmt.Sprintf("s%02d", i)
		f := json.RawMessage(fmt.Sprintf(`{"number":{"path":"custom.score","gte":%d}}`, i))
		s, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: &name, Filter: f})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = s.ID
	}
	return ids
}

// checkMembers checks that each segment has its own members and count, wherever in the answer it is.
func checkMembers(t *testing.T, answer any) {
	t.Helper()
	switch v := answer.(type) {
	case []any:
		for _, item := range v {
			checkMembers(t, item)
		}
	case map[string]any:
		if name, ok := v["name"].(string); ok && v["memberCount"] != nil {
			var n int
			_, _ = fmt.Sscanf(name, "s%d", &n)
			members := v["members"].(map[string]any)["nodes"].([]any)
			if !reflect.DeepEqual(v["memberCount"], float64(50-n)) || len(members) != min(10, 50-n) {
				t.Errorf("%s has %v members, of which %d are shown", name, v["memberCount"], len(members))
			}
		}
		for _, item := range v {
			checkMembers(t, item)
		}
	}
}

// post asks the API.
func post(t *testing.T, handler http.Handler, query string, variables map[string]any) *httptest.ResponseRecorder {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", strings.NewReader(string(body)))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

// send asks the API and returns the data.
func send(t *testing.T, w db.Workspace, query string, variables map[string]any) any {
	t.Helper()
	handler := graph.NewHandler(graph.Options{
		Workspace: w, Log: slog.New(slog.DiscardHandler), Now: time.Now, Timeout: time.Minute, MaxBody: 1 << 20,
	})
	recorder := post(t, handler, query, variables)
	var answer struct {
		Data   any
		Errors []any
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("%v: %.1000s", err, recorder.Body)
	}
	return answer.Data
}

// countedWorkspace counts the calls that reach a workspace. Calls that are for many questions take turns, and each waits
// until nobody in the bubble has anything else to do.
type countedWorkspace struct {
	db.Workspace
	turn chan struct{}

	mu               sync.Mutex
	calls, questions map[string]int
}

func (w *countedWorkspace) called(name string, questions int) {
	if questions > 0 {
		w.turn <- struct{}{}
		synctest.Wait()
		<-w.turn
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calls == nil {
		w.calls, w.questions = map[string]int{}, map[string]int{}
	}
	w.calls[name]++
	if questions > 0 {
		w.questions[name] += questions
	}
}

func (w *countedWorkspace) FindContacts(ctx context.Context, queries []db.ContactQuery) ([]db.ContactPage, error) {
	w.called("FindContacts", len(queries))
	return w.Workspace.FindContacts(ctx, queries)
}

func (w *countedWorkspace) CountContacts(ctx context.Context, filters []filter.Node) ([]int64, error) {
	w.called("CountContacts", len(filters))
	return w.Workspace.CountContacts(ctx, filters)
}

func (w *countedWorkspace) ContactsByID(ctx context.Context, ids []string) ([]*db.Contact, error) {
	w.called("ContactsByID", 0)
	return w.Workspace.ContactsByID(ctx, ids)
}

func (w *countedWorkspace) ContactByEmail(ctx context.Context, email string) (*db.Contact, error) {
	w.called("ContactByEmail", 0)
	return w.Workspace.ContactByEmail(ctx, email)
}

func (w *countedWorkspace) Segments(ctx context.Context) ([]*db.Segment, error) {
	w.called("Segments", 0)
	return w.Workspace.Segments(ctx)
}

func (w *countedWorkspace) SegmentsByID(ctx context.Context, ids []string) ([]*db.Segment, error) {
	w.called("SegmentsByID", 0)
	return w.Workspace.SegmentsByID(ctx, ids)
}

func (w *countedWorkspace) Catalogue(ctx context.Context) (*db.Catalogue, error) {
	w.called("Catalogue", 0)
	return w.Workspace.Catalogue(ctx)
}
