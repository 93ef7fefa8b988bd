package command_test

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// newSegment creates a segment and returns its ID.
func newSegment(t *testing.T, s *server, name, filter string) string {
	t.Helper()
	const mutation = `mutation($n: String!, $f: FilterInput!) { createSegment(input: {name: $n, filter: $f}) { segment { id } } }`
	type result struct {
		CreateSegment struct{ Segment struct{ ID string } }
	}
	return ask[result](t, s, mutation, fmt.Sprintf(`{"n": %q, "f": %s}`, name, filter)).CreateSegment.Segment.ID
}

// TestExport asks for files of each kind, and in each wrong way.
func TestExport(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		load(t, s, people)
		load(t, s, `[{"email": "mary@example.com", "status": "SUBSCRIBED", "tags": ["vip"]}]`)
		vips := newSegment(t, s, `VIPs / Köln "2026"`, `{"list": {"path": "tags", "hasAny": ["vip"]}}`)
		pros := newSegment(t, s, "Pros", `{"text": {"path": "custom.plan", "equals": "pro"}}`)
		const (
			lines = "application/jsonl; charset=utf-8"
			table = "text/csv; charset=utf-8; header=present"
		)
		for _, c := range []struct{ path, contentType, want string }{
			{"/export/segments/" + pros + "?columns=email,custom.age", table, "email,custom.age\nada@example.com,36\ngrace@example.com,85\n"},
			{"/export/segments/" + pros + "?format=csv", table, "email,phone,firstName,lastName,status,subscribedAt,tags,custom.age,custom.plan\n" +
				"ada@example.com,,Ada,Lovelace,PENDING,,vip,36,pro\ngrace@example.com,,Grace,Hopper,PENDING,,,85,pro\n"},
			{"/export/segments/" + vips + "?format=jsonl", lines, `{"email":"ada@example.com","firstName":"Ada","lastName":"Lovelace","status":"PENDING","tags":["vip"],"custom":{"age":36,"plan":"pro"}}` + "\n" +
				`{"email":"alan@example.org","firstName":"Alan","lastName":"Turing","status":"PENDING","tags":["vip","maths"],"custom":{"age":41,"plan":"free"}}` + "\n" +
				`{"email":"mary@example.com","status":"SUBSCRIBED","tags":["vip"]}` + "\n"},
			{"/export/contacts?columns=email&filter=" + url.QueryEscape(`{"number": {"path": "custom.age", "gt": 40}}`) + "&search=example.org", table, "email\nalan@example.org\nedsger@example.org\n"},
			{"/export/contacts?format=jsonl&filter=" + url.QueryEscape(`{"or": []}`), lines, ""},
			{"/export/audience?columns=email&include=" + vips + "," + pros + "&exclude=" + pros + "&subscribedOnly=false", table, "email\nalan@example.org\nmary@example.com\n"},
			{"/export/audience?columns=email&include=" + vips, table, "email\nmary@example.com\n"},
			{"/export/audience?columns=email&include=" + vips + "&include=" + pros + "&subscribedOnly=false&search=grace", table, "email\ngrace@example.com\n"},
		} {
			got := s.do(t, "GET", c.path, "")
			if got.status != http.StatusOK || got.header.Get("Content-Type") != c.contentType || got.body != c.want {
				t.Errorf("%s: status %d, %s\n%swant %s\n%s", c.path, got.status, got.header.Get("Content-Type"), got.body, c.contentType, c.want)
			}
		}
		got := s.do(t, "GET", "/export/segments/"+vips, "").header.Get("Content-Disposition")
		if !strings.HasPrefix(got, "attachment; filename*=utf-8''VIPs%20-%20K%C3%B6ln%20-2026-20") || !strings.HasSuffix(got, ".csv") {
			t.Errorf("the file is %s", got)
		}

		for _, c := range []struct {
			method, path string
			status       int
			code, place  string
		}{
			{"GET", "/export/segments/seg_0", 404, "NOT_FOUND", `["id"]`},
			{"GET", "/export/segments/" + pros + "?format=xls", 400, "BAD_USER_INPUT", `["format"]`},
			{"GET", "/export/segments/" + pros + "?columns=email,custom.plam", 400, "UNKNOWN_FIELD", `["columns",1]`},
			{"GET", "/export/segments/" + pros + "?exclude=" + vips, 400, "BAD_USER_INPUT", `["exclude"]`},
			{"GET", "/export/contacts?filter=" + url.QueryEscape(`{"text": {"path": "custom.plam", "equals": "pro"}}`), 400, "UNKNOWN_FIELD", `["filter","text","path"]`},
			{"GET", "/export/contacts?filter=%7B", 400, "BAD_USER_INPUT", `["filter"]`},
			{"GET", "/export/contacts?filter=", 400, "BAD_USER_INPUT", `["filter"]`},
			{"GET", "/export/contacts?search=a&search=b", 400, "BAD_USER_INPUT", `["search"]`},
			{"GET", "/export/contacts?a;b", 400, "BAD_USER_INPUT", ""},
			{"GET", "/export/audience", 400, "BAD_USER_INPUT", `["include"]`},
			{"GET", "/export/audience?include=" + vips + ",seg_0", 404, "NOT_FOUND", `["include",1]`},
			{"GET", "/export/audience?include=" + vips + "&exclude=", 400, "BAD_USER_INPUT", `["exclude"]`},
			{"GET", "/export/audience?include=" + vips + "&exlude=" + pros, 400, "BAD_USER_INPUT", `["exlude"]`},
			{"GET", "/export/audience?include=" + vips + "&subscribedOnly=no", 400, "BAD_USER_INPUT", `["subscribedOnly"]`},
		} {
			got := s.do(t, c.method, c.path, "")
			extensions := `"code":"` + c.code + `"`
			if c.place != "" {
				extensions += `,"path":` + c.place
			}
			if got.status != c.status || !strings.Contains(got.body, extensions) || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
				t.Errorf("%s %s: status %d, %s, want %d, %s", c.method, c.path, got.status, got.body, c.status, extensions)
			}
		}
		if got := s.do(t, "POST", "/export/contacts", ""); got.status != http.StatusMethodNotAllowed {
			t.Errorf("POST: status %d", got.status)
		}
	})
}

// TestExportForPages looks at who may read exports, and how small they are.
func TestExportForPages(t *testing.T) {
	t.Parallel()
	s := serve(t, "--data", t.TempDir(), "--cors-origins", "https://app.example.com")
	load(t, s, `[{"email": "a@b.cd", "custom": {"note": "`+strings.Repeat("again and ", 500)+`"}}]`)
	for origin, want := range map[string]string{"https://app.example.com": "https://app.example.com", "https://evil.example": ""} {
		got := s.do(t, "GET", "/export/contacts", "", "Origin: "+origin)
		if got.header.Get(allowOrigin) != want {
			t.Errorf("%s: %s is %q", origin, allowOrigin, got.header.Get(allowOrigin))
		}
	}
	if got := s.do(t, "GET", "/export/contacts", "", "Host: evil.example"); got.status != http.StatusMisdirectedRequest {
		t.Errorf("another host: status %d", got.status)
	}
	whole := s.do(t, "GET", "/export/contacts?format=jsonl", "", "Accept-Encoding: identity")
	small := s.do(t, "GET", "/export/contacts?format=jsonl", "", "Accept-Encoding: gzip")
	unzipped, err := gzip.NewReader(strings.NewReader(small.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unzipped)
	if err != nil || string(text) != whole.body || len(small.body) > len(whole.body)/2 || small.header.Get("Content-Encoding") != "gzip" || whole.header.Get("Content-Encoding") != "" {
		t.Errorf("%d bytes compressed of %d, %v", len(small.body), len(whole.body), err)
	}
}

// TestExportAsOfOneMoment deletes the contacts while somebody reads them, and has others not read to the end.
func TestExportAsOfOneMoment(t *testing.T) {
	t.Parallel()
	const contacts, attempts = 20_000, 6 // attempts are more than there may be exports at once
	data := t.TempDir()
	generated := mustRun(t, "generate", "--contacts", fmt.Sprint(contacts))
	if _, stderr, err := run(t, strings.NewReader(generated), "import", "--data", data, "-"); err != nil {
		t.Fatal(err, stderr)
	}
	s := serve(t, "--data", data)
	begin := func() *http.Response {
		response, err := http.Get(s.url + "/export/contacts?format=jsonl")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(response.Body, make([]byte, 1_000)); err != nil {
			t.Fatal(err)
		}
		return response
	}
	for i := range attempts {
		_ = begin().Body.Close() // the client goes away
		eventually(t, "the server has noticed", func() bool { return strings.Count(s.stderr.String(), "an export was cut off") > i })
	}
	response := begin()
	type deleted struct{ DeleteContacts struct{ Deleted int } }
	const mutation = `mutation($ids: [ID!]!) { deleteContacts(input: {ids: $ids}) { deleted } }`
	type page struct {
		Contacts struct{ Nodes []struct{ ID string } }
	}
	found := ask[page](t, s, `{ contacts(last: 1000) { nodes { id } } }`, "")
	ids := []string{}
	for _, c := range found.Contacts.Nodes {
		ids = append(ids, c.ID)
	}
	if got := ask[deleted](t, s, mutation, map[string]any{"ids": ids}); got.DeleteContacts.Deleted != 1_000 {
		t.Fatalf("deleted %d", got.DeleteContacts.Deleted)
	}
	rest, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if rows := strings.Count(string(rest), "\n"); err != nil || rows < contacts-2 {
		t.Errorf("read %d rows, %v", rows, err)
	}
	after := s.do(t, "GET", "/export/contacts?columns=id", "")
	if rows, err := csv.NewReader(strings.NewReader(after.body)).ReadAll(); err != nil || len(rows) != 1+contacts-1_000 {
		t.Errorf("afterwards %d rows, %v", len(rows), err)
	}
}

// TestExportCommand writes files, and none where it fails.
func TestExportCommand(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		load(t, s, people)
		pros := newSegment(t, s, "Pros", `{"text": {"path": "custom.plan", "equals": "pro"}}`)
		for range 2 {
			newSegment(t, s, "Twice", `{"and": []}`)
		}
		s.stop(t)
		command := func(args ...string) []string { return slices.Concat([]string{"export"}, flags, args) }
		const want = "email\nada@example.com\ngrace@example.com\n"
		for _, segment := range []string{pros, "Pros"} {
			if got := mustRun(t, command("--columns", "email", segment)...); got != want {
				t.Errorf("%s: got %q, want %q", segment, got, want)
			}
		}
		if got := mustRun(t, command("--all", "--format", "jsonl")...); strings.Count(got, "\n") != 4 {
			t.Errorf("all are\n%s", got)
		}
		folder := t.TempDir()
		file := filepath.Join(folder, "pros.csv")
		for range 2 { // the second one in place of the first
			mustRun(t, command("--columns", "email", "--output", file, "Pros")...)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("the file has %q, %v", got, err)
		}
		for name, c := range map[string]struct {
			args []string
			says string
		}{
			"nothing":        {nil, "name one segment"},
			"two":            {[]string{"Pros", "Twice"}, "name one segment"},
			"one and all":    {[]string{"--all", "Pros"}, "name one segment"},
			"unknown":        {[]string{"pros"}, "there is no segment"},
			"ambiguous":      {[]string{"Twice"}, "by its ID: seg_"},
			"a wrong format": {[]string{"--format", "xls", "--output", filepath.Join(folder, "new"), "Pros"}, "not a format"},
			"a wrong column": {[]string{"--columns", "plan", "--output", file, "Pros"}, "there is no field"},
			"a wrong zone":   {[]string{"--time-zone", "Mars", "Pros"}, "--time-zone"},
			"a wrong folder": {[]string{"--output", filepath.Join(folder, "none", "file"), "Pros"}, "cannot write"},
			"a folder":       {[]string{"--output", folder, "Pros"}, "cannot write"},
		} {
			if stdout, stderr, err := run(t, strings.NewReader(""), command(c.args...)...); err == nil || stdout != "" || !strings.Contains(stderr, c.says) {
				t.Errorf("%s: %v, %q, %s", name, err, stdout, stderr)
			}
		}
		left, err := os.ReadDir(folder)
		if got, readErr := os.ReadFile(file); err != nil || readErr != nil || len(left) != 1 || string(got) != want {
			t.Errorf("%d files are left, %v; the file has %q, %v", len(left), err, got, readErr)
		}
	})
}

// TestRoundTrip exports contacts, imports them into an empty store and exports that: the files are the same.
func TestRoundTrip(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		first, second := filepath.Join(t.TempDir(), "first.jsonl"), filepath.Join(t.TempDir(), "second.jsonl")
		source := t.TempDir()
		if _, stderr, err := run(t, strings.NewReader(mustRun(t, "generate", "--contacts", "1000")), "import", "--data", source, "-"); err != nil {
			t.Fatal(err, stderr)
		}
		mustRun(t, "export", "--data", source, "--all", "--format", "jsonl", "--output", first)
		if got := mustRun(t, slices.Concat([]string{"import"}, flags, []string{first})...); got != "1000 created, 0 updated, 0 rejected\n" {
			t.Fatal(got)
		}
		mustRun(t, slices.Concat([]string{"export"}, flags, []string{"--all", "--format", "jsonl", "--output", second})...)
		a, errA := os.ReadFile(first)
		b, errB := os.ReadFile(second)
		if errA != nil || errB != nil || len(a) == 0 || string(a) != string(b) {
			t.Errorf("%d bytes and then %d, %v, %v", len(a), len(b), errA, errB)
		}
	})
}
