package mongodb

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"

	"segmentql/db"
	"segmentql/db/mongodb/mongotest"
	"segmentql/filter"
)

// wire is what a store sends to MongoDB.
type wire struct {
	mu       sync.Mutex
	commands []bson.Raw
}

func (w *wire) started(_ context.Context, e *event.CommandStartedEvent) {
	if elements, err := e.Command.Elements(); err != nil || len(elements) == 0 {
		return // is about passwords, which the driver does not show
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commands = append(w.commands, slices.Clone(e.Command))
}

// during returns the commands that are sent while f runs, by what they do where, as in "find contacts".
func (w *wire) during(f func()) map[string][]bson.Raw {
	w.mu.Lock()
	w.commands = nil
	w.mu.Unlock()
	f()
	w.mu.Lock()
	defer w.mu.Unlock()
	sent := map[string][]bson.Raw{}
	for _, command := range w.commands {
		first := command.Index(0)
		collection, _ := first.Value().StringValueOK()
		name := first.Key() + " " + collection
		sent[name] = append(sent[name], command)
	}
	return sent
}

// openWatched opens a store on an empty database. Its indexes are built.
func openWatched(t *testing.T) (*Store, *wire, *bytes.Buffer) {
	t.Helper()
	var watch wire
	var log bytes.Buffer
	store, err := open(t.Context(), mongotest.Database(t), time.Now, slog.New(slog.NewTextHandler(&log, nil)),
		&event.CommandMonitor{Started: watch.started})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	if err := store.Load(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return store, &watch, &log
}

// TestRoundTrips holds the calls of a page with its total against what MongoDB is to be sent: one find and one count,
// each with what is left of the request's time.
func TestRoundTrips(t *testing.T) {
	const contacts, limit = 230, 220 // More than MongoDB's own first batch, which is of 101.
	store, watch, _ := openWatched(t)
	w := store.Workspace("w")
	var patches []db.ContactPatch
	for i := range contacts {
		email := fmt.Sprintf("c%d@example.com", i)
		patches = append(patches, db.ContactPatch{Email: &email, Custom: filter.Object{"n": int64(i), "plan": "pro"}})
	}
	if _, err := w.UpsertContacts(t.Context(), patches, db.Upsert); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Catalogue(t.Context()); err != nil { // From then on it is known that no field is new.
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	q := db.ContactQuery{
		Filter: filter.Const(true),
		Sort:   db.Sort{{Path: filter.MustPath("custom.n"), Descending: true}},
		Page:   db.Page{Limit: limit},
		Total:  true,
		Fields: []string{"email"},
	}
	sent := watch.during(func() {
		pages, err := w.FindContacts(ctx, []db.ContactQuery{q})
		if err != nil || len(pages[0].Contacts) != limit || !pages[0].HasMore || pages[0].Total != contacts {
			t.Fatal(pages, err)
		}
		if first := pages[0].Contacts[0]; first.Custom["n"] != int64(contacts-1) || first.Email == "" || first.Custom["plan"] != nil {
			t.Errorf("the first is %+v", first)
		}
	})
	for name, commands := range sent {
		if len(commands) != 1 {
			t.Errorf("%s was sent %d times", name, len(commands))
		}
		if left := maxTimes(commands[0]); len(left) != 1 || left[0] <= 0 || left[0] > time.Minute.Milliseconds() {
			t.Errorf("%s has %d for maxTimeMS", name, left)
		}
	}
	find, count := sent["find contacts"], sent["aggregate contacts"]
	if len(sent) != 3 || find == nil || count == nil || sent["find workspaces"] == nil {
		t.Fatalf("sent %v", sent)
	}
	var fields []string
	elements, err := find[0].Lookup("projection").Document().Elements()
	for _, e := range elements {
		fields = append(fields, e.Key())
	}
	if want := []string{"_id", "version", "custom.n", "email"}; err != nil || !slices.Equal(fields, want) {
		t.Errorf("asked for %q, want %q", fields, want)
	}
	if got, want := find[0].Lookup("filter").String(), `{"workspace": "w"}`; got != want {
		t.Errorf("everybody is %s, want %s", got, want)
	}
	if got := count[0].Lookup("pipeline", "0", "$match").String(); got != `{"workspace": "w"}` {
		t.Errorf("everybody is counted by %s", got)
	}
}

// maxTimes returns the values of all maxTimeMS: the driver does not look whether there is one.
func maxTimes(command bson.Raw) []int64 {
	var values []int64
	elements, _ := command.Elements()
	for _, e := range elements {
		if e.Key() == "maxTimeMS" {
			values = append(values, e.Value().AsInt64())
		}
	}
	return values
}
