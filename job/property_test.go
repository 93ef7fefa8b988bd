package job_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/job"
)

// mortal is the workspace of a process that can be killed: nothing of what it does afterwards is stored.
type mortal struct {
	db.Workspace
	killed atomic.Bool
}

func (m *mortal) UpdateJob(ctx context.Context, id string, change func(*db.Job) error) (*db.Job, error) {
	if m.killed.Load() {
		return nil, db.Errorf(db.Unavailable, "the process is dead")
	}
	return m.Workspace.UpdateJob(ctx, id, change)
}

// history is what was done to jobs, and by them.
type history struct {
	w         db.Workspace
	ids       []string
	rows      map[string]int64
	cancelled map[string]bool
	kind      rows

	mu       sync.Mutex
	failing  map[string]int64 // the row at which a job fails, until it is resumed
	underWay int
}

func (h *history) failAt(id string, row int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failing[id] = row
}

func (h *history) mend(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.failing, id)
}

// failsAt returns the row at which a job fails now.
func (h *history) failsAt(id string) (row int64, fails bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	row, fails = h.failing[id]
	return row, fails
}

// enter counts who is at work.
func (h *history) enter(more int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.underWay += more
	return h.underWay
}

// step is one row of a job. Failing jobs fail in the middle.
func (h *history) step(rt *rapid.T) func(context.Context, *job.Run, int64) error {
	return func(ctx context.Context, run *job.Run, row int64) error {
		if h.enter(1) > 1 {
			rt.Error("two jobs are under way")
		}
		defer h.enter(-1)
		select {
		case <-time.After(150 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		if at, fails := h.failsAt(run.Job.ID); fails && row == at {
			return db.Errorf(db.BadInput, "not now")
		}
		return nil
	}
}

// TestJobsComeToTheirEnds has processes stop, die and start while jobs are made, cancelled and resumed.
func TestJobsComeToTheirEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, workspaces := open(t, t.TempDir()), 0
		rapid.Check(struct{ rapid.TB }{t}, func(rt *rapid.T) { // without its deadline, for which bubbles have no time
			workspaces++
			h := &history{
				w: store.Workspace(string(rune('a'+workspaces%26)) + time.Now().String()), rows: map[string]int64{},
				failing: map[string]int64{}, cancelled: map[string]bool{},
			}
			h.kind.do = h.step(rt)
			alive := &mortal{Workspace: h.w}
			r, stop := start(t, alive, h.kind.kinds())
			anyJob := func() string { return rapid.SampledFrom(h.ids).Draw(rt, "job") }
			for range rapid.IntRange(1, 25).Draw(rt, "steps") {
				switch action := rapid.SampledFrom([]string{"make", "cancel", "resume", "restart", "kill", "wait"}).Draw(rt, "action"); {
				case action == "make" || len(h.ids) == 0:
					rows := rapid.Int64Range(0, 30).Draw(rt, "rows")
					id := enqueue(t, r, rows)
					h.ids, h.rows[id] = append(h.ids, id), rows
					if rows > 0 && rapid.IntRange(0, 3).Draw(rt, "fails") == 0 {
						h.failAt(id, rows/2)
					}
				case action == "cancel":
					if id := anyJob(); h.cancel(rt, r, id) {
						h.cancelled[id] = true
					}
				case action == "resume":
					id := anyJob()
					if _, err := r.Resume(t.Context(), id); err == nil {
						h.mend(id)
					}
				case action == "wait":
					time.Sleep(time.Duration(rapid.IntRange(0, 4_000).Draw(rt, "milliseconds")) * time.Millisecond)
				default:
					alive.killed.Store(action == "kill")
					stop()
					alive = &mortal{Workspace: h.w}
					r, stop = start(t, alive, h.kind.kinds())
				}
			}
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			stop()
			for _, id := range h.ids {
				h.check(t, rt, id)
			}
		})
	})
}

func (h *history) cancel(rt *rapid.T, r *job.Runner, id string) bool {
	_, err := r.Cancel(context.Background(), id)
	if err != nil && db.CodeOf(err) != db.Conflict && db.CodeOf(err) != db.Unavailable {
		rt.Error(err)
	}
	return err == nil
}

// check says what is wrong with how a job ended.
func (h *history) check(t *testing.T, rt *rapid.T, id string) {
	j := read(t, h.w, id)
	_, fails := h.failsAt(id)
	switch {
	case !j.State.Finished():
		rt.Errorf("it ended nowhere: %+v", j)
	case j.State == db.JobCancelled && !h.cancelled[id]:
		rt.Errorf("nobody cancelled it: %+v", j)
	case j.State == db.JobFailed && !fails:
		rt.Errorf("it failed without a reason: %+v", j)
	case j.State == db.JobDone && (fails || j.Counts.Created != h.rows[id]):
		rt.Errorf("it cannot be done, with %d rows: %+v", h.rows[id], j)
	case j.Counts.Created != j.Progress.Done:
		rt.Errorf("the counts are not those of the checkpoint: %+v", j)
	}
	// Rows may be done again after a process died, but none is left out.
	next := int64(0)
	for _, row := range h.kind.applied[id] {
		if row > next {
			rt.Errorf("of %d rows these were done: %v", h.rows[id], h.kind.applied[id])
			break
		}
		next = max(next, row+1)
	}
	if next < j.Counts.Created || j.State == db.JobDone && !slices.Contains(h.kind.applied[id], h.rows[id]-1) && h.rows[id] > 0 {
		rt.Errorf("%d rows were done, but the job is %+v", next, j)
	}
}
