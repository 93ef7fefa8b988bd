package command_test

import (
	"encoding/csv"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/db/mongodb"
)

// openStore opens the store that the flags name while no server has it, with the workspace of the server.
func openStore(t *testing.T, flags []string) (store db.Store, w db.Workspace) {
	t.Helper()
	var err error
	if flags[0] == "--data" {
		store, err = embedded.Open(t.Context(), flags[1], time.Now)
	} else {
		store, err = mongodb.Open(t.Context(), flags[1], time.Now, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		t.Fatal(err)
	}
	return store, store.Workspace("default")
}

// TestJobsOfServers begins with jobs that another server has left.
func TestJobsOfServers(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		store, w := openStore(t, flags)
		left, err := w.CreateJob(t.Context(), db.Job{Kind: "newer", State: db.JobRunning})
		if err != nil {
			t.Fatal(err)
		}
		done, err := w.CreateJob(t.Context(), db.Job{Kind: "import", State: db.JobDone})
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{
			{"row", "reason", "record", "contact"},
			{"2", `custom.orders[0].total: "x" is no number`, "a@example.com,\"x\"\nmore", "con_1"},
			{"7", "no email (of the record this is only the beginning)", strings.Repeat("x", db.MaxProblemRecord), ""},
		}
		problems := []db.Problem{
			{Number: 2, Contact: "con_1", Code: db.BadInput, Message: `"x" is no number`, Path: db.Steps{"custom", "orders", 0, "total"}, Record: []byte(want[1][2])},
			{Number: 7, Code: db.BadInput, Message: "no email", Record: []byte(strings.Repeat("x", db.MaxProblemRecord+1))},
		}
		for range 300 { // several pages
			problems = append(problems, db.Problem{Number: 8 + int64(len(problems)), Message: "no"})
			want = append(want, []string{"", "no", "", ""})
		}
		if err := w.AddProblems(t.Context(), done.ID, problems); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(t.Context()); err != nil {
			t.Fatal(err)
		}

		s := serve(t, flags...)
		type answer struct {
			Job struct {
				State string
				Error struct{ Message string }
			}
		}
		eventually(t, "the runner takes the job", func() bool {
			got := ask[answer](t, s, `{ job(id: "`+left.ID+`") { state error { message } } }`, nil)
			return got.Job.State == "FAILED" && strings.Contains(got.Job.Error.Message, "no jobs of the kind newer")
		})

		got := s.do(t, http.MethodGet, "/jobs/"+done.ID+"/rejected.csv", "")
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Fatalf("status %d, %v", got.status, got.header)
		}
		rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(want) || !reflect.DeepEqual(rows[:3], want[:3]) {
			t.Errorf("%d rows, which begin with %.500q", len(rows), rows[:min(3, len(rows))])
		}
		if got := s.do(t, http.MethodGet, "/jobs/"+left.ID+"/rejected.csv", ""); got.body != "row,reason,record,contact\n" {
			t.Errorf("without problems: %d, %q", got.status, got.body)
		}
		for _, path := range []string{"/jobs/job_nothing/rejected.csv", "/jobs/..%2f/rejected.csv"} {
			if got := s.do(t, http.MethodGet, path, ""); got.status != http.StatusNotFound {
				t.Errorf("%s: status %d", path, got.status)
			}
		}
		if got := s.do(t, http.MethodPost, "/jobs/"+done.ID+"/rejected.csv", ""); !slices.Contains([]int{404, 405}, got.status) {
			t.Errorf("POST: status %d", got.status)
		}
	})
}
