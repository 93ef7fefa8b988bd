package transfer_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/job"
	"segmentql/transfer"
)

// faulty is a workspace of which the answers to some upserts get lost.
type faulty struct {
	db.Workspace
	upserts int
	after   func(upserts int) error // nil where the answer arrives
}

func (f *faulty) UpsertContacts(ctx context.Context, patches []db.ContactPatch, mode db.UpsertMode) ([]db.UpsertResult, error) {
	results, err := f.Workspace.UpsertContacts(ctx, patches, mode)
	f.upserts++
	if lost := f.after(f.upserts); lost != nil && err == nil {
		return nil, lost
	}
	return results, err
}

// startRunner runs jobs that are imports until the test ends. It does not wait before it tries one again.
func startRunner(t *testing.T, ws db.Workspace) *job.Runner {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	runner := job.NewRunner(job.Options{
		Workspace: ws, Kinds: map[string]job.Kind{db.JobImport: transfer.RunJob}, Log: slog.New(slog.DiscardHandler),
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

func upload(t *testing.T, runner *job.Runner, r transfer.Request, text string) string {
	t.Helper()
	work, err := transfer.NewJob(r, "file")
	if err != nil {
		t.Fatal(err)
	}
	j, err := runner.Upload(t.Context(), work, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

func await(t *testing.T, ws db.Workspace, id string) *db.Job {
	t.Helper()
	for late := time.Now().Add(30 * time.Second); time.Now().Before(late); time.Sleep(5 * time.Millisecond) {
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

// manyRows are rows of which each tenth is rejected, each contact has two, and a mapped field comes first only.
func manyRows(n int) string {
	var text strings.Builder
	text.WriteString("Mail,first,n,blank\n")
	for i := range n {
		email, first := fmt.Sprintf("a%d@b.cd", i%(n/2)), ""
		if i%10 == 3 {
			email = "nope"
		}
		if i == 0 {
			first = "Ada"
		}
		fmt.Fprintf(&text, "%s,%s,%d,%200s\n", email, first, i, "")
	}
	return text.String()
}

// TestJobAppliesRowsOnce loses the answers to batches that were applied, so that the job is tried again from checkpoints
// before them.
func TestJobAppliesRowsOnce(t *testing.T) {
	ws := &faulty{Workspace: openWorkspace(t), after: func(upserts int) error {
		if upserts%3 == 2 {
			return db.Errorf(db.Unavailable, "the connection was lost")
		}
		return nil
	}}
	const rows = 5_000
	id := upload(t, startRunner(t, ws), transfer.Request{Map: "email=Mail,firstName=first"}, manyRows(rows))
	j := await(t, ws, id)
	want := db.JobCounts{Created: rows / 2 * 9 / 10, Updated: rows / 2 * 9 / 10, Rejected: rows / 10}
	if j.State != db.JobDone || j.Counts != want || j.Progress != (db.JobProgress{Done: rows, Total: rows, Fraction: 1}) {
		t.Errorf("the job is %s with %+v and %+v (%s), want %+v", j.State, j.Counts, j.Progress, j.ErrorMessage, want)
	}
	if got := strings.Join(j.Warnings, "; "); got != "declared custom.n as NUMBER" {
		t.Errorf("it warns: %s", got)
	}
	counts, err := ws.CountContacts(t.Context(), []filter.Node{filter.Const(true)})
	if err != nil || counts[0] != want.Created {
		t.Errorf("there are %d contacts, %v", counts, err)
	}
	c, err := ws.ContactByEmail(t.Context(), "a1@b.cd")
	if err != nil || c.Version != 2 || c.Custom["n"] != int64(rows/2+1) {
		t.Errorf("one of them is %+v, %v", c, err)
	}
	var rejected bytes.Buffer
	if err := transfer.WriteProblems(t.Context(), ws, id, &rejected); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(rejected.String(), "\n"); len(lines) != 2+rows/10 || lines[1] != `4,"email: ""nope"" is not an email address like ada@example.com","nope,,3,`+strings.Repeat(" ", 200)+`",` {
		t.Errorf("the rejected rows are %d lines, with %q", len(lines), lines[1])
	}
}

// TestJobThatFailsGoesOn resumes a job that a full disk has stopped.
func TestJobThatFailsGoesOn(t *testing.T) {
	ws := &faulty{Workspace: openWorkspace(t), after: func(upserts int) error {
		if upserts == 10 {
			return db.Errorf(db.Conflict, "something is in the way")
		}
		return nil
	}}
	runner := startRunner(t, ws)
	id := upload(t, runner, transfer.Request{Map: "email=Mail"}, manyRows(4_000))
	j := await(t, ws, id)
	const message = "something is in the way. The first 1800 rows are applied (1620 created, 0 updated, 180 rejected), no others are"
	if j.State != db.JobFailed || j.ErrorMessage != message || j.Progress.Done != 1_800 || j.Progress.Fraction <= 0 || j.Progress.Fraction >= 1 {
		t.Errorf("the job is %s: %s, %+v", j.State, j.ErrorMessage, j.Progress)
	}
	if _, err := runner.Resume(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if j = await(t, ws, id); j.State != db.JobDone || j.Counts != (db.JobCounts{Created: 1_800, Updated: 1_800, Rejected: 400}) {
		t.Errorf("the job is %s with %+v", j.State, j.Counts)
	}
}

// TestJobIsCancelledBetweenBatches ends a job while it writes. What it says is what was done.
func TestJobIsCancelledBetweenBatches(t *testing.T) {
	ws := &faulty{Workspace: openWorkspace(t)}
	runner := startRunner(t, ws)
	ids := make(chan string, 1)
	ws.after = func(upserts int) error {
		if upserts == 3 {
			if _, err := runner.Cancel(t.Context(), <-ids); err != nil {
				t.Error(err)
			}
		}
		return nil
	}
	id := upload(t, runner, transfer.Request{Map: "email=Mail"}, manyRows(40_000))
	ids <- id
	j := await(t, ws, id)
	counts, err := ws.CountContacts(t.Context(), []filter.Node{filter.Const(true)})
	if err != nil {
		t.Fatal(err)
	}
	if j.State != db.JobCancelled || j.Counts.Created != counts[0] || j.Progress.Done != 600 {
		t.Errorf("the job is %s after %d rows, it has created %d contacts, and there are %d", j.State, j.Progress.Done, j.Counts.Created, counts[0])
	}
}

// TestJobWithoutItsFile resumes a job in a store that was restored, where what was sent for it is not.
func TestJobWithoutItsFile(t *testing.T) {
	ws := &faulty{Workspace: openWorkspace(t), after: func(upserts int) error {
		if upserts == 3 {
			return db.Errorf(db.Conflict, "something is in the way")
		}
		return nil
	}}
	runner := startRunner(t, ws)
	id := upload(t, runner, transfer.Request{Map: "email=Mail"}, manyRows(4_000))
	await(t, ws, id)
	if err := ws.DeleteFile(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := runner.Resume(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	const message = "what was sent for this import is not here any more, as after a restore; the first 400 rows are applied, send the file again for the others"
	if j := await(t, ws, id); j.State != db.JobFailed || j.ErrorCode != db.NotFound || j.ErrorMessage != message {
		t.Errorf("the job is %s: %s, %s", j.State, j.ErrorCode, j.ErrorMessage)
	}
}
