package bulk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"segmentql/bulk"
	"segmentql/db"
	"segmentql/filter"
	"segmentql/job"
	"segmentql/segment"
)

const many = bulk.MaxContacts + 700

// newRunner returns a runner of bulk work that does nothing before it is started. It waits for a hundredth of the time.
func newRunner(ws db.Workspace) *job.Runner {
	return job.NewRunner(job.Options{
		Workspace: ws, Kinds: map[string]job.Kind{db.JobBulk: bulk.RunJob}, Log: slog.New(slog.DiscardHandler),
		Now: time.Now, After: func(d time.Duration) <-chan time.Time { return time.After(d / 100) },
	})
}

// start runs the jobs until the test ends.
func start(t *testing.T, r *job.Runner) *job.Runner {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return r
}

// enqueue makes a job of the change.
func enqueue(t *testing.T, ws db.Workspace, r *job.Runner, target bulk.Target, c bulk.Change) *db.Job {
	t.Helper()
	tried, err := bulk.Try(t.Context(), ws, target, c)
	if err != nil || !tried.Large() || tried.Job != nil {
		t.Fatalf("%+v is planned, %v", tried, err)
	}
	done, err := bulk.Apply(t.Context(), ws, r, target, c)
	if err != nil || done.Job == nil || done.Matching != tried.Matching || done.Changed != 0 || done.Job.Progress.Total != done.Matching {
		t.Fatalf("%+v is done, %v", done, err)
	}
	return done.Job
}

func await(t *testing.T, ws db.Workspace, id string) *db.Job {
	t.Helper()
	for late := time.Now().Add(time.Minute); time.Now().Before(late); time.Sleep(5 * time.Millisecond) {
		jobs, err := ws.JobsByID(t.Context(), []string{id})
		if err != nil {
			t.Fatal(err)
		}
		if jobs[0].State.Finished() {
			return jobs[0]
		}
	}
	t.Fatal("the job does not end")
	return nil
}

func wantJob(t *testing.T, j *db.Job, state db.JobState, want db.JobCounts) {
	t.Helper()
	all := want.Updated + want.Deleted + want.Unchanged + want.Rejected
	if j.State != state || j.Counts != want || j.Progress.Done != all || state == db.JobDone && j.Progress.Total != all {
		t.Errorf("the job %q is %s with %+v and %+v (%s), want %s with %+v", j.Title, j.State, j.Counts, j.Progress, j.ErrorMessage, state, want)
	}
}

// TestJobs makes each change of more contacts than are changed at once, one after the other.
func TestJobs(t *testing.T) {
	w := people(t, many)
	r := start(t, newRunner(w))
	guests, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: new("Guests"), Kind: db.Static})
	if err != nil {
		t.Fatal(err)
	}
	// Some have a text where the others have nothing.
	odd, err := bulk.Apply(t.Context(), w, nil, withTag(t, "odd"), bulk.Update(db.ContactPatch{Set: []db.FieldValue{{Path: filter.MustPath("custom.visits"), Value: "often"}}}))
	if err != nil {
		t.Fatal(err)
	}
	even := many - odd.Changed
	guest := filter.MemberOf(guests.ID)
	for _, c := range []struct {
		title  string
		change bulk.Change
		want   db.JobCounts
		nodes  map[int64]filter.Node // by how many match then
	}{
		{"Tag contacts", bulk.Tag([]string{"new"}, []string{"never"}), db.JobCounts{Updated: many}, map[int64]filter.Node{many: tagged("new")}},
		{"Tag contacts", bulk.Tag([]string{"more"}, []string{"new"}), db.JobCounts{Updated: many}, map[int64]filter.Node{0: tagged("new"), many: tagged("more")}},
		{`Add contacts to "Guests"`, bulk.Join(guests), db.JobCounts{Updated: many}, map[int64]filter.Node{many: guest}},
		{"Update contacts", increment("visits"), db.JobCounts{Updated: even, Rejected: odd.Changed}, map[int64]filter.Node{
			even: filter.Has{Path: filter.MustPath("custom.visits"), Test: filter.NewOneOf([]any{int64(1)}, false)},
		}},
		{`Remove contacts from "Guests"`, bulk.Leave(guests), db.JobCounts{Updated: many}, map[int64]filter.Node{0: guest}},
		{"Delete contacts", bulk.Delete(), db.JobCounts{Deleted: many}, map[int64]filter.Node{0: filter.Const(true)}},
	} {
		j := await(t, w, enqueue(t, w, r, everybody(t), c.change).ID)
		wantJob(t, j, db.JobDone, c.want)
		if j.Title != c.title || j.Kind != db.JobBulk {
			t.Errorf("the job is of the kind %s and has the title %q, want %q", j.Kind, j.Title, c.title)
		}
		for want, n := range c.nodes {
			if got := count(t, w, n); got != want {
				t.Errorf("after %s, %d match %v, want %d", c.title, got, n, want)
			}
		}
		var last int64
		problems := int64(0)
		for more := true; more; {
			page, err := w.Problems(t.Context(), j.ID, last, db.MaxProblems)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page {
				if (p.Number-1)%3 != 0 || p.Contact == "" || p.Code != db.BadInput || p.Message != "custom.visits is TEXT; only a number can be incremented" || fmt.Sprint(p.Path) != "[increment 0]" {
					t.Fatalf("the problem is %+v", p)
				}
				last = p.Number
			}
			problems, more = problems+int64(len(page)), len(page) > 0
		}
		if problems != c.want.Rejected {
			t.Errorf("%s has %d problems, want %d", c.title, problems, c.want.Rejected)
		}
	}
}

// faulty is a workspace of which the answers to some changes get lost, and some are made in part only.
type faulty struct {
	db.Workspace
	changes int
	fail    func(changes int) error // nil where a change succeeds
	part    func(ids []string) []string
}

func (f *faulty) UpdateContacts(ctx context.Context, ids []string, p db.ContactPatch) ([]db.UpdateResult, error) {
	f.changes++
	if lost := f.fail(f.changes); lost != nil {
		_, _ = f.Workspace.UpdateContacts(ctx, f.part(ids), p)
		return nil, lost
	}
	return f.Workspace.UpdateContacts(ctx, ids, p)
}

func (f *faulty) DeleteContacts(ctx context.Context, ids []string) ([]string, error) {
	f.changes++
	if lost := f.fail(f.changes); lost != nil {
		_, _ = f.Workspace.DeleteContacts(ctx, f.part(ids))
		return nil, lost
	}
	return f.Workspace.DeleteContacts(ctx, ids)
}

// TestJobChangesOnce loses the answers to batches that were applied in part or as a whole. Contacts do not match any more
// once they are changed.
func TestJobChangesOnce(t *testing.T) {
	for name, c := range map[string]struct {
		change bulk.Change
		want   db.JobCounts
	}{
		"tag":    {bulk.Tag([]string{"new"}, nil), db.JobCounts{Updated: many}},
		"delete": {bulk.Delete(), db.JobCounts{Deleted: many}},
		"increment": {bulk.Update(db.ContactPatch{
			RemoveTags: []string{"all"}, Increments: []db.FieldIncrement{{Path: filter.MustPath("custom.visits"), By: int64(1)}},
		}), db.JobCounts{Updated: many}},
	} {
		t.Run(name, func(t *testing.T) {
			w := &faulty{
				Workspace: people(t, many), fail: func(changes int) error {
					if changes%3 != 0 {
						return db.Errorf(db.Unavailable, "the connection was lost")
					}
					return nil
				},
			}
			w.part = func(ids []string) []string { return ids[:len(ids)*(w.changes%3)/2] }
			r := start(t, newRunner(w))
			j := await(t, w, enqueue(t, w, r, withTag(t, "all"), c.change).ID)
			wantJob(t, j, db.JobDone, c.want)
			once := filter.Has{Path: filter.MustPath("custom.visits"), Test: filter.NewOneOf([]any{int64(1)}, false)}
			if n := count(t, w, once); name == "increment" && n != many {
				t.Errorf("%d were incremented once", n)
			}
			if n := count(t, w, tagged("new")); name == "tag" && n != many {
				t.Errorf("%d are tagged", n)
			}
		})
	}
}

// TestJobIsCancelled ends a job in a batch. What it says is what was done.
func TestJobIsCancelled(t *testing.T) {
	w := &faulty{Workspace: people(t, many)}
	r := start(t, newRunner(w))
	ids := make(chan string, 1)
	w.fail = func(changes int) error {
		if changes == 4 {
			if _, err := r.Cancel(t.Context(), <-ids); err != nil {
				t.Error(err)
			}
		}
		return nil
	}
	j := enqueue(t, w, r, everybody(t), bulk.Tag([]string{"new"}, nil))
	ids <- j.ID
	wantJob(t, await(t, w, j.ID), db.JobCancelled, db.JobCounts{Updated: 2_000})
	if n := count(t, w, tagged("new")); n != 2_000 {
		t.Errorf("%d are tagged", n)
	}
}

// TestJobGoesOnWithThoseWhoStillMatch resumes a job that failed before it changed a batch that it had planned.
func TestJobGoesOnWithThoseWhoStillMatch(t *testing.T) {
	w := &faulty{Workspace: people(t, many)}
	var planned []string
	w.fail = func(changes int) error {
		if changes == 2 {
			return db.Errorf(db.Conflict, "something is in the way")
		}
		return nil
	}
	w.part = func(ids []string) []string { planned = ids; return nil }
	r := start(t, newRunner(w))
	name := func(n string) any { return filter.Object{"text": filter.Object{"path": "custom.name", "notEquals": n}} }
	j := enqueue(t, w, r, matching(t, name("changed")), increment("visits"))
	if failed := await(t, w, j.ID); failed.State != db.JobFailed || failed.Counts != (db.JobCounts{Updated: 500}) || failed.ErrorMessage != "something is in the way" {
		t.Fatalf("the job is %s with %+v: %s", failed.State, failed.Counts, failed.ErrorMessage)
	}
	changed := db.ContactPatch{Set: []db.FieldValue{{Path: filter.MustPath("custom.name"), Value: "changed"}}}
	if _, err := w.Workspace.UpdateContacts(t.Context(), planned[:20], changed); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Workspace.DeleteContacts(t.Context(), planned[490:]); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Resume(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	wantJob(t, await(t, w, j.ID), db.JobDone, db.JobCounts{Updated: many - 30, Unchanged: 30})
}

// TestJobMeansWhatWasAsked edits and deletes segments, and lets time pass, before the job runs.
func TestJobMeansWhatWasAsked(t *testing.T) {
	w := people(t, many)
	newSegment := func(name, f string) *db.Segment {
		s, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: &name, Filter: json.RawMessage(f)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	inner := newSegment("Inner", `{"not": {"date": {"path": "createdAt", "inLast": {"amount": 1, "unit": "DAY"}}}}`)
	outer := newSegment("Outer", `{"and": [{"segment": {"id": "`+inner.ID+`"}}, {"number": {"path": "custom.n", "gte": 9}}]}`)

	// Three days ahead nobody is of the last day, but as of now everybody is.
	p, err := segment.NewParser(t.Context(), w, time.Now().Add(72*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	p.Zone = time.UTC
	target, err := bulk.Members(p.Parser, outer.ID)
	if err != nil {
		t.Fatal(err)
	}
	r := newRunner(w)
	j := enqueue(t, w, r, target, bulk.Tag([]string{"new"}, nil))
	if _, err := w.UpdateSegment(t.Context(), outer.ID, db.SegmentPatch{Filter: json.RawMessage(`{"or": []}`)}); err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteSegment(t.Context(), inner.ID); err != nil {
		t.Fatal(err)
	}
	start(t, r)
	wantJob(t, await(t, w, j.ID), db.JobDone, db.JobCounts{Updated: many - 9})

	if _, err := bulk.Members(p.Parser, "seg_0"); db.CodeOf(err) != db.NotFound {
		t.Errorf("a segment that there is not: %v", err)
	}
}

// TestJobOfADeletedSegment does not add members to a segment that is gone.
func TestJobOfADeletedSegment(t *testing.T) {
	w := people(t, many)
	s, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: new("Guests"), Kind: db.Static})
	if err != nil {
		t.Fatal(err)
	}
	r := newRunner(w)
	j := enqueue(t, w, r, everybody(t), bulk.Join(s))
	if err := w.DeleteSegment(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	start(t, r)
	if j = await(t, w, j.ID); j.State != db.JobFailed || j.ErrorCode != db.NotFound {
		t.Errorf("the job is %s: %s", j.State, j.ErrorMessage)
	}
	if n := count(t, w, filter.MemberOf(s.ID)); n != 0 {
		t.Errorf("it has %d members", n)
	}
}
