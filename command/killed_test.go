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

// table is a file of rows for fewer contacts, some of which are there before. Some rows are no contacts.
type table struct {
	text              string
	created, rejected int
	updated           int
	last              map[string]int // row, by email
	rows              map[string]int // by email
}

const known = 50 // contacts that are there before

func newTable(rows, contacts int) table {
	t := table{last: map[string]int{}, rows: map[string]int{}}
	var text strings.Builder
	text.WriteString("email,row\n")
	for row := 1; row <= rows; row++ {
		email := fmt.Sprintf("c%d@example.com", row*7%contacts)
		if row%100 == 0 {
			email = "nobody"
		}
		fmt.Fprintf(&text, "%s,%d\n", email, row)
		_, seen := t.rows[email]
		switch {
		case email == "nobody":
			t.rejected++
			continue
		case seen || row*7%contacts < known:
			t.updated++
		default:
			t.created++
		}
		t.last[email] = row
		t.rows[email]++
	}
	t.text = text.String()
	return t
}

type importJob struct {
	ImportJob struct {
		State                                            string
		Processed, Created, Updated, Unchanged, Rejected int
		Fraction                                         float64
		Warnings                                         []string
		Error                                            *struct{ Code, Message string }
	}
}

const askImport = `query($id: ID!) { importJob(id: $id) { state processed created updated unchanged rejected fraction warnings error { code message } } }`

// send sends a file and returns the ID of its job.
func (s *server) send(t *testing.T, file, parameters string, headers ...string) string {
	t.Helper()
	got := s.do(t, http.MethodPost, "/import"+parameters, file, headers...)
	sent := names{}
	sent.check(t, `{"id": "<id>", "kind": "import", "title": "…Import of…", "state": "QUEUED", "createdAt": "<>"}`, got.body)
	if got.status != http.StatusAccepted {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	return fmt.Sprint(sent["<id>"])
}

// TestImportOfAKilledServer kills the server while it imports. On MongoDB another one waits for half a minute then, because
// it cannot know that the first one is dead.
func TestImportOfAKilledServer(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		rows, contacts, parts := 20_000, 10_000, []int{10, 4}
		if flags[0] != "--data" {
			rows, contacts, parts = 2_000, 1_900, []int{10}
		}
		table := newTable(rows, contacts)
		begin := func() (*server, *exec.Cmd) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], slices.Concat([]string{"serve", "--addr", "127.0.0.1:0"}, flags)...)
			return serving(t, startProcess(t, cmd)), cmd
		}
		type counted struct{ Contacts struct{ TotalCount int } }
		const count = `{ contacts { totalCount } }`

		s, cmd := begin()
		var before strings.Builder
		for i := range known {
			fmt.Fprintf(&before, `,{"email": "c%d@example.com"}`, i)
		}
		load(t, s, "["+before.String()[1:]+"]")
		id := s.send(t, table.text, "?filename=table.csv")
		for _, part := range parts {
			eventually(t, "a part is imported", func() bool {
				return ask[counted](t, s, count, nil).Contacts.TotalCount > contacts/part
			})
			_ = cmd.Process.Kill()
			<-s.ended
			checkUnfinished(t, flags, id, contacts)
			s, cmd = begin()
		}
		var job importJob
		for late := time.Now().Add(2 * time.Minute); job.ImportJob.State != "DONE"; time.Sleep(50 * time.Millisecond) {
			job = ask[importJob](t, s, askImport, map[string]any{"id": id})
			if time.Now().After(late) || job.ImportJob.Error != nil {
				t.Fatalf("the job is %+v\n%s", job.ImportJob, s.stderr.String())
			}
		}
		if got := job.ImportJob; got.Created != table.created || got.Updated != table.updated || got.Rejected != table.rejected || got.Processed != rows {
			t.Errorf("%d created, %d updated, %d rejected of %d rows; want %d, %d, %d of %d",
				got.Created, got.Updated, got.Rejected, got.Processed, table.created, table.updated, table.rejected, rows)
		}
		rejected, err := csv.NewReader(strings.NewReader(s.do(t, http.MethodGet, "/jobs/"+id+"/rejected.csv", "").body)).ReadAll()
		if err != nil || len(rejected) != 1+table.rejected || rejected[1][0] != "100" || rejected[1][2] != "nobody,100" {
			t.Errorf("%d rejected rows, %v", len(rejected), err)
		}
		s.stop(t)
		table.check(t, flags)
	})
}

// checkUnfinished looks at what a killed server has left.
func checkUnfinished(t *testing.T, flags []string, id string, contacts int) {
	t.Helper()
	store, w := openStore(t, flags)
	jobs, err := w.JobsByID(t.Context(), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	counts, err := w.CountContacts(t.Context(), []filter.Node{filter.Const(true)})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("killed with %d contacts, the checkpoint after row %d", counts[0], jobs[0].Progress.Done)
	if jobs[0].State != db.JobRunning || counts[0] >= int64(contacts) {
		t.Errorf("the job is %s, with %d contacts", jobs[0].State, counts[0])
	}
	if err := store.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// check finds each row applied once.
func (table table) check(t *testing.T, flags []string) {
	t.Helper()
	store, w := openStore(t, flags)
	defer func() { _ = store.Close(t.Context()) }()
	found := 0
	page := db.Page{Limit: db.MaxPageSize}
	for more := true; more; {
		pages, err := w.FindContacts(t.Context(), []db.ContactQuery{{Filter: filter.Const(true), Page: page}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range pages[0].Contacts {
			found++
			versions, last := int64(table.rows[c.Email]), any(int64(table.last[c.Email]))
			var number int
			_, _ = fmt.Sscanf(c.Email, "c%d@", &number)
			if number < known {
				versions++
			}
			if table.last[c.Email] == 0 {
				last = nil
			}
			if c.Version != versions || c.Custom["row"] != last {
				t.Errorf("%s has the version %d and the row %v, want %d and %v", c.Email, c.Version, c.Custom["row"], versions, last)
			}
			page.After = &db.Key{ID: c.ID}
		}
		more = pages[0].HasMore
	}
	all := len(table.rows)
	for i := range known {
		if table.rows[fmt.Sprintf("c%d@example.com", i)] == 0 {
			all++
		}
	}
	if found != all {
		t.Errorf("there are %d contacts, want %d", found, all)
	}
}
