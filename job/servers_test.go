package job_test

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/mongodb"
	"segmentql/db/mongodb/mongotest"
	"segmentql/job"
)

// clock is one that tests set. What waits for it looks again at once, so that nothing waits for long.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func after(time.Duration) <-chan time.Time { return time.After(5 * time.Millisecond) }

// server is one of those that share a database.
type server struct {
	db.Workspace
	dead  atomic.Bool // it cannot reach the database any more
	looks atomic.Int64
	job   *job.Runner
	rows  rows
}

func (s *server) HoldJobs(ctx context.Context, owner string, now, until time.Time) (bool, error) {
	if s.dead.Load() {
		return false, db.Errorf(db.Unavailable, "the server is dead")
	}
	defer s.looks.Add(1)
	return s.Workspace.HoldJobs(ctx, owner, now, until)
}

func (s *server) UpdateJob(ctx context.Context, id string, change func(*db.Job) error) (*db.Job, error) {
	if s.dead.Load() {
		return nil, db.Errorf(db.Unavailable, "the server is dead")
	}
	return s.Workspace.UpdateJob(ctx, id, change)
}

// startServer starts one of several servers on a database.
func startServer(t *testing.T, uri string, c *clock) *server {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	store, err := mongodb.Open(t.Context(), uri, c.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context(), func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	s := &server{Workspace: store.Workspace("shared")}
	s.job = job.NewRunner(job.Options{Workspace: s, Kinds: s.rows.kinds(), Log: log, Now: c.Now, After: after})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { s.job.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		if err := store.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return s
}

// eventually asks until the answer is yes, or the test runs out of time.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	late := time.After(time.Minute)
	for !is() {
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("it did not come about that %s", what)
		}
	}
}

// Of two servers on one database one runs a job, and when it is gone the other goes on with it.
func TestServers(t *testing.T) {
	uri, c := mongotest.Database(t), &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	first := startServer(t, uri, c)
	blocked := make(chan struct{})
	first.rows.do = func(ctx context.Context, _ *job.Run, row int64) error {
		c.advance(2 * time.Second) // so that each checkpoint is stored
		if row < 5 {
			return nil
		}
		close(blocked)
		<-ctx.Done()
		return ctx.Err()
	}
	eventually(t, "the first server has the jobs", func() bool { return first.looks.Load() > 1 })
	second := startServer(t, uri, c)
	id := enqueue(t, second.job, 8)
	<-blocked
	looked := second.looks.Load()
	eventually(t, "the second server has looked for a while", func() bool { return second.looks.Load() > looked+5 })
	wantState(t, second.Workspace, id, db.JobRunning, 5)

	first.dead.Store(true)
	c.advance(time.Minute)
	eventually(t, "the second server has done the job", func() bool { return read(t, second.Workspace, id).State == db.JobDone })
	wantState(t, second.Workspace, id, db.JobDone, 8)
	if len(second.rows.begun) != 1 || second.rows.from[0] != 5 {
		t.Errorf("it began %v at %v", second.rows.begun, second.rows.from)
	}

	// A job that the second one runs is cancelled through the first.
	second.rows.do = func(ctx context.Context, _ *job.Run, _ int64) error {
		<-ctx.Done()
		return ctx.Err()
	}
	first.dead.Store(false)
	id = enqueue(t, first.job, 8)
	eventually(t, "the job runs", func() bool { return read(t, first.Workspace, id).State == db.JobRunning })
	if _, err := first.job.Cancel(t.Context(), id); err != nil {
		t.Error(err)
	}
	eventually(t, "the job is cancelled", func() bool { return read(t, first.Workspace, id).State == db.JobCancelled })
}
