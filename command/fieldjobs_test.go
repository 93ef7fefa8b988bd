package command_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db/mongodb/mongotest"
)

// fieldJob is a job as clients see it.
type fieldJob struct {
	ID, Kind, State, Title       string
	Processed, Total             int
	Updated, Unchanged, Rejected int
	Warnings                     []string
	Error                        *struct{ Message string }
	Problems                     struct{ Nodes []fieldProblem }
}

type fieldProblem struct {
	Number                   int
	ContactID, Code, Message string
	Path                     []string
}

const jobFields = `{ id kind state title processed total updated unchanged rejected warnings error { message }
	problems(first: 100) { nodes { number contactId code message path } } }`

// awaitFieldJob waits until the job is done.
func (s *server) awaitFieldJob(t *testing.T, id string) (done fieldJob) {
	t.Helper()
	eventually(t, "the job ends", func() bool {
		done = ask[struct{ Job fieldJob }](t, s, `query($id: ID!) { job(id: $id) `+jobFields+` }`, map[string]any{"id": id}).Job
		if done.Error != nil {
			t.Fatalf("the job failed: %+v", done.Error)
		}
		return done.State == "DONE"
	})
	return done
}

type declared struct {
	DeclareField struct {
		Field        struct{ Type string }
		ContactCount int
		Job          *fieldJob
	}
}

const declareScore = `mutation($type: FieldType!, $dry: Boolean) { declareField(input: {path: "custom.score", type: $type, dryRun: $dry}) { field { type } contactCount job ` + jobFields + ` } }`

// loadScores creates contacts with texts for scores. Every tenth is no number, and every twentieth has lists.
func loadScores(t *testing.T, s *server, contacts int) {
	t.Helper()
	var all []map[string]any
	for i := range contacts {
		score := any(fmt.Sprint(i))
		switch {
		case i%20 == 10:
			score = []any{fmt.Sprint(i), "no number", "neither is " + strings.Repeat("this", 100)}
		case i%10 == 0:
			score = "no number"
		}
		all = append(all, map[string]any{"email": fmt.Sprintf("c%03d@example.com", i), "custom": map[string]any{"score": score, "plan": "pro"}})
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	load(t, s, string(text))
}

func TestDeclareOverValues(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		contacts := 500
		if flags[0] != "--data" {
			contacts = 100 // FerretDB takes its time for each update
		}
		wrong := contacts / 10
		loadScores(t, s, contacts)
		const high = `{ previewSegment(filter: {number: {path: "custom.score", gte: 50}}) { count } field(path: "custom.score") { types type } }`
		type answer struct {
			PreviewSegment struct{ Count int }
			Field          struct {
				Types []string
				Type  string
			}
		}

		tried := ask[declared](t, s, declareScore, `{"type": "NUMBER", "dry": true}`).DeclareField
		if tried.Field.Type != "NUMBER" || tried.ContactCount != contacts || tried.Job != nil {
			t.Errorf("tried: %+v", tried)
		}
		if got := ask[answer](t, s, high, nil); got.PreviewSegment.Count != 0 || got.Field.Type != "" {
			t.Errorf("trying has done something: %+v", got)
		}

		did := ask[declared](t, s, declareScore, `{"type": "NUMBER"}`).DeclareField
		if did.Field.Type != "NUMBER" || did.ContactCount != contacts || did.Job == nil || did.Job.Kind != "convert-field" || did.Job.Title != "Conversion of custom.score to NUMBER" {
			t.Fatalf("declared: %+v, %+v", did, did.Job)
		}
		done := s.awaitFieldJob(t, did.Job.ID)
		if done.Processed != contacts || done.Total != contacts || done.Updated != contacts-wrong || done.Rejected != wrong || len(done.Warnings) > 0 {
			t.Errorf("done: %+v", done)
		}
		if len(done.Problems.Nodes) != wrong {
			t.Fatalf("%d problems", len(done.Problems.Nodes))
		}
		several := 0
		for i, p := range done.Problems.Nodes {
			if p.Number != i+1 || p.Code != "BAD_USER_INPUT" || fmt.Sprint(p.Path) != "[custom score]" || !strings.HasPrefix(p.ContactID, "con_") ||
				!strings.Contains(p.Message, `declared NUMBER and "no number" is not a number`) {
				t.Errorf("problem %+v", p)
			}
			if strings.HasSuffix(p.Message, "one more value") {
				several++
			}
		}
		if several != wrong/2 {
			t.Errorf("%d contacts have several values that stay", several)
		}
		rows, err := csv.NewReader(strings.NewReader(s.do(t, http.MethodGet, "/jobs/"+done.ID+"/rejected.csv", "").body)).ReadAll()
		if err != nil || len(rows) != 1+wrong || !strings.Contains(rows[1][1], "custom.score: ") || !strings.Contains(fmt.Sprint(rows), `"email":"c000@example.com"`) {
			t.Errorf("%d rows, %v, %.300q", len(rows), err, rows)
		}
		// The lists have a number each.
		texts := (contacts - 50) * 9 / 10
		if got := ask[answer](t, s, high, nil); got.PreviewSegment.Count != texts+(contacts-40)/20 || fmt.Sprint(got.Field.Types) != "[NUMBER TEXT LIST]" {
			t.Errorf("after it: %+v", got)
		}

		// Where those that stay have gone, nothing is left of the other type.
		mend := `mutation { updateContacts(input: {target: {filter: {text: {path: "custom.score", contains: "n"}}}, unset: ["custom.score"]}) { changed failed } }`
		ask[any](t, s, mend, nil)
		again := ask[declared](t, s, declareScore, `{"type": "NUMBER"}`).DeclareField
		if again.Job != nil || again.ContactCount != 0 {
			t.Errorf("declared once more: %+v", again)
		}
		// Declared anew over numbers, which are not texts.
		other := ask[declared](t, s, declareScore, `{"type": "BOOLEAN"}`).DeclareField
		refused := s.awaitFieldJob(t, other.Job.ID)
		if refused.Rejected != contacts-wrong || refused.Updated != 0 || !strings.Contains(refused.Problems.Nodes[0].Message, "declared BOOLEAN, the value is NUMBER") {
			t.Errorf("as another type: %+v", refused)
		}
		if got := ask[answer](t, s, high, nil); fmt.Sprint(got.Field.Types) != "[NUMBER]" || got.PreviewSegment.Count != texts {
			t.Errorf("in the end: %+v", got)
		}
	})
}

type removed struct {
	RemoveField struct {
		Path         string
		ContactCount int
		Job          *fieldJob
		Warnings     []string
	}
}

const removeField = `mutation($path: FieldPath!, $dry: Boolean) { removeField(input: {path: $path, dryRun: $dry}) { path contactCount warnings job ` + jobFields + ` } }`

func TestRemoveField(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		load(t, s, `[{"email": "a@example.com", "custom": {"plan": "pro", "address": {"city": "Bonn", "zip": "53111"}, "orders": [{"total": 5, "n": 1}, {"total": 7}]}},
			{"email": "b@example.com", "custom": {"plan": null, "orders": [], "born": "1990-05-06"}},
			{"email": "c@example.com", "custom": {"tiers": {"2026-01-01": 1, "2026-01-02": 2, "2026-01-03": 3}}}]`)
		refusals := []step{
			{"a segment uses what is below", `mutation { createSegment(input: {name: "Bonn", filter: {text: {path: "custom.address.city", equals: "Bonn"}}}) { segment { id } } }`, ``, `{"data": {"createSegment": {"segment": {"id": "<bonn>"}}}}`},
			{"another, within any", `mutation { createSegment(input: {name: "Rich", filter: {any: {path: "custom.orders", match: {number: {path: "total", gt: 4}}}}}) { segment { id } } }`, ``, `{"data": {"createSegment": {"segment": {"id": "<rich>"}}}}`},
			{
				"it is refused", removeField, `{"path": "custom.address"}`,
				`{"data": null, "errors": [{"message": "…\"Bonn\"…", "path": ["removeField"], "locations": "<>", "extensions": {"code": "CONFLICT", "path": ["input", "path"], "ids": ["<bonn>"]}}]}`,
			},
			{
				"when it is tried, too", removeField, `{"path": "custom.orders.total", "dry": true}`,
				`{"data": null, "errors": [{"message": "…\"Rich\"…", "path": ["removeField"], "locations": "<>", "extensions": {"code": "CONFLICT", "path": ["input", "path"], "ids": ["<rich>"]}}]}`,
			},
			{
				"a field that there is not", removeField, `{"path": "custom.plam"}`,
				`{"data": null, "errors": [{"message": "…custom.plan…", "path": ["removeField"], "locations": "<>", "extensions": {"code": "UNKNOWN_FIELD", "path": ["input", "path"]}}]}`,
			},
			{
				"a standard field", removeField, `{"path": "email"}`,
				`{"data": null, "errors": [{"message": "…standard field…", "path": ["removeField"], "locations": "<>", "extensions": {"code": "BAD_USER_INPUT", "path": ["input", "path"]}}]}`,
			},
			{
				"all of them", removeField, `{"path": "custom"}`,
				`{"data": null, "errors": [{"message": "…custom…", "path": ["removeField"], "locations": "<>", "extensions": {"code": "BAD_USER_INPUT", "path": ["input", "path"]}}]}`,
			},
			{
				"a key that is data", removeField, `{"path": "custom.tiers.2026-01-01"}`,
				`{"data": null, "errors": [{"message": "…keys before it are data…", "path": ["removeField"], "locations": "<>", "extensions": {"code": "BAD_USER_INPUT", "path": ["input", "path"]}}]}`,
			},
			{
				"any key", removeField, `{"path": "custom.tiers.*"}`,
				`{"data": null, "errors": [{"message": "…keys before it are data…", "path": ["removeField"], "locations": "<>", "extensions": {"code": "BAD_USER_INPUT", "path": ["input", "path"]}}]}`,
			},
		}
		play(t, s, refusals)

		ask[any](t, s, `mutation { declareField(input: {path: "custom.never", type: NUMBER}) { job { id } } }`, nil)
		for _, c := range []struct {
			path     string
			contacts int
		}{
			{"custom.plan", 2}, {"custom.address.zip", 1}, {"custom.orders.n", 1}, {"custom.tiers", 1}, {"custom.never", 0},
		} {
			for _, dry := range []bool{true, false} {
				got := ask[removed](t, s, removeField, map[string]any{"path": c.path, "dry": dry}).RemoveField
				if got.Path != c.path || got.ContactCount != c.contacts || got.Job != nil || len(got.Warnings) > 0 {
					t.Errorf("dry %v: %+v", dry, got)
				}
			}
		}
		want := `{"data": {"contacts": {"nodes": [
			{"custom": {"address": {"city": "Bonn"}, "orders": [{"total": 5}, {"total": 7}]}, "version": 4}, {"custom": {"orders": [], "born": "1990-05-06"}, "version": 2}, {"custom": {}, "version": 2}]},
			"fields": [{"path": "custom.address"}, {"path": "custom.address.city"}, {"path": "custom.born"}, {"path": "custom.orders"}, {"path": "custom.orders.total"}]}}`
		names{}.check(t, want, s.post(t, operation(t, `{ contacts(orderBy: {path: "email"}) { nodes { custom version } } fields(search: "custom.") { path } }`, nil)).body)
		// It may come again.
		load(t, s, `[{"email": "a@example.com", "custom": {"plan": "free"}}]`)
		names{}.check(t, `{"data": {"field": {"types": ["TEXT"], "contactCount": 1}}}`, s.post(t, operation(t, `{ field(path: "custom.plan") { types contactCount } }`, nil)).body)
	})
}

// TestRemoveFieldOfMany removes a field by a job.
func TestRemoveFieldOfMany(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	const contacts = 2_500
	var lines strings.Builder
	for i := range contacts {
		fmt.Fprintf(&lines, "{\"email\": \"c%d@example.com\", \"custom\": {\"n\": %d, \"kept\": true}}\n", i, i)
	}
	importOf(t, data, lines.String())
	s := serve(t, "--data", data)
	did := ask[removed](t, s, removeField, `{"path": "custom.n"}`).RemoveField
	if did.ContactCount != contacts || did.Job == nil || did.Job.Kind != "remove-field" || did.Job.Title != "Removal of custom.n" {
		t.Fatalf("got %+v, %+v", did, did.Job)
	}
	if done := s.awaitFieldJob(t, did.Job.ID); done.Updated != contacts || done.Total != contacts || done.Rejected != 0 || len(done.Warnings) > 0 {
		t.Errorf("got %+v", done)
	}
	names{}.check(t, `{"data": {"n": null, "kept": {"contactCount": 2500}}}`, s.post(t, operation(t, `{ n: field(path: "custom.n") { path } kept: field(path: "custom.kept") { contactCount } }`, nil)).body)
}

// TestScan scans what another program wrote while a server runs.
func TestScan(t *testing.T) {
	t.Parallel()
	uri := mongotest.Database(t)
	s := serve(t, "--mongodb-uri", uri)
	load(t, s, `[{"email": "a@example.com", "custom": {"plan": "pro"}}, {"email": "b@example.com", "custom": {"gone": "x", "kept": 1}}]`)
	ask[any](t, s, `mutation { declareField(input: {path: "custom.born", type: DATE}) { job { id } } }`, nil)
	theirs := contactsIn(t, uri)
	_, err := theirs.InsertMany(t.Context(), []any{
		bson.D{{Key: "_id", Value: "theirs"}, {Key: "workspace", Value: "default"}, {Key: "status", Value: "SUBSCRIBED"}, {Key: "custom", Value: bson.D{
			{Key: "score", Value: int32(7)},
			{Key: "ref", Value: bson.NewObjectID()},
			{Key: "when", Value: bson.Timestamp{T: 5}},
			{Key: "lines", Value: bson.A{bson.D{{Key: "sku", Value: "x"}}}},
			{Key: "pattern", Value: bson.Regex{Pattern: "a"}},
			{Key: "a b", Value: true},
		}}},
		bson.D{{Key: "_id", Value: bson.NewObjectID()}, {Key: "workspace", Value: "default"}, {Key: "custom", Value: bson.D{{Key: "score", Value: 8.5}}}},
		bson.D{{Key: "_id", Value: bson.NewObjectID()}, {Key: "workspace", Value: "default"}, {Key: "custom", Value: "no object"}, {Key: "createdAt", Value: "never"}},
		bson.D{{Key: "_id", Value: "elsewhere"}, {Key: "workspace", Value: "other"}, {Key: "custom", Value: bson.D{{Key: "secret", Value: 1}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.DeleteOne(t.Context(), bson.D{{Key: "email", Value: "b@example.com"}}); err != nil {
		t.Fatal(err)
	}
	const question = `{ previewSegment(filter: {number: {path: "custom.score", gte: 7}}) { count } }`
	if got := s.post(t, operation(t, question, nil)).body; !strings.Contains(got, "UNKNOWN_FIELD") {
		t.Errorf("before the scan: %s", got)
	}
	stdout, stderr, err := run(t, strings.NewReader(""), "fields", "scan", "--mongodb-uri", uri)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	if want := "9 fields in 4 contacts, 7 of them new, 2 forgotten"; lastLine(stdout) != want {
		t.Errorf("it said %s, want %s", lastLine(stdout), want)
	}
	for _, want := range []string{"warning: 2 contacts have an _id that is no text", "warning: 2 contacts have no status", "warning: 3 contacts have no createdAt"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("it did not say %q, but\n%s", want, stderr)
		}
	}
	names{}.check(t, `{"data": {"previewSegment": {"count": 2}}}`, s.post(t, operation(t, question, nil)).body)
	names{}.check(t, `{"data": {"fields": [
		{"path": "custom.a b", "types": ["BOOLEAN"]}, {"path": "custom.born", "types": []}, {"path": "custom.lines", "types": ["OBJECT", "LIST"]}, {"path": "custom.lines.sku", "types": ["TEXT"]},
		{"path": "custom.pattern", "types": ["NULL"]}, {"path": "custom.plan", "types": ["TEXT"]}, {"path": "custom.ref", "types": ["TEXT"]},
		{"path": "custom.score", "types": ["NUMBER"]}, {"path": "custom.when", "types": ["DATETIME"]}]}}`,
		s.post(t, operation(t, `{ fields(search: "custom.") { path types } }`, nil)).body)
	if got := lastLine(mustRun(t, "fields", "scan", "--mongodb-uri", uri)); got != "9 fields in 4 contacts, 0 of them new, 0 forgotten" {
		t.Errorf("once more it said %s", got)
	}
}

func TestScanOfEmbedded(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	importOf(t, data, `{"email": "a@example.com", "plan": "pro"}`)
	if got := lastLine(mustRun(t, "fields", "scan", "--data", data)); got != "1 fields in 1 contacts, 0 of them new, 0 forgotten" {
		t.Errorf("it said %s", got)
	}
	_, stderr, err := run(t, strings.NewReader(""), "fields", "scan", "--data", data, "more")
	if err == nil || !strings.Contains(stderr, "there is no command or argument") {
		t.Errorf("with an argument: %v, %s", err, stderr)
	}
}
