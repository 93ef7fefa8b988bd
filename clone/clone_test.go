package clone_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"segmentql/clone"
	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/db/mongodb"
	"segmentql/db/mongodb/mongotest"
	"segmentql/filter"
)

func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func closing(t *testing.T, store db.Store) {
	t.Helper()
	t.Cleanup(func() {
		if err := store.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func openEmbedded(t *testing.T) db.Store {
	t.Helper()
	store, err := embedded.Open(t.Context(), t.TempDir(), start)
	if err != nil {
		t.Fatal(err)
	}
	closing(t, store)
	return store
}

func openMongoDB(t *testing.T, uri string) db.Store {
	t.Helper()
	store, err := mongodb.Open(t.Context(), uri, start, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	closing(t, store)
	if err := store.Load(t.Context(), func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	return store
}

// fill writes contacts with values of all types, some of them members of a static segment, two segments and a field that
// was declared when there were values of another type. One contact was changed twice, so that the log has one of these.
func fill(t *testing.T, w db.Workspace, contacts int) {
	t.Helper()
	guests, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: new("Guests"), Kind: db.Static})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: new("All"), Filter: json.RawMessage(`{ "and": [] }`)}); err != nil {
		t.Fatal(err)
	}
	var patches []db.ContactPatch
	for i := range contacts {
		at := start().Add(time.Duration(i) * time.Minute)
		p := db.ContactPatch{
			Email: new(fmt.Sprintf("c%d@example.com", i)), FirstName: new("Zoë 🦉"), Status: new(db.Subscribed), SubscribedAt: &at,
			Tags: &[]string{"b", "a"},
			Custom: filter.Object{
				"score": fmt.Sprint(i), "large": int64(math.MaxInt64), "double": 5.0, "fraction": float64(i) / 7, "yes": i%2 == 0, "null": nil,
				"day": filter.NewDate(1899, 12, 31), "instant": at, "list": []any{int64(1), 1.0, "1", nil}, "none": []any{},
				"orders": []any{filter.Object{"total": 12.5, "day": filter.NewDate(2026, 3, 1)}}, "object": filter.Object{},
				"data": filter.Object{fmt.Sprintf("k%d", i%300): int64(i)}, "ключ": "text\x00\n",
			},
		}
		if i%3 == 0 {
			p.AddSegments = []string{guests.ID}
		}
		patches = append(patches, p)
	}
	if _, err := w.UpsertContacts(t.Context(), patches, db.Upsert); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("custom.score"), Type: filter.KindNumber, Label: "Score"}); err != nil {
		t.Fatal(err)
	}
	c, err := w.CreateContact(t.Context(), db.ContactPatch{FirstName: new("No email"), Custom: filter.Object{"score": int64(7)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []db.Status{db.Subscribed, db.Unsubscribed} {
		p := db.ContactPatch{Status: &status, Custom: filter.Object{"last": []any{string(status), filter.NewDate(2026, 3, 1), filter.Object{"n": 1.5}}}}
		if _, err := w.UpdateContact(db.Acting(t.Context(), db.Actor{Kind: db.CommandActor, ID: "import"}), c.ID, p); err != nil {
			t.Fatal(err)
		}
	}
	job, err := w.CreateJob(t.Context(), db.Job{Kind: "test", State: db.JobDone})
	if err == nil {
		err = w.AddProblems(t.Context(), job.ID, []db.Problem{{Number: 1, Message: "odd", Record: []byte{0xFF}}, {Number: 10}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestUnfinishedJob copies a store with a job that has not ended, and once it has.
func TestUnfinishedJob(t *testing.T) {
	from, to := openEmbedded(t), openEmbedded(t)
	w := from.Workspace("w")
	job, err := w.CreateJob(t.Context(), db.Job{Kind: "test", Title: "Import of May"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = run(t.Context(), from, to)
	wantConflict(t, err, job.ID, "Import of May", "wait for it or cancel it")
	if _, err := w.UpdateJob(t.Context(), job.ID, func(j *db.Job) error { j.State = db.JobCancelled; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run(t.Context(), from, to); err != nil {
		t.Error(err)
	}
	if copied, err := to.Workspace("w").JobsByID(t.Context(), []string{job.ID}); err != nil || copied[0] == nil || copied[0].State != db.JobCancelled {
		t.Errorf("the job is %+v, %v", copied, err)
	}
}

// run copies and returns what was told of each phase last.
func run(ctx context.Context, from, to db.Store) ([]clone.Part, map[clone.Phase]int64, error) {
	told := map[clone.Phase]int64{}
	parts, err := clone.Store(ctx, from, to, func(phase clone.Phase, documents int64) { told[phase] = documents })
	return parts, told, err
}

func documents(parts []clone.Part) (n int64) {
	for _, p := range parts {
		n += p.Documents
	}
	return n
}

func wantConflict(t *testing.T, err error, says ...string) {
	t.Helper()
	if db.CodeOf(err) != db.Conflict {
		t.Fatalf("got %v, want a conflict", err)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %q", err, text)
		}
	}
}

func catalogue(t *testing.T, w db.Workspace) []db.Field {
	t.Helper()
	c, err := w.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c.Fields()
}

func TestEmbeddedToMongoDB(t *testing.T) {
	source := openEmbedded(t)
	const contacts = 2_000
	fill(t, source.Workspace("w"), contacts-1)
	fill(t, source.Workspace("another one"), 3)
	uri := mongotest.Database(t)
	target := openMongoDB(t, uri)
	other := openMongoDB(t, uri) // a server that was there before
	if got := catalogue(t, other.Workspace("w")); len(got) != 0 {
		t.Fatalf("the target has %v", got)
	}

	// It is interrupted after the first batch of the second workspace's contacts.
	ctx, interrupt := context.WithCancel(t.Context())
	_, err := clone.Store(ctx, source, target, func(phase clone.Phase, documents int64) {
		if phase == clone.Copying && documents > 1_000 {
			interrupt()
		}
	})
	if db.CodeOf(err) != db.Timeout {
		t.Fatalf("the interrupted copy ended with %v", err)
	}
	all := []filter.Node{filter.Const(true), filter.Has{Path: filter.MustPath("custom.day"), Test: filter.NotBlank{}}}
	there, err := target.Workspace("w").CountContacts(t.Context(), all)
	if err != nil || there[0] < 1_000 || there[0] >= contacts {
		t.Fatalf("the interrupted copy left %d contacts, %v", there, err)
	}

	parts, told, err := run(t.Context(), source, target)
	if err != nil {
		t.Fatal(err)
	}
	total := documents(parts)
	if told[clone.Comparing] < 1_000 || told[clone.Comparing]+told[clone.Copying] != total || told[clone.Verifying] != total {
		t.Errorf("it told %v, of %d documents", told, total)
	}
	people, log, last := parts[len(parts)-4], parts[len(parts)-3], parts[len(parts)-1]
	if len(parts) != 2*len(db.Collections()) || people.Workspace != "w" || people.Collection != db.ContactRecords || people.Documents != contacts ||
		log.Collection != db.ActivityRecords || log.Documents != 1 || last.Collection != db.ProblemRecords || last.Documents != 2 {
		t.Errorf("it said %+v", parts)
	}

	// Every server has all of it, with the filters' answers.
	for name, store := range map[string]db.Store{"target": target, "other server": other} {
		w := store.Workspace("w")
		if got, want := catalogue(t, w), catalogue(t, source.Workspace("w")); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the catalogue is\n%v, want\n%v", name, got, want)
		}
		counts, err := w.CountContacts(t.Context(), all)
		if err != nil || counts[0] != contacts || counts[1] != contacts-1 {
			t.Errorf("%s: got %v, %v", name, counts, err)
		}
		_, err = w.CreateContact(t.Context(), db.ContactPatch{Email: new("c7@example.com")})
		wantConflict(t, err, "another contact has this email")
	}

	// What was changed since is named, and stays.
	c, err := target.Workspace("w").ContactByEmail(t.Context(), "c1234@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Workspace("w").UpdateContact(t.Context(), c.ID, db.ContactPatch{FirstName: new("Changed")}); err != nil {
		t.Fatal(err)
	}
	_, told, err = run(t.Context(), source, target)
	wantConflict(t, err, "workspace w", c.ID, "contacts differs", "name a database that is empty")
	if told[clone.Copying] != 0 {
		t.Errorf("it copied %d documents nevertheless", told[clone.Copying])
	}
}

// From one MongoDB into another and back into a directory, everything stays the same to the byte. Where all is there
// already, nothing is left to do.
func TestThereAndBack(t *testing.T) {
	source, target := openEmbedded(t), openMongoDB(t, mongotest.Database(t))
	fill(t, source.Workspace("w"), 100)
	parts, _, err := run(t.Context(), source, target)
	if err != nil {
		t.Fatal(err)
	}
	again, told, err := run(t.Context(), source, target)
	if err != nil || !reflect.DeepEqual(again, parts) || told[clone.Copying] != 0 {
		t.Errorf("once more: %+v, %v, %v", again, told, err)
	}
	other := openMongoDB(t, mongotest.Database(t))
	for _, stores := range [][2]db.Store{{target, other}, {other, openEmbedded(t)}} {
		if got, _, err := run(t.Context(), stores[0], stores[1]); err != nil || !reflect.DeepEqual(got, parts) {
			t.Errorf("further: %+v, %v", got, err)
		}
	}
}

func TestEmbeddedToEmbedded(t *testing.T) {
	source, target := openEmbedded(t), openEmbedded(t)
	fill(t, source.Workspace("w"), 1_500)
	parts, _, err := run(t.Context(), source, target)
	if err != nil || len(parts) != len(db.Collections()) || parts[2].Documents != 1_501 || parts[3].Documents != 1 {
		t.Fatalf("%+v, %v", parts, err)
	}
	if got, want := catalogue(t, target.Workspace("w")), catalogue(t, source.Workspace("w")); !reflect.DeepEqual(got, want) {
		t.Errorf("the catalogue is\n%v, want\n%v", got, want)
	}
}

func TestEmptyStore(t *testing.T) {
	if parts, told, err := run(t.Context(), openEmbedded(t), openEmbedded(t)); err != nil || len(parts) != 0 || len(told) != 0 {
		t.Errorf("%+v, %v, %v", parts, told, err)
	}
}

// Targets that are not empty, nor of the same store, are refused before anything is written.
func TestOtherTargets(t *testing.T) {
	source := openEmbedded(t)
	fill(t, source.Workspace("w"), 10)
	for name, c := range map[string]struct {
		workspace string
		write     func(w db.Workspace) error
		says      string
	}{
		"another workspace": {"x", func(w db.Workspace) error {
			_, err := w.CreateContact(t.Context(), db.ContactPatch{})
			return err
		}, "the target has a workspace x"},
		"a contact": {"w", func(w db.Workspace) error {
			_, err := w.CreateContact(t.Context(), db.ContactPatch{FirstName: new("Somebody")})
			return err
		}, "in contacts is only in the target"},
		"a segment": {"w", func(w db.Workspace) error {
			_, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: new("S"), Kind: db.Static})
			return err
		}, "in segments is only in the target"},
		"a field": {"w", func(w db.Workspace) error {
			_, err := w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("custom.score"), Type: filter.KindText})
			return err
		}, "custom.score in fields differs"},
	} {
		t.Run(name, func(t *testing.T) {
			target := openEmbedded(t)
			if err := c.write(target.Workspace(c.workspace)); err != nil {
				t.Fatal(err)
			}
			_, told, err := run(t.Context(), source, target)
			wantConflict(t, err, c.says)
			if told[clone.Copying] != 0 {
				t.Errorf("it copied %d documents nevertheless", told[clone.Copying])
			}
		})
	}
}

// careless is a store that does not keep what it is given.
type careless struct {
	db.Store
	add func(w db.Workspace, c db.Collection, records []db.Record) []db.Record
}

func (s careless) Workspace(id string) db.Workspace {
	return carelessWorkspace{s.Store.Workspace(id), s.add}
}

type carelessWorkspace struct {
	db.Workspace
	add func(w db.Workspace, c db.Collection, records []db.Record) []db.Record
}

func (w carelessWorkspace) AddRecords(ctx context.Context, c db.Collection, records []db.Record) error {
	return w.Workspace.AddRecords(ctx, c, w.add(w.Workspace, c, records))
}

// What went wrong on the way is found at the end, and the first document of it is named.
func TestVerification(t *testing.T) {
	source := openEmbedded(t)
	fill(t, source.Workspace("w"), 1_200)
	records, err := source.Workspace("w").Records(t.Context(), db.ContactRecords, "")
	if err != nil {
		t.Fatal(err)
	}
	const which = 700
	id := records[which].ID
	onlyContacts := func(change func(w db.Workspace, records []db.Record) []db.Record) func(db.Workspace, db.Collection, []db.Record) []db.Record {
		return func(w db.Workspace, c db.Collection, records []db.Record) []db.Record {
			if c != db.ContactRecords || len(records) < which {
				return records
			}
			return change(w, records)
		}
	}
	for name, c := range map[string]struct {
		add  func(w db.Workspace, records []db.Record) []db.Record
		says string
	}{
		"a document is lost": {func(_ db.Workspace, records []db.Record) []db.Record {
			return append(records[:which:which], records[which+1:]...)
		}, id + " in contacts is missing in the target"},
		"a letter is changed": {func(_ db.Workspace, records []db.Record) []db.Record {
			changed := append([]db.Record{}, records...)
			changed[which].Document = []byte(strings.Replace(string(records[which].Document), "Zoë", "Zoé", 1))
			return changed
		}, id + " in contacts differs"},
		"somebody writes": {func(w db.Workspace, records []db.Record) []db.Record {
			if _, err := w.CreateContact(t.Context(), db.ContactPatch{FirstName: new("Somebody")}); err != nil {
				t.Error(err)
			}
			return records
		}, "in contacts is only in the target"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := run(t.Context(), source, careless{openEmbedded(t), onlyContacts(c.add)})
			wantConflict(t, err, "the copy is not the same", c.says)
		})
	}
}
