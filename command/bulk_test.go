package command_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// bulkWork is the payload of a mutation.
type bulkWork struct {
	Matching, Changed, Deleted, Failed int
	Failures                           []any
	AsJob                              bool
	Job                                *bulkJob
}

type bulkJob struct {
	ID, Kind, Title, State                                  string
	Total, Processed, Updated, Deleted, Unchanged, Rejected int
	Fraction                                                float64
	Error                                                   *struct{ Message string }
	Problems                                                struct {
		Nodes []struct {
			Number                   int
			ContactID, Code, Message string
			Path                     []string
		}
	}
}

const ofBulkJob = `{ id kind title state total processed updated deleted unchanged rejected fraction error { message }
	problems(first: 2) { nodes { number contactId code message path } } }`

// bulk sends a mutation that changes many contacts and returns its payload.
func (s *server) bulk(t *testing.T, mutation string) bulkWork {
	t.Helper()
	return ask[struct{ Work bulkWork }](t, s, `mutation { work: `+mutation+` job `+ofBulkJob+` } }`, nil).Work
}

func (s *server) bulkJob(t *testing.T, id string) bulkJob {
	t.Helper()
	return ask[struct{ Job bulkJob }](t, s, `query($id: ID!) { job(id: $id) `+ofBulkJob+` }`, map[string]any{"id": id}).Job
}

// watch asks for a job until it has ended.
func (s *server) watch(t *testing.T, id string) bulkJob {
	t.Helper()
	for late := time.Now().Add(3 * time.Minute); time.Now().Before(late); time.Sleep(20 * time.Millisecond) {
		if j := s.bulkJob(t, id); slices.Contains([]string{"DONE", "FAILED", "CANCELLED"}, j.State) {
			return j
		}
	}
	t.Fatalf("the job does not end: %+v", s.bulkJob(t, id))
	return bulkJob{}
}

func (s *server) count(t *testing.T, filter string) int {
	t.Helper()
	return ask[struct{ Contacts struct{ TotalCount int } }](t, s, `{ contacts(filter: `+filter+`) { totalCount } }`, nil).Contacts.TotalCount
}

func withTag(tag string) string { return `{list: {path: "tags", hasAny: ["` + tag + `"]}}` }

// TestBulkWorkAsJobs changes more contacts than are changed at once.
func TestBulkWorkAsJobs(t *testing.T) {
	t.Parallel()
	s := serve(t, "--data", t.TempDir())
	const rows, pros = 20_000, 12_000
	var file strings.Builder
	file.WriteString("email,plan,visits\n")
	for i := range rows {
		plan := "free"
		if i < pros {
			plan = "pro"
		}
		visits := "1"
		if i%1_000 == 0 {
			visits = "often"
		}
		fmt.Fprintf(&file, "c%d@example.com,%s,%s\n", i, plan, visits)
	}
	if j := s.watch(t, s.send(t, file.String(), "?type=custom.visits%3DTEXT")); j.State != "DONE" {
		t.Fatalf("the import is %+v", j)
	}
	const all, changed = `target: {filter: {and: []}}`, ` { matching changed failed failures { contactId } asJob`
	wantJob := func(j bulkJob, title string, want bulkJob) {
		t.Helper()
		want.ID, want.Kind, want.Title, want.Total, want.Fraction, want.Problems = j.ID, "bulk", title, want.Processed, 1, j.Problems
		if fmt.Sprint(j) != fmt.Sprint(want) {
			t.Errorf("the job is\n%+v, want\n%+v", j, want)
		}
	}

	t.Run("tags", func(t *testing.T) {
		tag := `tagContacts(input: {` + all + `, add: ["new"]`
		if got := s.bulk(t, tag+`, dryRun: true})`+changed); got.Matching != rows || got.Changed != 0 || !got.AsJob || got.Job != nil {
			t.Errorf("without a change: %+v", got)
		}
		got := s.bulk(t, tag+`})`+changed)
		if got.Matching != rows || got.Changed != 0 || !got.AsJob || got.Job == nil || got.Job.Total != rows || got.Job.Processed != 0 {
			t.Fatalf("got %+v, %+v", got, got.Job)
		}
		wantJob(s.watch(t, got.Job.ID), "Tag contacts", bulkJob{State: "DONE", Processed: rows, Updated: rows})
		if n := s.count(t, withTag("new")); n != rows {
			t.Errorf("%d are tagged", n)
		}
		if got := s.bulk(t, tag+`})`+changed); got.Matching != 0 || got.AsJob || got.Job != nil {
			t.Errorf("once more: %+v", got)
		}
	})

	t.Run("cancelled", func(t *testing.T) {
		id := s.bulk(t, `tagContacts(input: {`+all+`, add: ["some"]})`+changed).Job.ID
		eventually(t, "a part is tagged", func() bool { return s.bulkJob(t, id).Processed > 1_000 })
		ask[any](t, s, `mutation($id: ID!) { cancelJob(input: {id: $id}) { job { id } } }`, map[string]any{"id": id})
		j := s.watch(t, id)
		if n := s.count(t, withTag("some")); j.State != "CANCELLED" || j.Updated != n || j.Processed != n || n <= 1_000 || n >= rows || j.Total != rows {
			t.Errorf("%d are tagged, and the job is %+v", n, j)
		}
	})

	t.Run("what cannot be changed", func(t *testing.T) {
		// The visits are texts by declaration, so that nobody's can be incremented.
		got := s.bulk(t, `updateContacts(input: {target: {filter: {text: {path: "custom.plan", equals: "pro"}}}, increment: [{path: "custom.visits", by: 1}]})`+changed)
		j := s.watch(t, got.Job.ID)
		wantJob(j, "Update contacts", bulkJob{State: "DONE", Processed: pros, Rejected: pros})
		if p := j.Problems.Nodes; len(p) != 2 || p[1].Number != 2 || p[1].Code != "BAD_USER_INPUT" ||
			p[1].Message != "custom.visits is TEXT; only a number can be incremented" || fmt.Sprint(p[1].Path) != "[increment 0]" {
			t.Errorf("the problems are %+v", p)
		}
		rejected, err := csv.NewReader(strings.NewReader(s.do(t, http.MethodGet, "/jobs/"+j.ID+"/rejected.csv", "").body)).ReadAll()
		if err != nil || len(rejected) != 1+pros || rejected[2][0] != "2" || rejected[2][3] != j.Problems.Nodes[1].ContactID || rejected[2][3] == "" {
			t.Errorf("%d rejected rows, %v, %v", len(rejected), rejected[2], err)
		}
	})

	t.Run("what is wrong for all", func(t *testing.T) {
		got := s.post(t, operation(t, `mutation { updateContacts(input: {`+all+`, set: [{path: "custom.x", value: 1}, {path: "email", value: 1}]}) { job { id } } }`, nil))
		names{}.check(t, `{"data": null, "errors": [{"message": "only fields below custom can be set, email is not one", "locations": "<>", "path": ["updateContacts"],
			"extensions": {"code": "BAD_USER_INPUT", "path": ["input", "set", 1]}}]}`, got.body)
	})

	t.Run("members", func(t *testing.T) {
		type created struct {
			CreateSegment struct{ Segment struct{ ID string } }
		}
		pros12 := ask[created](t, s, `mutation { createSegment(input: {name: "Pros", filter: {text: {path: "custom.plan", equals: "pro"}}}) { segment { id } } }`, nil).CreateSegment.Segment.ID
		guests := ask[created](t, s, `mutation { createSegment(input: {name: "Guests", kind: STATIC}) { segment { id } } }`, nil).CreateSegment.Segment.ID
		got := s.bulk(t, `addSegmentMembers(input: {id: "`+guests+`", target: {segmentId: "`+pros12+`"}})`+changed)
		wantJob(s.watch(t, got.Job.ID), `Add contacts to "Guests"`, bulkJob{State: "DONE", Processed: pros, Updated: pros})

		copied := ask[struct {
			DuplicateSegment struct {
				Segment struct{ ID string }
				Job     *bulkJob
			}
		}](t, s, `mutation { duplicateSegment(input: {id: "`+guests+`"}) { segment { id } job { id } } }`, nil).DuplicateSegment
		if copied.Job == nil {
			t.Fatal("a large static segment is copied at once")
		}
		wantJob(s.watch(t, copied.Job.ID), `Add contacts to "Copy of Guests"`, bulkJob{State: "DONE", Processed: pros, Updated: pros})

		got = s.bulk(t, `removeSegmentMembers(input: {id: "`+guests+`", target: {`+`segmentId: "`+copied.Segment.ID+`"}})`+changed)
		wantJob(s.watch(t, got.Job.ID), `Remove contacts from "Guests"`, bulkJob{State: "DONE", Processed: pros, Updated: pros})

		deletion := `deleteContacts(input: {target: {segmentId: "` + copied.Segment.ID + `"}`
		if got := s.bulk(t, deletion+`, dryRun: true}) { matching deleted asJob`); got.Matching != pros || got.Deleted != 0 || !got.AsJob || got.Job != nil {
			t.Errorf("without a deletion: %+v", got)
		}
		got = s.bulk(t, deletion+`}) { matching deleted asJob`)
		wantJob(s.watch(t, got.Job.ID), "Delete contacts", bulkJob{State: "DONE", Processed: pros, Deleted: pros})
		if n := s.count(t, `{and: []}`); n != rows-pros {
			t.Errorf("%d are left", n)
		}
	})
}

// TestBulkWorkOfAKilledServer kills the server while it increments a number of each contact. The job is one that an earlier
// version has left, in the form in which jobs are kept.
func TestBulkWorkOfAKilledServer(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		contacts, parts := 30_000, []int{5, 2}
		if flags[0] != "--data" {
			contacts, parts = 200, []int{4} // FerretDB looks at all of them for each update
		}
		store, w := openStore(t, flags)
		var patches []db.ContactPatch
		for i := range contacts {
			patches = append(patches, db.ContactPatch{Email: new(fmt.Sprintf("c%d@example.com", i)), Custom: filter.Object{"visits": int64(0)}})
		}
		for batch := range slices.Chunk(patches, db.MaxPageSize) {
			if _, err := w.UpsertContacts(t.Context(), batch, db.Upsert); err != nil {
				t.Fatal(err)
			}
		}
		left, err := w.CreateJob(t.Context(), db.Job{
			Kind: "bulk", Title: "Update contacts", Progress: db.JobProgress{Total: int64(contacts)}, Params: []byte(`{
				"target": {"format": 1, "filter": {"segment": {"id": "seg_1"}}, "now": "2026-03-01T09:00:00Z", "zone": "UTC",
					"segments": {"seg_1": {"Name": "New", "Static": false, "Input": {"number": {"path": "custom.visits", "lte": 0}}}}},
				"patch": {"Increments": [{"Path": "custom.visits", "By": 1}]}}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		begin := func() (*server, *exec.Cmd) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], slices.Concat([]string{"serve", "--addr", "127.0.0.1:0"}, flags)...)
			return serving(t, startProcess(t, cmd)), cmd
		}
		const incremented = `{number: {path: "custom.visits", gte: 1}}`
		s, cmd := begin()
		for _, part := range parts {
			eventually(t, "a part is incremented", func() bool { return s.count(t, incremented) > contacts/part })
			_ = cmd.Process.Kill()
			<-s.ended
			s, cmd = begin()
			t.Logf("killed with %d of %d incremented, the checkpoint after %d", s.count(t, incremented), contacts, s.bulkJob(t, left.ID).Processed)
		}
		j := s.watch(t, left.ID)
		if j.State != "DONE" || j.Updated != contacts || j.Processed != contacts || j.Unchanged+j.Rejected != 0 {
			t.Errorf("the job is %+v", j)
		}
		for visits, want := range map[int]int{0: 0, 1: contacts, 2: 0} {
			if n := s.count(t, fmt.Sprintf(`{number: {path: "custom.visits", equals: %d}}`, visits)); n != want {
				t.Errorf("%d contacts were incremented %d times, want %d", n, visits, want)
			}
		}
	})
}
