package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"segmentql/db"
	"segmentql/job"
)

func TestJobsRunInOrder(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var k rows
		idle := job.NewRunner(job.Options{Workspace: w, Now: time.Now}) // as of another server: it does not run
		want := []string{enqueue(t, idle, 3), enqueue(t, idle, 0), enqueue(t, idle, 2)}
		r, _ := start(t, w, k.kinds())
		synctest.Wait()
		want = append(want, enqueue(t, r, 1))
		synctest.Wait()
		other := enqueue(t, idle, 4)
		synctest.Wait()
		wantState(t, w, other, db.JobQueued, 0)
		time.Sleep(5 * time.Second) // until the runner has looked
		synctest.Wait()
		if want = append(want, other); !slices.Equal(k.begun, want) {
			t.Errorf("ran %v, want %v", k.begun, want)
		}
		for i, rows := range []int64{3, 0, 2, 1, 4} {
			j := wantState(t, w, want[i], db.JobDone, rows)
			if j.StartedAt.IsZero() || j.FinishedAt.IsZero() || j.Progress.Fraction != 1 {
				t.Errorf("the job is %+v", j)
			}
		}
	})
}

func TestCheckpointsAreStoredOnceASecond(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var k rows
		k.do = func(_ context.Context, _ *job.Run, row int64) error {
			if row%10 == 0 {
				time.Sleep(300 * time.Millisecond)
			}
			return nil
		}
		r, _ := start(t, w, k.kinds())
		id := enqueue(t, r, 100) // takes 3 seconds
		time.Sleep(10 * time.Second)
		j := wantState(t, w, id, db.JobDone, 100)
		// Of these writes one creates it, one begins, and one ends.
		if j.Version < 4 || j.Version > 3+3 || j.Active != 3*time.Second {
			t.Errorf("%d writes in %v", j.Version, j.Active)
		}
	})
}

// What is saved now is known before anything else happens.
func TestSaveNow(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var k rows
		k.do = func(ctx context.Context, run *job.Run, row int64) error {
			err := run.SaveNow(ctx, rowCheckpoint{row}, db.JobProgress{Done: row}, db.JobCounts{Created: row})
			j := wantState(t, w, run.Job.ID, db.JobRunning, row)
			if want := fmt.Sprintf(`{"next":%d}`, row); string(j.Checkpoint) != want {
				t.Errorf("the checkpoint is %s, want %s", j.Checkpoint, want)
			}
			return err
		}
		r, _ := start(t, w, k.kinds())
		id := enqueue(t, r, 3)
		synctest.Wait()
		wantState(t, w, id, db.JobDone, 3)
	})
}

// A shutdown leaves a job RUNNING with all that it saved, and it goes on before those that are older and wait.
func TestShutdown(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var k rows
		release := k.blockAt(5)
		r, stop := start(t, w, k.kinds())
		older := enqueue(t, r, 1)
		synctest.Wait()
		id := enqueue(t, r, 8)
		synctest.Wait()
		if _, err := w.UpdateJob(t.Context(), older, func(j *db.Job) error { j.State = db.JobQueued; return nil }); err != nil {
			t.Fatal(err)
		}
		stop()
		wantState(t, w, id, db.JobRunning, 5)
		close(release)
		_, _ = start(t, w, k.kinds())
		synctest.Wait()
		wantState(t, w, id, db.JobDone, 8)
		if !slices.Equal(k.begun, []string{older, id, id, older}) || k.from[2] != 5 {
			t.Errorf("runs of %v from %v", k.begun, k.from)
		}
		if !slices.Equal(k.applied[id], []int64{0, 1, 2, 3, 4, 5, 6, 7}) {
			t.Errorf("applied %v", k.applied[id])
		}
	})
}

// A process that is killed loses at most what it did since the last checkpoint that was stored.
func TestKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		var k rows
		k.do = func(ctx context.Context, run *job.Run, row int64) error {
			time.Sleep(400 * time.Millisecond)
			if row%2 == 0 {
				return nil
			}
			return run.Problem(ctx, db.Problem{Number: row, Message: "odd"})
		}
		r, _ := start(t, open(t, dir).Workspace("mine"), k.kinds())
		id := enqueue(t, r, 20)
		time.Sleep(3500 * time.Millisecond) // in the middle
		left := killed(t, dir)
		j := read(t, left, id)
		if j.State != db.JobRunning || j.Progress.Done < 5 || j.Progress.Done > 8 {
			t.Errorf("killed, the job is %s with %+v", j.State, j.Progress)
		}
		again := rows{do: k.do}
		_, _ = start(t, left, again.kinds())
		time.Sleep(20 * time.Second)
		wantState(t, left, id, db.JobDone, 20)
		if again.from[0] != j.Progress.Done {
			t.Errorf("it went on at %d, not at %d", again.from[0], j.Progress.Done)
		}
		problems, err := left.Problems(t.Context(), id, 0, 100)
		if err != nil || len(problems) != 10 || problems[9].Number != 19 {
			t.Errorf("problems %v, %v", problems, err)
		}
	})
}

func TestOutcomes(t *testing.T) {
	unavailable := db.Errorf(db.Unavailable, "the disk is full")
	for name, test := range map[string]struct {
		do       func(attempt, row int64) error
		state    db.JobState
		created  int64
		code     db.Code
		message  string
		attempts int64
	}{
		"an input mistake": {
			func(_, row int64) error {
				if row == 2 {
					return db.Errorf(db.BadInput, "row 3 is no row")
				}
				return nil
			}, db.JobFailed, 2, db.BadInput, "row 3 is no row", 1,
		},
		"an unknown error": {
			func(int64, int64) error { return errors.New("secret") }, db.JobFailed, 0, db.Internal, "internal error", 1,
		},
		"an internal error": {
			func(int64, int64) error { return db.Errorf(db.Internal, "secret") }, db.JobFailed, 0, db.Internal, "internal error", 1,
		},
		"a panic": {
			func(int64, int64) error { panic("secret") }, db.JobFailed, 0, db.Internal, "internal error", 1,
		},
		"a store that comes back": {
			func(attempt, row int64) error {
				if row == 2 && attempt < 5 {
					return unavailable
				}
				return nil
			}, db.JobDone, 12, "", "", 5,
		},
		"a store that does not come back": {
			func(_, row int64) error {
				if row == 2 {
					return unavailable
				}
				return nil
			}, db.JobFailed, 2, db.Unavailable, "the disk is full", 10,
		},
		"a store that is slow, with progress": {
			func(attempt, row int64) error {
				if attempt <= row {
					return db.Errorf(db.Timeout, "too slow")
				}
				return nil
			}, db.JobDone, 12, "", "", 12,
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w db.Workspace) {
				var k rows
				k.do = func(_ context.Context, _ *job.Run, row int64) error { return test.do(int64(len(k.begun)), row) }
				r, _ := start(t, w, k.kinds())
				id := enqueue(t, r, 12)
				time.Sleep(10 * time.Minute)
				j := wantState(t, w, id, test.state, test.created)
				if j.ErrorCode != test.code || j.ErrorMessage != test.message || int64(len(k.begun)) != test.attempts {
					t.Errorf("after %d attempts, want %d, it has the error %s: %s", len(k.begun), test.attempts, j.ErrorCode, j.ErrorMessage)
				}
				k.do = nil
				next := enqueue(t, r, 1)
				synctest.Wait()
				wantState(t, w, next, db.JobDone, 1)
			})
		})
	}
}

// While a job waits for another attempt it says why.
func TestWaitingIsVisible(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var k rows
		k.do = func(context.Context, *job.Run, int64) error {
			if len(k.begun) < 3 {
				return db.Errorf(db.Timeout, "too slow")
			}
			time.Sleep(2 * time.Second)
			return nil
		}
		r, _ := start(t, w, k.kinds())
		id := enqueue(t, r, 3)
		synctest.Wait()
		if j := wantState(t, w, id, db.JobRunning, 0); j.ErrorCode != db.Timeout || j.ErrorMessage != "too slow" {
			t.Errorf("the job is %+v", j)
		}
		time.Sleep(8 * time.Second)
		if j := wantState(t, w, id, db.JobRunning, 2); j.ErrorCode != "" {
			t.Errorf("the job is %+v", j)
		}
	})
}

func TestResume(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var k rows
		k.do = func(_ context.Context, _ *job.Run, row int64) error {
			if row == 2 {
				return db.Errorf(db.Conflict, "not now")
			}
			return nil
		}
		r, _ := start(t, w, k.kinds())
		id := enqueue(t, r, 4)
		synctest.Wait()
		wantState(t, w, id, db.JobFailed, 2)
		k.do = nil
		if _, err := r.Resume(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if j := wantState(t, w, id, db.JobDone, 4); j.ErrorCode != "" || k.from[1] != 2 {
			t.Errorf("it went on at %d: %+v", k.from[1], j)
		}
		_, err := r.Resume(t.Context(), id)
		wantCode(t, err, db.Conflict)
		_, err = r.Resume(t.Context(), "job_nothing")
		wantCode(t, err, db.NotFound)
	})
}

func TestUnknownKind(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var k rows
		created, err := w.CreateJob(t.Context(), db.Job{Kind: "newer"})
		if err != nil {
			t.Fatal(err)
		}
		_, stop := start(t, w, k.kinds())
		synctest.Wait()
		if j := wantState(t, w, created.ID, db.JobFailed, 0); !strings.Contains(j.ErrorMessage, "the kind newer") || j.Active != 0 {
			t.Errorf("the job is %+v", j)
		}
		stop()
		r, _ := start(t, w, map[string]job.Kind{"newer": k.run})
		if _, err := r.Resume(t.Context(), created.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wantState(t, w, created.ID, db.JobDone, 0)
	})
}

// Problems and warnings come with the checkpoint, however many they are.
func TestProblemsAndWarnings(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		record := []byte("row")
		k := rows{do: func(ctx context.Context, run *job.Run, row int64) error {
			run.Warn("there are rows")
			copy(record, "row") // the kind's own, which it uses again
			err := run.Problem(ctx, db.Problem{Number: row + 1, Message: "no", Record: record})
			copy(record, "xxx")
			return err
		}}
		r, _ := start(t, w, k.kinds())
		id := enqueue(t, r, db.MaxProblems+500)
		synctest.Wait()
		j := wantState(t, w, id, db.JobDone, db.MaxProblems+500)
		if !slices.Equal(j.Warnings, []string{"there are rows"}) {
			t.Errorf("warnings %q", j.Warnings)
		}
		last, err := w.Problems(t.Context(), id, db.MaxProblems, db.MaxProblems)
		want := db.Problem{Number: db.MaxProblems + 500, Message: "no", Record: []byte("row")}
		if err != nil || len(last) != 500 || !reflect.DeepEqual(last[499], want) {
			t.Errorf("%d problems, %v", len(last), err)
		}
	})
}

// deaf is a workspace whose jobs another server has taken over at some moment.
type deaf struct {
	db.Workspace
	lost, gone atomic.Bool
}

func (d *deaf) HoldJobs(ctx context.Context, owner string, now, until time.Time) (bool, error) {
	switch {
	case d.gone.Load():
		return false, db.Errorf(db.Unavailable, "the database cannot be reached")
	case d.lost.Load():
		return false, nil
	}
	return d.Workspace.HoldJobs(ctx, owner, now, until)
}

func TestLostLease(t *testing.T) {
	for name, test := range map[string]struct {
		lose  func(t *testing.T, d *deaf, id string)
		after time.Duration
	}{
		"another runner has it":            {func(_ *testing.T, d *deaf, _ string) { d.lost.Store(true) }, 10 * time.Second},
		"the database cannot be reached":   {func(_ *testing.T, d *deaf, _ string) { d.gone.Store(true) }, time.Minute},
		"another runner has begun the job": {beginElsewhere, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w db.Workspace) {
				d := &deaf{Workspace: w}
				ended := false
				k := rows{do: func(ctx context.Context, _ *job.Run, _ int64) error {
					select {
					case <-ctx.Done():
						ended = true
					case <-time.After(370 * time.Millisecond): // never when a lease ends
					}
					return ctx.Err()
				}}
				r, _ := start(t, d, k.kinds())
				id := enqueue(t, r, 1_000)
				time.Sleep(2100 * time.Millisecond)
				test.lose(t, d, id)
				time.Sleep(test.after)
				synctest.Wait()
				before := read(t, w, id)
				time.Sleep(10 * time.Second)
				after := read(t, w, id)
				if !ended && name != "another runner has begun the job" || len(k.begun) != 1 {
					t.Errorf("the kind has ended: %v, and was begun %d times", ended, len(k.begun))
				}
				if before.State != db.JobRunning || !reflect.DeepEqual(before, after) {
					t.Errorf("it was %+v, and then %+v", before, after)
				}
			})
		})
	}
}

// beginElsewhere makes the job one of another runner, as if this one had slept for the length of a lease.
func beginElsewhere(t *testing.T, d *deaf, id string) {
	t.Helper()
	d.lost.Store(true)
	if _, err := d.UpdateJob(t.Context(), id, func(j *db.Job) error { j.Owner = "other"; return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestRetention(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		finished := func(ago time.Duration) string {
			j, err := w.CreateJob(t.Context(), db.Job{Kind: "rows"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.UpdateJob(db.AsOf(t.Context(), time.Now().Add(-ago)), j.ID, func(j *db.Job) error { j.State = db.JobDone; return nil })
			if err != nil {
				t.Fatal(err)
			}
			return j.ID
		}
		ids := []string{finished(job.Retention + time.Hour), finished(job.Retention + time.Minute), finished(job.Retention - time.Hour)}
		_, _ = start(t, w, nil)
		time.Sleep(time.Minute)
		jobs, err := w.JobsByID(t.Context(), ids)
		if err != nil || jobs[0] != nil || jobs[1] != nil || jobs[2] == nil {
			t.Errorf("there are %v, %v", jobs, err)
		}
	})
}

// What was done to contacts long ago leaves the log; the last change is the contact's own.
func TestActivityRetention(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		c, err := w.CreateContact(t.Context(), db.ContactPatch{Email: new("a@example.com")})
		for _, days := range []int{40, 35, 31, 20, 10, 0} {
			if err == nil {
				ctx := db.AsOf(t.Context(), time.Now().AddDate(0, 0, -days))
				_, err = w.UpdateContact(ctx, c.ID, db.ContactPatch{FirstName: new(fmt.Sprint(days))})
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		const month = 30 * 24 * time.Hour
		r := job.NewRunner(job.Options{Workspace: w, KeepActivity: month, Log: slog.New(slog.DiscardHandler), Now: time.Now, After: time.After})
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			r.Run(ctx)
		}()
		time.Sleep(time.Minute)
		stop()
		<-stopped
		if left, err := w.Records(t.Context(), db.ActivityRecords, ""); err != nil || len(left) != 2 {
			t.Errorf("%d are left, %v", len(left), err)
		}
	})
}
