package command_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func (s *server) awaitJob(t *testing.T, id string) importJob {
	t.Helper()
	var job importJob
	eventually(t, "the job ends", func() bool {
		job = ask[importJob](t, s, askImport, map[string]any{"id": id})
		return job.ImportJob.State == "DONE" || job.ImportJob.State == "FAILED" || job.ImportJob.State == "CANCELLED"
	})
	return job
}

func TestUploads(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, append(flags, "--max-import", "100000")...)
		file := "E-Mail;Vorname;Visits\nada@example.com;Zo\xeb;5\nbo@example.com;;7\nno;;\n"
		parameters := "?" + url.Values{"guess": {"true"}, "tags": {"new, b"}, "map": {"phone=,lastName=", "status="}, "filename": {"people.csv"}}.Encode()
		const everybody = `{ contacts(orderBy: {path: "email"}) { nodes { email firstName tags value(path: "custom.Visits") } } jobs { nodes { title state } } }`

		got := s.do(t, http.MethodPost, "/import"+parameters+"&dryRun=true", file)
		names{}.check(t, `{
			"format": "csv", "encoding": "windows-1252", "delimiter": "semicolon", "warnings": [],
			"columns": [
				{"source": "E-Mail", "target": "email", "guessed": true, "types": ["TEXT"], "declared": false},
				{"source": "Vorname", "target": "firstName", "guessed": true, "types": ["TEXT"], "declared": false},
				{"source": "Visits", "target": "custom.Visits", "guessed": false, "types": ["NUMBER"], "declared": true}
			],
			"rows": [
				{"row": 1, "outcome": "created", "contact": {"email": "ada@example.com", "firstName": "Zoë", "status": "PENDING", "tags": ["new", "b"], "custom": {"Visits": 5}}},
				{"row": 2, "outcome": "created", "contact": {"email": "bo@example.com", "status": "PENDING", "tags": ["new", "b"], "custom": {"Visits": 7}}},
				{"row": 3, "outcome": "rejected", "reason": "…not an email address…", "record": "no;;"}
			]
		}`, got.body)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/json" {
			t.Errorf("status %d, %v", got.status, got.header)
		}
		names{}.check(t, `{"data": {"contacts": {"nodes": []}, "jobs": {"nodes": []}}}`, s.post(t, operation(t, `{ contacts { nodes { id } } jobs { nodes { id } } }`, nil)).body)

		var zipped bytes.Buffer
		w := gzip.NewWriter(&zipped)
		if _, err := io.WriteString(w, file); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			s.awaitJob(t, s.send(t, zipped.String(), parameters, "Content-Encoding: gzip"))
		}
		names{}.check(t, `{"data": {
			"contacts": {"nodes": [
				{"email": "ada@example.com", "firstName": "Zoë", "tags": ["new", "b"], "value": 5}, {"email": "bo@example.com", "firstName": null, "tags": ["new", "b"], "value": 7}
			]},
			"jobs": {"nodes": [{"title": "Import of people.csv", "state": "DONE"}, {"title": "Import of people.csv", "state": "DONE"}]}
		}}`, s.post(t, operation(t, everybody, nil)).body)

		job := s.awaitJob(t, s.send(t, `[{"email": "ada@example.com", "x": 1}, {"x": 2}, {"email": oops}]`, "?mode=create"))
		if got := job.ImportJob; got.State != "FAILED" || got.Created != 1 || got.Unchanged != 1 ||
			!strings.Contains(got.Error.Message, "row 3 of the JSON array cannot be read") ||
			!strings.Contains(got.Error.Message, "The first 2 rows are applied (1 created, 0 updated, 0 rejected, 1 skipped), no others are") {
			t.Errorf("of a broken array there was %+v, %+v", got, got.Error)
		}
		job = s.awaitJob(t, s.send(t, "", ""))
		if got := job.ImportJob; got.State != "DONE" || got.Fraction != 1 || fmt.Sprint(got.Warnings) != "[there was no row to import]" {
			t.Errorf("of nothing there was %+v", got)
		}
	})
}

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, "--data", t.TempDir(), "--max-import", "1000", "--cors-origins", "https://app.example.com")
	for name, test := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		want               string // JSON, or text
	}{
		"mistakes": {
			http.MethodPost, "/import?mode=replace&encoding=klingon&dryrun=1", "", nil, 400, `{"errors": [
				{"message": "…there is no such parameter; they are map, …", "extensions": {"code": "BAD_USER_INPUT", "path": ["dryrun"]}},
				{"message": "…\"replace\" is not a mode…", "extensions": {"code": "BAD_USER_INPUT", "path": ["mode"]}},
				{"message": "…\"klingon\" is not an encoding…", "extensions": {"code": "BAD_USER_INPUT", "path": ["encoding"]}}
			]}`,
		},
		"a flag that is none": {
			http.MethodPost, "/import?dryRun=perhaps", "", nil, 400,
			`{"errors": [{"message": "\"perhaps\" is neither true nor false", "extensions": {"code": "BAD_USER_INPUT", "path": ["dryRun"]}}]}`,
		},
		"a coding": {
			http.MethodPost, "/import", "", []string{"Content-Encoding: br"}, 400, `{"errors": [{"message": "…\"br\" is not known here…", "extensions": {"code": "BAD_USER_INPUT"}}]}`,
		},
		"too much": {
			http.MethodPost, "/import", strings.Repeat("x", 1001), nil, 413,
			`{"errors": [{"message": "…more than 1000 bytes, and nothing of it was applied…", "extensions": {"code": "LIMIT_EXCEEDED"}}]}`,
		},
		"a header that cannot be read": {
			http.MethodPost, "/import?dryRun=true", "email,a,a\n", nil, 400,
			`{"errors": [{"message": "…two columns have the name…", "extensions": {"code": "BAD_USER_INPUT"}}]}`,
		},
		"GET":                  {http.MethodGet, "/import", "", nil, 405, "only POST"},
		"another web page":     {http.MethodPost, "/import", "email\na@b.cd\n", []string{"Origin: https://evil.example"}, 403, "cross-origin"},
		"a form of a web page": {http.MethodPost, "/import", "email\na@b.cd\n", []string{"Sec-Fetch-Site: cross-site"}, 403, "cross-origin"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.do(t, test.method, test.path, test.body, test.headers...)
			if got.status != test.status {
				t.Errorf("status %d: %s", got.status, got.body)
			}
			if strings.HasPrefix(test.want, "{") {
				names{}.check(t, test.want, got.body)
			} else if !strings.Contains(got.body, test.want) {
				t.Errorf("got %q, want %q", got.body, test.want)
			}
		})
	}
	if got := s.do(t, http.MethodPost, "/import", "email\na@b.cd\n", "Origin: https://app.example.com", "Sec-Fetch-Site: cross-site"); got.status != http.StatusAccepted {
		t.Errorf("the app's own upload: status %d, %s", got.status, got.body)
	}
	type jobs struct {
		Jobs struct{ Nodes []struct{ State string } }
	}
	if got := ask[jobs](t, s, `{ jobs { nodes { state } } }`, nil).Jobs.Nodes; len(got) != 1 {
		t.Errorf("there are the jobs %v, want that of the app", got)
	}
}

// TestUploadsThatBreakOff ends a connection in the middle of a file, and goes on sending for longer than is allowed.
func TestUploadsThatBreakOff(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, append(flags, "--max-import", "1000")...)
		address := strings.TrimPrefix(s.url, "http://")
		connection, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(connection, "POST /import HTTP/1.1\r\nHost: %s\r\nContent-Length: 900\r\n\r\nemail\na@b.cd\n", address)
		_ = connection.Close()
		eventually(t, "its job fails", func() bool {
			return strings.Contains(s.post(t, operation(t, `{ jobs(state: FAILED) { nodes { error { message } } } }`, nil)).body, "nothing of it was applied")
		})
		endless, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/import", io.MultiReader(strings.NewReader("email\n"), strings.NewReader(strings.Repeat("a@b.cd\n", 1000))))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(endless)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(text), "LIMIT_EXCEEDED") {
			t.Errorf("status %d, %s", response.StatusCode, text)
		}
		names{}.check(t, `{"data": {
			"contacts": {"totalCount": 0},
			"jobs": {"nodes": [
				{"state": "FAILED", "error": {"code": "LIMIT_EXCEEDED", "message": "…more than 1000 bytes, and nothing of it was applied…"}},
				{"state": "FAILED", "error": {"code": "<code>", "message": "…nothing of it was applied…"}}
			]}
		}}`, s.post(t, operation(t, `{ contacts { totalCount } jobs { nodes { state error { code message } } } }`, nil)).body)
	})
}
