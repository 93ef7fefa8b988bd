package job_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"segmentql/db"
	"segmentql/job"
)

func TestCancel(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var k rows
		k.blockAt(5)
		r, _ := start(t, w, k.kinds())
		running, waiting := enqueue(t, r, 8), enqueue(t, r, 8)
		synctest.Wait()
		for _, id := range []string{waiting, running} {
			if _, err := r.Cancel(t.Context(), id); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		wantState(t, w, waiting, db.JobCancelled, 0)
		wantState(t, w, running, db.JobCancelled, 5)
		for _, id := range []string{waiting, running} {
			_, err := r.Cancel(t.Context(), id)
			wantCode(t, err, db.Conflict)
			_, err = r.Resume(t.Context(), id)
			wantCode(t, err, db.Conflict)
		}
		_, err := r.Cancel(t.Context(), "job_nothing")
		wantCode(t, err, db.NotFound)
		if len(k.begun) != 1 {
			t.Errorf("ran %v", k.begun)
		}
	})
}

// A job is also cancelled by a server that does not run it, and while nobody does.
func TestCancelElsewhere(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var k rows
		k.blockAt(5)
		other := job.NewRunner(job.Options{Workspace: w, Now: time.Now})
		r, stop := start(t, w, k.kinds())
		id := enqueue(t, r, 8)
		synctest.Wait()
		if _, err := other.Cancel(t.Context(), id); err != nil {
			t.Error(err)
		}
		time.Sleep(10 * time.Second)
		wantState(t, w, id, db.JobCancelled, 5)

		id = enqueue(t, r, 8)
		synctest.Wait()
		stop()
		if j, err := other.Cancel(t.Context(), id); err != nil || j.State != db.JobRunning {
			t.Errorf("%v, %v", j, err)
		}
		begun := len(k.begun)
		_, _ = start(t, w, k.kinds())
		synctest.Wait()
		if wantState(t, w, id, db.JobCancelled, 5); len(k.begun) != begun {
			t.Error("it ran again")
		}
	})
}

// A kind that saves often notices it without waiting for anything.
func TestCancelIsNoticedBySave(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		other := job.NewRunner(job.Options{Workspace: w, Now: time.Now})
		k := rows{do: func(context.Context, *job.Run, int64) error { time.Sleep(300 * time.Millisecond); return nil }}
		r, _ := start(t, w, k.kinds())
		id := enqueue(t, r, 1_000)
		time.Sleep(2 * time.Second)
		if _, err := other.Cancel(t.Context(), id); err != nil {
			t.Error(err)
		}
		time.Sleep(1500 * time.Millisecond)
		if j := read(t, w, id); j.State != db.JobCancelled || j.Counts.Created != int64(len(k.applied[id])) {
			t.Errorf("of %d rows, the job is %+v", len(k.applied[id]), j)
		}
	})
}

func TestUpload(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		var got string
		r, _ := start(t, w, map[string]job.Kind{"file": func(ctx context.Context, run *job.Run) error {
			file, err := run.Workspace.OpenFile(ctx, run.Job.ID)
			if err != nil {
				return err
			}
			defer file.Close()
			content, err := io.ReadAll(file)
			got = string(content)
			return err
		}})
		j, err := r.Upload(t.Context(), db.Job{Kind: "file"}, strings.NewReader("content"))
		if err != nil || j.State != db.JobQueued {
			t.Fatalf("%v, %v", j, err)
		}
		synctest.Wait()
		wantState(t, w, j.ID, db.JobDone, 0)
		if got != "content" {
			t.Errorf("got %q", got)
		}
		wantNoFile(t, w, j.ID)
	})
}

func wantNoFile(t *testing.T, w db.Workspace, id string) {
	t.Helper()
	_, err := w.OpenFile(t.Context(), id)
	wantCode(t, err, db.NotFound)
}

// slow is a file of which nothing comes until it is told to go on.
type slow struct {
	came chan struct{} // is closed when it is asked for the first time
	next chan error    // what then becomes of it; nil is more content
}

func newSlow() *slow { return &slow{make(chan struct{}), make(chan error)} }

func (s *slow) Read(p []byte) (int, error) {
	select {
	case <-s.came:
	default:
		close(s.came)
	}
	if err := <-s.next; err != nil {
		return 0, err
	}
	return copy(p, "more"), nil
}

func TestBrokenUploads(t *testing.T) {
	inBubble(t, func(t *testing.T, w db.Workspace) {
		r, _ := start(t, w, map[string]job.Kind{"file": func(context.Context, *job.Run) error { return nil }})
		upload := func() (id string, content *slow, ended chan error) {
			content, ended = newSlow(), make(chan error, 1)
			go func() {
				_, err := r.Upload(t.Context(), db.Job{Kind: "file"}, content)
				ended <- err
			}()
			<-content.came
			jobs, err := w.FindJobs(t.Context(), db.JobQuery{Limit: 1, States: []db.JobState{db.JobUploading}})
			if err != nil || len(jobs) != 1 {
				t.Fatalf("%v, %v", jobs, err)
			}
			return jobs[0].ID, content, ended
		}

		id, content, ended := upload()
		content.next <- nil
		content.next <- errors.New("connection reset")
		wantCode(t, <-ended, db.BadInput)
		if j := wantState(t, w, id, db.JobFailed, 0); !strings.Contains(j.ErrorMessage, "send it again") {
			t.Errorf("the job is %+v", j)
		}
		wantNoFile(t, w, id)
		_, err := r.Resume(t.Context(), id)
		wantCode(t, err, db.Conflict)

		id, content, ended = upload()
		if _, err := r.Cancel(t.Context(), id); err != nil {
			t.Error(err)
		}
		content.next <- io.EOF
		wantCode(t, <-ended, db.Conflict)
		wantState(t, w, id, db.JobCancelled, 0)
		wantNoFile(t, w, id)

		// It goes on for long, but it does go on.
		id, content, ended = upload()
		for range 15 {
			time.Sleep(time.Minute)
			content.next <- nil
		}
		content.next <- io.EOF
		if err := <-ended; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		wantState(t, w, id, db.JobDone, 0)

		// It stops coming, as when its server has died.
		id, content, ended = upload()
		time.Sleep(25 * time.Minute)
		if j := wantState(t, w, id, db.JobFailed, 0); !strings.Contains(j.ErrorMessage, "broke off") {
			t.Errorf("the job is %+v", j)
		}
		content.next <- io.EOF
		wantCode(t, <-ended, db.Conflict)
		wantNoFile(t, w, id)
	})
}
