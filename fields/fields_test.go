package fields_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/fields"
	"segmentql/filter"
	"segmentql/job"
)

const contacts, wrong = 1_000, 100

// people have texts for scores, of which every tenth is no number.
func people(t *testing.T) db.Workspace {
	t.Helper()
	store, err := embedded.Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	w := store.Workspace("w")
	var patches []db.ContactPatch
	for i := range contacts {
		score := fmt.Sprint(i)
		if i%10 == 0 {
			score = "none"
		}
		patches = append(patches, db.ContactPatch{Email: new(fmt.Sprintf("%d@example.com", i)), Custom: filter.Object{"score": score}})
	}
	if _, err := w.UpsertContacts(t.Context(), patches, db.Upsert); err != nil {
		t.Fatal(err)
	}
	return w
}

// watched is a workspace that calls after with how many batches of contacts were updated. Where that fails, the answer to
// the update is lost.
type watched struct {
	db.Workspace
	batches int
	after   func(batches int) error
}

func (w *watched) UpdateContacts(ctx context.Context, ids []string, p db.ContactPatch) ([]db.UpdateResult, error) {
	results, err := w.Workspace.UpdateContacts(ctx, ids, p)
	w.batches++
	if lost := w.after(w.batches); lost != nil {
		return nil, lost
	}
	return results, err
}

// newRunner returns a runner that does not wait before it tries a job again, and runs it until the test ends.
func newRunner(t *testing.T, w db.Workspace) *job.Runner {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	runner := job.NewRunner(job.Options{
		Workspace: w, Kinds: map[string]job.Kind{db.JobConvertField: fields.RunConversion, db.JobRemoveField: fields.RunRemoval}, Log: slog.New(slog.DiscardHandler),
		Now: time.Now, After: func(time.Duration) <-chan time.Time { return time.After(time.Millisecond) },
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		runner.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return runner
}

// await returns the job when it has ended.
func await(t *testing.T, w db.Workspace, id string) *db.Job {
	t.Helper()
	for {
		jobs, err := w.JobsByID(t.Context(), []string{id})
		if err != nil {
			t.Fatal(err)
		}
		if jobs[0].State.Finished() {
			return jobs[0]
		}
		time.Sleep(time.Millisecond)
	}
}

func score(kind filter.Kind) db.FieldDeclaration {
	return db.FieldDeclaration{Path: filter.MustPath("custom.score"), Type: kind}
}

func declare(t *testing.T, w db.Workspace, jobs fields.Jobs, kind filter.Kind) *db.Job {
	t.Helper()
	declared, err := fields.Declare(t.Context(), w, jobs, score(kind))
	if err != nil || declared.Job == nil {
		t.Fatalf("%+v, %v", declared, err)
	}
	return declared.Job
}

// TestAnswersGetLost counts each contact once, and has one problem for each that stays, though batches are done twice.
func TestAnswersGetLost(t *testing.T) {
	w := people(t)
	runner := newRunner(t, &watched{Workspace: w, after: func(batches int) error {
		if batches%2 == 1 {
			return db.Errorf(db.Unavailable, "the database cannot be reached")
		}
		return nil
	}})
	done := await(t, w, declare(t, w, runner, filter.KindNumber).ID)
	if want := (db.JobCounts{Updated: contacts - wrong, Rejected: wrong}); done.State != db.JobDone || done.Counts != want {
		t.Errorf("%s, %+v", done.State, done.Counts)
	}
	problems, err := w.Problems(t.Context(), done.ID, 0, db.MaxProblems)
	ids := map[string]bool{}
	for _, p := range problems {
		ids[p.Contact] = true
	}
	if err != nil || len(problems) != wrong || len(ids) != wrong {
		t.Errorf("%d problems of %d contacts, %v", len(problems), len(ids), err)
	}
}

// TestDeclaredAnewMeanwhile never converts to what was declared before.
func TestDeclaredAnewMeanwhile(t *testing.T) {
	w := people(t)
	var runner *job.Runner
	var second *db.Job
	runner = newRunner(t, &watched{Workspace: w, after: func(batches int) error {
		if batches == 1 {
			second = declare(t, w, runner, filter.KindBoolean)
		}
		return nil
	}})
	first := await(t, w, declare(t, w, runner, filter.KindNumber).ID)
	if first.State != db.JobDone || first.Counts.Updated+first.Counts.Rejected >= contacts || !strings.Contains(strings.Join(first.Warnings, " "), "not declared NUMBER any more") {
		t.Errorf("the first: %+v", first)
	}
	if done := await(t, w, second.ID); done.Counts.Rejected != contacts {
		t.Errorf("the second: %+v", done)
	}
	numbers := filter.Has{Path: filter.MustPath("custom.score"), Test: filter.OfKind{filter.KindNumber}}
	counts, err := w.CountContacts(t.Context(), []filter.Node{numbers})
	if err != nil || counts[0] != first.Counts.Updated {
		t.Errorf("%v numbers, %v, want %d", counts, err, first.Counts.Updated)
	}
}

// TestFieldIsUsedMeanwhile has a segment saved, and the field written again, while it is removed.
func TestFieldIsUsedMeanwhile(t *testing.T) {
	w := people(t)
	removing := &watched{Workspace: w, after: func(batches int) error {
		if batches > 1 {
			return nil
		}
		_, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: new("Good"), Filter: []byte(`{"text": {"path": "custom.score", "equals": "5"}}`)})
		if err == nil {
			_, err = w.CreateContact(t.Context(), db.ContactPatch{Custom: filter.Object{"score": "5"}})
		}
		return err
	}}
	removed, err := fields.Remove(t.Context(), removing, nil, filter.MustPath("custom.score"))
	if err != nil || removed.Contacts != contacts || removed.Job != nil {
		t.Fatalf("%+v, %v", removed, err)
	}
	if !slices.ContainsFunc(removed.Warnings, func(text string) bool { return strings.Contains(text, `use the field: "Good"`) }) {
		t.Errorf("warnings: %q", removed.Warnings)
	}
	catalogue, err := w.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	has := filter.Has{Path: filter.MustPath("custom.score"), Test: filter.NotBlank{}}
	counts, err := w.CountContacts(t.Context(), []filter.Node{has})
	if known, _ := catalogue.Known("custom.score"); err != nil || known != (counts[0] > 0) {
		t.Errorf("%d have it, known: %v, %v", counts[0], known, err)
	}
}
