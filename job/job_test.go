package job_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/job"
)

// The tests run in bubbles of synctest: time passes when everybody waits for it, and synctest.Wait returns when the
// runner has done all that it can do now.

// inBubble calls test with an empty store.
func inBubble(t *testing.T, test func(t *testing.T, w db.Workspace)) {
	synctest.Test(t, func(t *testing.T) {
		store := open(t, t.TempDir())
		test(t, store.Workspace("mine"))
	})
}

func open(t *testing.T, dir string) db.Store {
	t.Helper()
	store, err := embedded.Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return store
}

// start starts a runner, and returns what stops it as a shutdown does.
func start(t *testing.T, w db.Workspace, kinds map[string]job.Kind) (r *job.Runner, stop func()) {
	t.Helper()
	r = job.NewRunner(job.Options{
		Workspace: w, Kinds: kinds, Log: slog.New(slog.DiscardHandler), Now: time.Now, After: time.After,
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		r.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-stopped
	}
	t.Cleanup(stop)
	return r, stop
}

// rows is a kind of jobs that work on the rows that their parameters say, one after the other.
type rows struct {
	do      func(ctx context.Context, run *job.Run, row int64) error // nil for nothing
	begun   []string                                                 // IDs of the jobs of the runs
	from    []int64                                                  // the rows at which the runs began
	applied map[string][]int64                                       // by ID, as they were done
}

type rowParams struct {
	Rows int64 `json:"rows"`
}

type rowCheckpoint struct {
	Next int64 `json:"next"`
}

func (k *rows) kinds() map[string]job.Kind { return map[string]job.Kind{"rows": k.run} }

func (k *rows) run(ctx context.Context, run *job.Run) error {
	var params rowParams
	var at rowCheckpoint
	if err := run.Params(&params); err != nil {
		return err
	}
	if err := run.Checkpoint(&at); err != nil {
		return err
	}
	if k.applied == nil {
		k.applied = map[string][]int64{}
	}
	k.begun, k.from = append(k.begun, run.Job.ID), append(k.from, at.Next)
	counts := run.Job.Counts
	for ; at.Next < params.Rows; at.Next++ {
		if k.do != nil {
			if err := k.do(ctx, run, at.Next); err != nil {
				return err
			}
		}
		k.applied[run.Job.ID] = append(k.applied[run.Job.ID], at.Next)
		counts.Created++
		done := at.Next + 1
		progress := db.JobProgress{Done: done, Total: params.Rows, Fraction: float64(done) / float64(params.Rows)}
		if err := run.Save(ctx, rowCheckpoint{done}, progress, counts); err != nil {
			return err
		}
	}
	return nil
}

// blockAt has the kind wait at a row until its context ends, or until release is closed.
func (k *rows) blockAt(row int64) (release chan struct{}) {
	release = make(chan struct{})
	k.do = func(ctx context.Context, _ *job.Run, at int64) error {
		if at != row {
			return nil
		}
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return release
}

func enqueue(t *testing.T, r *job.Runner, n int64) string {
	t.Helper()
	params, _ := json.Marshal(rowParams{n})
	j, err := r.Enqueue(t.Context(), db.Job{Kind: "rows", Title: "rows", Params: params})
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

func read(t *testing.T, w db.Workspace, id string) *db.Job {
	t.Helper()
	jobs, err := w.JobsByID(t.Context(), []string{id})
	if err != nil || jobs[0] == nil {
		t.Fatalf("job %s: %v, %v", id, jobs, err)
	}
	return jobs[0]
}

func wantState(t *testing.T, w db.Workspace, id string, want db.JobState, created int64) *db.Job {
	t.Helper()
	j := read(t, w, id)
	if j.State != want || j.Counts.Created != created || j.Progress.Done != created {
		t.Errorf("the job is %s with %+v and %+v, want %s with %d (%s)", j.State, j.Counts, j.Progress, want, created, j.ErrorMessage)
	}
	return j
}

func wantCode(t *testing.T, err error, code db.Code) {
	t.Helper()
	if err == nil || db.CodeOf(err) != code {
		t.Errorf("got error %v, want %s", err, code)
	}
}

// killed opens what a process that is killed now leaves behind.
func killed(t *testing.T, dir string) db.Workspace {
	t.Helper()
	left := t.TempDir()
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return open(t, left).Workspace("mine")
}
