package graph_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/graph"
	"segmentql/job"
)

// newJobs returns a workspace and a handler of its API, with a runner that does not run.
func newJobs(t *testing.T) (db.Workspace, http.Handler) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	store, err := embedded.Open(t.Context(), t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(t.Context()) })
	w, log := store.Workspace("test"), slog.New(slog.DiscardHandler)
	return w, graph.NewHandler(graph.Options{
		Workspace: w, Jobs: job.NewRunner(job.Options{Workspace: w, Log: log, Now: now}), Log: log, Now: now, Timeout: time.Minute, MaxBody: 1 << 20,
	})
}

// makeJob creates a job of a kind, and makes of it what change says.
func makeJob(t *testing.T, w db.Workspace, kind string, change func(*db.Job)) string {
	t.Helper()
	j, err := w.CreateJob(t.Context(), db.Job{Kind: kind, Title: "Job of " + kind})
	if err == nil {
		_, err = w.UpdateJob(t.Context(), j.ID, func(j *db.Job) error { change(j); return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

func inState(state db.JobState) func(*db.Job) { return func(j *db.Job) { j.State = state } }

func wantAnswer(t *testing.T, handler http.Handler, query string, variables map[string]any, want string) {
	t.Helper()
	if got := strings.TrimSpace(post(t, handler, query, variables).Body.String()); got != want {
		t.Errorf("%s\n got %s\nwant %s", query, got, want)
	}
}

func TestJob(t *testing.T) {
	w, handler := newJobs(t)
	const fields = `kind title state cancelRequested createdAt startedAt finishedAt processed total fraction rowsPerSecond secondsLeft
		created updated unchanged deleted rejected warnings error { code message path }`
	const times = `"createdAt":"2026-03-01T12:00:00.000Z","startedAt":"2026-03-01T12:00:00.000Z"`
	for name, test := range map[string]struct {
		kind   string
		first  db.JobState
		change func(*db.Job)
		want   string
	}{
		"waits": {"import", db.JobQueued, inState(db.JobQueued), `{"kind":"import","title":"Job of import","state":"QUEUED","cancelRequested":false,` +
			`"createdAt":"2026-03-01T12:00:00.000Z","startedAt":null,"finishedAt":null,` +
			`"processed":0,"total":null,"fraction":0,"rowsPerSecond":null,"secondsLeft":null,` +
			`"created":0,"updated":0,"unchanged":0,"deleted":0,"rejected":0,"warnings":[],"error":null}`},
		"runs": {"import", db.JobRunning, func(j *db.Job) {
			j.State, j.CancelRequested, j.Active = db.JobRunning, true, 4*time.Second
			j.Progress = db.JobProgress{Done: 1000, Fraction: 0.25}
			j.Counts = db.JobCounts{Created: 1, Updated: 2, Unchanged: 3, Deleted: 4, Rejected: 5}
			j.Warn("late")
			j.ErrorCode, j.ErrorMessage = db.Unavailable, "no database"
		}, `{"kind":"import","title":"Job of import","state":"RUNNING","cancelRequested":true,` + times + `,"finishedAt":null,` +
			`"processed":1000,"total":null,"fraction":0.25,"rowsPerSecond":250,"secondsLeft":12,` +
			`"created":1,"updated":2,"unchanged":3,"deleted":4,"rejected":5,"warnings":["late"],` +
			`"error":{"code":"UNAVAILABLE","message":"no database","path":[]}}`},
		"is done": {"tag", db.JobRunning, func(j *db.Job) {
			j.State, j.Active = db.JobDone, 2*time.Second
			j.Progress = db.JobProgress{Done: 10, Total: 10, Fraction: 1}
		}, `{"kind":"tag","title":"Job of tag","state":"DONE","cancelRequested":false,` + times + `,"finishedAt":"2026-03-01T12:00:00.000Z",` +
			`"processed":10,"total":10,"fraction":1,"rowsPerSecond":5,"secondsLeft":null,` +
			`"created":0,"updated":0,"unchanged":0,"deleted":0,"rejected":0,"warnings":[],"error":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			id := makeJob(t, w, test.kind, inState(test.first))
			if _, err := w.UpdateJob(t.Context(), id, func(j *db.Job) error { test.change(j); return nil }); err != nil {
				t.Fatal(err)
			}
			imported := test.want
			if test.kind != db.JobImport {
				imported = "null"
			}
			wantAnswer(t, handler, `query($id: ID!) { job(id: $id) {`+fields+`} importJob(id: $id) {`+fields+`} node(id: $id) { id ... on Job {`+fields+`} } }`,
				map[string]any{"id": id}, `{"data":{"job":`+test.want+`,"importJob":`+imported+`,"node":{"id":"`+id+`",`+test.want[1:]+`}}`)
		})
	}
	wantAnswer(t, handler, `{ job(id: "job_nothing") { id } importJob(id: "job_nothing") { id } node(id: "job_nothing") { id } }`, nil,
		`{"data":{"job":null,"importJob":null,"node":null}}`)
}

func TestListsOfJobs(t *testing.T) {
	w, handler := newJobs(t)
	names := map[string]string{}
	for i := range 5 {
		kind := []string{"import", "tag"}[i%2]
		id := makeJob(t, w, kind, inState([]db.JobState{db.JobDone, db.JobQueued}[i/3]))
		names[id] = fmt.Sprint(i)
	}
	list := func(args string) (nodes, next string) {
		t.Helper()
		var answer struct {
			Data struct {
				Jobs struct {
					Edges []struct {
						Cursor string
						Node   struct{ ID string }
					}
					Nodes    []struct{ ID string }
					PageInfo struct {
						HasNextPage, HasPreviousPage bool
						StartCursor, EndCursor       string
					}
				}
			}
		}
		body := post(t, handler, `{ jobs`+args+` { edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`, nil).Body
		if err := json.Unmarshal(body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		jobs := answer.Data.Jobs
		for i, n := range jobs.Nodes {
			nodes += names[n.ID]
			if jobs.Edges[i].Node != n {
				t.Errorf("edges and nodes differ: %s", body)
			}
		}
		if len(jobs.Nodes) > 0 && (jobs.Edges[0].Cursor != jobs.PageInfo.StartCursor || jobs.Edges[len(jobs.Edges)-1].Cursor != jobs.PageInfo.EndCursor) {
			t.Errorf("the cursors are not those of the page: %s", body)
		}
		if jobs.PageInfo.HasNextPage {
			next = jobs.PageInfo.EndCursor
		}
		return nodes, next
	}
	for args, want := range map[string]string{
		"": "43210", `(kind: "import")`: "420", `(state: DONE)`: "210", `(kind: "tag", state: QUEUED)`: "3", `(state: FAILED)`: "", `(first: 5)`: "43210",
	} {
		if got, next := list(args); got != want || next != "" {
			t.Errorf("%s: got %s and a next page %q, want %s", args, got, next, want)
		}
	}
	all := ""
	for next, more := "", true; more; more = next != "" {
		var nodes string
		nodes, next = list(`(first: 2, after: "` + next + `")`)
		all += nodes + " "
	}
	if all != "43 21 0 " {
		t.Errorf("pages are %s", all)
	}
}

func TestProblemsOfJobs(t *testing.T) {
	w, handler := newJobs(t)
	id := makeJob(t, w, "import", inState(db.JobDone))
	err := w.AddProblems(t.Context(), id, []db.Problem{
		{Number: 3, Code: db.BadInput, Message: "no email", Path: db.Steps{"custom", "orders", 0}, Record: []byte("a\xff")},
		{Number: 12, Code: db.NotFound, Message: "gone", Contact: "con_1"},
		{Number: 200, Code: db.BadInput, Message: "long", Record: []byte(strings.Repeat("ü", 2_001))},
	})
	if err != nil {
		t.Fatal(err)
	}
	const query = `query($id: ID!, $after: String) { job(id: $id) { problems(first: 2, after: $after) {
		nodes { number contactId code message path record } edges { node { number } } pageInfo { hasNextPage hasPreviousPage } } } }`
	wantAnswer(t, handler, query, map[string]any{"id": id}, `{"data":{"job":{"problems":{"nodes":[`+
		`{"number":3,"contactId":null,"code":"BAD_USER_INPUT","message":"no email","path":["custom","orders","0"],"record":"a`+"\uFFFD"+`"},`+
		`{"number":12,"contactId":"con_1","code":"NOT_FOUND","message":"gone","path":[],"record":null}],`+
		`"edges":[{"node":{"number":3}},{"node":{"number":12}}],"pageInfo":{"hasNextPage":true,"hasPreviousPage":false}}}}}`)
	after := db.Sort(nil).Cursor(db.Key{ID: "12"})
	wantAnswer(t, handler, query, map[string]any{"id": id, "after": after}, `{"data":{"job":{"problems":{"nodes":[`+
		`{"number":200,"contactId":null,"code":"BAD_USER_INPUT","message":"long","path":[],"record":"`+strings.Repeat("ü", 2_000)+`"}],`+
		`"edges":[{"node":{"number":200}}],"pageInfo":{"hasNextPage":false,"hasPreviousPage":true}}}}}`)
	for arguments, code := range map[string]db.Code{
		`first: 101`: db.LimitExceeded, `first: -1`: db.BadInput, `after: "x"`: db.BadInput,
		`after: "` + db.Sort(nil).Cursor(db.Key{ID: "con_1"}) + `"`: db.BadInput,
	} {
		got := post(t, handler, `{ job(id: "`+id+`") { problems(`+arguments+`) { nodes { number } } } }`, nil).Body.String()
		if !strings.Contains(got, `"code":"`+string(code)+`"`) {
			t.Errorf("%s: got %s", arguments, got)
		}
	}
}

func TestCancelAndResumeJobs(t *testing.T) {
	w, handler := newJobs(t)
	const cancel = `mutation($id: ID!) { cancelJob(input: {id: $id}) { job { state cancelRequested } } }`
	const resume = `mutation($id: ID!) { resumeJob(input: {id: $id}) { job { state error { code } } } }`
	waiting := makeJob(t, w, "import", inState(db.JobQueued))
	wantAnswer(t, handler, cancel, map[string]any{"id": waiting}, `{"data":{"cancelJob":{"job":{"state":"CANCELLED","cancelRequested":true}}}}`)
	running := makeJob(t, w, "import", inState(db.JobRunning))
	wantAnswer(t, handler, cancel, map[string]any{"id": running}, `{"data":{"cancelJob":{"job":{"state":"RUNNING","cancelRequested":true}}}}`)
	if _, err := w.UpdateJob(t.Context(), running, func(j *db.Job) error {
		j.State, j.ErrorCode, j.ErrorMessage = db.JobFailed, db.Internal, "internal error"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, handler, resume, map[string]any{"id": running}, `{"data":{"resumeJob":{"job":{"state":"QUEUED","error":null}}}}`)
	for query, code := range map[string]db.Code{cancel: db.Conflict, resume: db.Conflict} {
		if got := post(t, handler, query, map[string]any{"id": waiting}).Body.String(); !strings.Contains(got, `"code":"`+string(code)+`"`) {
			t.Errorf("got %s", got)
		}
		if got := post(t, handler, query, map[string]any{"id": "job_nothing"}).Body.String(); !strings.Contains(got, `"code":"NOT_FOUND"`) {
			t.Errorf("got %s", got)
		}
	}
}
