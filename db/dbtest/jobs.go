package dbtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

func enqueue(t testing.TB, w db.Workspace, kind string) *db.Job {
	t.Helper()
	return must[*db.Job](t)(w.CreateJob(t.Context(), db.Job{Kind: kind}))
}

// testJobs keeps all of a job through its life and a restart.
func (s Subject) testJobs(t *testing.T) {
	server := s.start(t)
	defer func() { server.stop() }()
	id := newWorkspaceID()
	w := server.store.Workspace(id)
	created := must[*db.Job](t)(w.CreateJob(t.Context(), db.Job{
		ID: "job_mine", Version: 7, Kind: "import", Title: "Import of contacts.csv", Params: json.RawMessage(`{"n":9007199254740993}`),
	}))
	want := &db.Job{
		ID: created.ID, Kind: "import", Title: "Import of contacts.csv", Params: json.RawMessage(`{"n":9007199254740993}`),
		State: db.JobQueued, CreatedAt: start(), UpdatedAt: start(), Version: 1,
	}
	if created.ID == "job_mine" || !reflect.DeepEqual(created, want) {
		t.Errorf("created %+v, want %+v", created, want)
	}

	updated := must[*db.Job](t)(w.UpdateJob(t.Context(), created.ID, func(j *db.Job) error {
		j.ID, j.Kind, j.CreatedAt, j.Version = "job_other", "other", time.Time{}, 70 // are not to be changed
		j.State, j.Owner, j.Checkpoint = db.JobRunning, "me", json.RawMessage(`{"row":3}`)
		j.Progress = db.JobProgress{Done: 3, Total: 10, Fraction: 0.3}
		j.Counts = db.JobCounts{Created: 1, Updated: 2, Unchanged: 3, Deleted: 4, Rejected: 5}
		j.Warn("it is late")
		j.Warn("it is late")
		j.ErrorCode, j.ErrorMessage, j.CancelRequested, j.Active = db.Unavailable, "no database", true, 1500*time.Millisecond
		return nil
	}))
	want.State, want.Owner, want.Checkpoint, want.StartedAt, want.Version = db.JobRunning, "me", json.RawMessage(`{"row":3}`), start(), 2
	want.Progress = db.JobProgress{Done: 3, Total: 10, Fraction: 0.3}
	want.Counts = db.JobCounts{Created: 1, Updated: 2, Unchanged: 3, Deleted: 4, Rejected: 5}
	want.Warnings = []string{"it is late"}
	want.ErrorCode, want.ErrorMessage, want.CancelRequested, want.Active = db.Unavailable, "no database", true, 1500*time.Millisecond
	if !reflect.DeepEqual(updated, want) {
		t.Errorf("updated %+v, want %+v", updated, want)
	}

	if err := server.restart(); err != nil {
		t.Fatal(err)
	}
	w = server.store.Workspace(id)
	read := must[[]*db.Job](t)(w.JobsByID(t.Context(), []string{"job_nothing", created.ID, created.ID}))
	if read[0] != nil || !reflect.DeepEqual(read[1], want) || !reflect.DeepEqual(read[2], want) {
		t.Errorf("read %+v, want %+v", read, want)
	}
	done := must[*db.Job](t)(w.UpdateJob(t.Context(), created.ID, func(j *db.Job) error {
		j.State = db.JobDone
		return nil
	}))
	if !done.FinishedAt.Equal(start()) {
		t.Errorf("it finished at %v", done.FinishedAt)
	}
	_, err := w.UpdateJob(t.Context(), created.ID, func(*db.Job) error { return db.Errorf(db.Conflict, "not now") })
	wantCode(t, err, db.Conflict)
	_, err = w.UpdateJob(t.Context(), "job_nothing", func(*db.Job) error { return nil })
	wantCode(t, err, db.NotFound)
	_, err = w.CreateJob(t.Context(), db.Job{Title: "of no kind"})
	wantCode(t, err, db.BadInput)
	_, err = w.CreateJob(t.Context(), db.Job{Kind: "import", Params: make([]byte, db.MaxJobDocument+1)})
	wantCode(t, err, db.LimitExceeded)
}

// testJobLists finds jobs by kind and state, in pages from either end.
func testJobLists(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	var made []string
	for i := range 9 {
		j := enqueue(t, w, []string{"import", "export", "tag"}[i%3])
		made = append(made, j.ID)
		if i < 4 {
			must[*db.Job](t)(w.UpdateJob(t.Context(), j.ID, func(j *db.Job) error {
				j.State = []db.JobState{db.JobDone, db.JobRunning}[i%2]
				return nil
			}))
		}
	}
	for name, test := range map[string]struct {
		query db.JobQuery
		want  []int
	}{
		"all":                 {db.JobQuery{Limit: 100}, []int{8, 7, 6, 5, 4, 3, 2, 1, 0}},
		"the newest":          {db.JobQuery{Limit: 2}, []int{8, 7}},
		"the next page":       {db.JobQuery{Limit: 2, After: made[7]}, []int{6, 5}},
		"the last page":       {db.JobQuery{Limit: 3, After: made[1]}, []int{0}},
		"the oldest":          {db.JobQuery{Limit: 2, OldestFirst: true}, []int{0, 1}},
		"those after them":    {db.JobQuery{Limit: 2, OldestFirst: true, After: made[1]}, []int{2, 3}},
		"of a kind":           {db.JobQuery{Limit: 100, Kinds: []string{"export"}}, []int{7, 4, 1}},
		"of two kinds":        {db.JobQuery{Limit: 3, Kinds: []string{"export", "tag", "none"}}, []int{8, 7, 5}},
		"in a state":          {db.JobQuery{Limit: 100, States: []db.JobState{db.JobDone}}, []int{2, 0}},
		"to be run":           {db.JobQuery{Limit: 1, OldestFirst: true, States: []db.JobState{db.JobQueued}}, []int{4}},
		"in two states":       {db.JobQuery{Limit: 2, OldestFirst: true, States: []db.JobState{db.JobQueued, db.JobRunning}}, []int{1, 3}},
		"of a kind, in state": {db.JobQuery{Limit: 100, Kinds: []string{"import"}, States: []db.JobState{db.JobRunning, db.JobQueued}}, []int{6, 3}},
	} {
		jobs := must[[]*db.Job](t)(w.FindJobs(t.Context(), test.query))
		got := []int{}
		for _, j := range jobs {
			got = append(got, slices.Index(made, j.ID))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
	for _, limit := range []int{0, db.MaxJobs + 1} {
		_, err := w.FindJobs(t.Context(), db.JobQuery{Limit: limit})
		wantCode(t, err, db.LimitExceeded)
	}
}

// testConcurrentJobUpdates loses none of many changes of one job.
func testConcurrentJobUpdates(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	j := enqueue(t, w, "import")
	const writers = 8
	together(writers, func(int) {
		_, err := w.UpdateJob(t.Context(), j.ID, func(j *db.Job) error {
			j.Counts.Created++
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	if read := must[[]*db.Job](t)(w.JobsByID(t.Context(), []string{j.ID})); read[0].Counts.Created != writers || read[0].Version != writers+1 {
		t.Errorf("read %+v", read[0])
	}
}

// testProblems keeps each problem once, whole, and in the order of the numbers.
func testProblems(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	job, other, third := enqueue(t, w, "import"), enqueue(t, w, "import"), enqueue(t, w, "import")
	problems := []db.Problem{
		{Number: 30, Code: db.BadInput, Message: "no email", Path: db.Steps{"custom", "orders", 0, "total"}, Record: []byte("a\xff\x00,b")},
		{Number: 2, Contact: "con_x", Code: db.NotFound, Message: "it is gone"},
		{Number: 400, Code: db.BadInput, Message: "last"},
	}
	for range 2 { // as a job does that is interrupted and goes on
		if err := w.AddProblems(t.Context(), job.ID, problems); err != nil {
			t.Fatal(err)
		}
	}
	var many []db.Problem
	for i := range 300 {
		many = append(many, db.Problem{Number: int64(i + 1), Message: "odd"})
	}
	for range 2 {
		if err := w.AddProblems(t.Context(), third.ID, many); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.AddProblems(t.Context(), other.ID, []db.Problem{{Number: 30, Message: "of the other"}}); err != nil {
		t.Fatal(err)
	}
	wantProblems(t, w, job.ID, 0, 10, problems[1], problems[0], problems[2])
	wantProblems(t, w, job.ID, 0, 2, problems[1], problems[0])
	wantProblems(t, w, job.ID, 30, 10, problems[2])
	wantProblems(t, w, other.ID, 0, 10, db.Problem{Number: 30, Message: "of the other"})
	wantProblems(t, w, "job_nothing", 0, 10)

	problems[1].Message = "it is back, and gone"
	if err := w.AddProblems(t.Context(), job.ID, problems[1:2]); err != nil {
		t.Fatal(err)
	}
	wantProblems(t, w, job.ID, 0, 1, problems[1])

	large := db.Problem{Number: 1, Record: make([]byte, db.MaxProblemRecord+1)}
	if err := w.AddProblems(t.Context(), job.ID, []db.Problem{large}); err != nil {
		t.Fatal(err)
	}
	wantProblems(t, w, job.ID, 0, 1, db.Problem{Number: 1, Record: make([]byte, db.MaxProblemRecord), Cut: true})

	wantCode(t, w.AddProblems(t.Context(), "job_nothing", problems), db.NotFound)
	wantCode(t, w.AddProblems(t.Context(), job.ID, make([]db.Problem, db.MaxProblems+1)), db.LimitExceeded)
	_, err := w.Problems(t.Context(), job.ID, 0, db.MaxProblems+1)
	wantCode(t, err, db.LimitExceeded)
}

func wantProblems(t testing.TB, w db.Workspace, job string, after int64, limit int, want ...db.Problem) {
	t.Helper()
	got := must[[]db.Problem](t)(w.Problems(t.Context(), job, after, limit))
	for i := range got {
		if len(got[i].Record) == 0 {
			got[i].Record = nil
		}
	}
	if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("problems of %s after %d: got %.300v, want %.300v", job, after, got, want)
	}
}

// testForgetJobs deletes what finished long ago, with all there is of it, and nothing else.
func testForgetJobs(t *testing.T, store db.Store) {
	w, other := newWorkspace(store), newWorkspace(store)
	finish := func(w db.Workspace, at time.Time) string {
		j := enqueue(t, w, "import")
		save(t, w, j.ID, "content")
		var problems []db.Problem
		for i := range db.MaxProblems {
			problems = append(problems, db.Problem{Number: int64(i + 1), Message: fmt.Sprint(i)})
		}
		if err := w.AddProblems(t.Context(), j.ID, problems[:10]); err != nil {
			t.Fatal(err)
		}
		must[*db.Job](t)(w.UpdateJob(db.AsOf(t.Context(), at), j.ID, func(j *db.Job) error {
			j.State = db.JobFailed
			return nil
		}))
		return j.ID
	}
	waiting := enqueue(t, w, "import").ID
	old, older, recent := finish(w, start().Add(-time.Hour)), finish(w, start().Add(-2*time.Hour)), finish(w, start())
	foreign := finish(other, start().Add(-time.Hour))
	for more := true; more; {
		more = must[bool](t)(w.ForgetJobs(t.Context(), start()))
	}
	read := must[[]*db.Job](t)(w.JobsByID(t.Context(), []string{waiting, old, older, recent}))
	if read[0] == nil || read[1] != nil || read[2] != nil || read[3] == nil {
		t.Errorf("there are still %v", read)
	}
	for _, id := range []string{old, older} {
		wantProblems(t, w, id, 0, 1)
		_, err := w.OpenFile(t.Context(), id)
		wantCode(t, err, db.NotFound)
	}
	for id, w := range map[string]db.Workspace{recent: w, foreign: other} {
		wantProblems(t, w, id, 0, 1, db.Problem{Number: 1, Message: "0"})
		wantContent(t, w, id, "content")
	}
}

// testHoldJobs lets one and the same owner hold the jobs, for as long as it wants and in each workspace by itself.
func testHoldJobs(t *testing.T, store db.Store) {
	w, other := newWorkspace(store), newWorkspace(store)
	p := email("a@example.com")
	p.Custom = filter.Object{"x": "y"}
	create(t, other, p) // so that there is something of it already
	for _, w := range []db.Workspace{w, other} {
		for i := range 3 {
			now := start().Add(time.Duration(i) * time.Minute)
			if held := must[bool](t)(w.HoldJobs(t.Context(), "me", now, now.Add(time.Minute))); !held {
				t.Error("not held")
			}
		}
	}
	if known, _ := must[*db.Catalogue](t)(other.Catalogue(t.Context())).Known("custom.x"); !known {
		t.Error("the fields are lost")
	}
}
