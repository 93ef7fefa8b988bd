package command_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"segmentql/sample"
)

// TestDemo does what a reader of the demo's output does: sends the query that it prints.
func TestDemo(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	p := start(t, "demo", "--contacts", "1000", "--addr", "127.0.0.1:0")
	printed := p.await(t, &p.stdout, `(?s)curl -s (\S+)/graphql -H '(.*?)' \\\s+-d '(.*?)'\n`)
	s := &server{p, printed[1]}

	got := s.do(t, "POST", "/graphql", printed[3], printed[2])
	var result struct {
		Data struct {
			Segments struct {
				Nodes []struct {
					Name        string
					MemberCount int
					Members     struct{ Nodes []struct{ Email string } }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(got.body), &result); err != nil || got.status != 200 {
		t.Fatalf("status %d, %v:\n%s", got.status, err, got.body)
	}
	counts := map[string]int{}
	for _, line := range regexp.MustCompile(`(?m)^(\S.*?)\s{2,}(\d+) members.*$`).FindAllStringSubmatch(p.stdout.String(), -1) {
		counts[line[1]], _ = strconv.Atoi(line[2])
		if utf8.RuneCountInString(line[0]) > 120 {
			t.Errorf("a terminal is too narrow for %s", line[0])
		}
	}
	if n := len(sample.Segments()); len(counts) != n || len(result.Data.Segments.Nodes) != n {
		t.Errorf("%d segments are printed, %d are answered, want %d", len(counts), len(result.Data.Segments.Nodes), n)
	}
	for _, n := range result.Data.Segments.Nodes {
		printed, ok := counts[n.Name]
		if !ok || n.MemberCount != printed || n.MemberCount == 0 || len(n.Members.Nodes) != min(2, n.MemberCount) {
			t.Errorf("%s: %d members are counted, %d shown, %d printed", n.Name, n.MemberCount, len(n.Members.Nodes), printed)
		}
	}
	total := ask[struct{ Contacts struct{ TotalCount int } }](t, s, `{ contacts(first: 0) { totalCount } }`, nil)
	if total.Contacts.TotalCount != 1_000 {
		t.Errorf("there are %d contacts, want 1,000", total.Contacts.TotalCount)
	}

	p.stop(t)
	if p.err != nil {
		t.Errorf("the demo ended with %v", p.err)
	}
	left, err := os.ReadDir(temporary)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		if strings.HasPrefix(entry.Name(), "segmentql") {
			t.Errorf("the demo left %s", entry.Name())
		}
	}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	args := []string{"generate", "--contacts", "200", "--seed", "7", "--as-of", "2026-03-01"}
	first := mustRun(t, args...)
	if mustRun(t, args...) != first {
		t.Error("the same seed and day made other contacts")
	}
	if other := mustRun(t, "generate", "--contacts", "200", "--seed", "8", "--as-of", "2026-03-01"); other == first {
		t.Error("another seed made the same contacts")
	}
	lines := strings.Split(strings.TrimSuffix(first, "\n"), "\n")
	emails := map[string]bool{}
	for _, line := range lines {
		var contact struct{ Email string }
		if err := json.Unmarshal([]byte(line), &contact); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		emails[contact.Email] = true
	}
	if len(lines) != 200 || len(emails) != 200 {
		t.Errorf("%d lines with %d emails, want 200", len(lines), len(emails))
	}
	if _, stderr, err := run(t, strings.NewReader(""), "generate", "--contacts", "-1"); err == nil || !strings.Contains(stderr, "negative") {
		t.Errorf("-1 contacts: %v, %s", err, stderr)
	}
	if summary := importOf(t, t.TempDir(), first); summary != "200 created, 0 updated, 0 rejected" {
		t.Errorf("imported: %s", summary)
	}
}

// importOf imports a text from standard input and returns the last line of the output.
func importOf(t *testing.T, data, text string) string {
	t.Helper()
	stdout, stderr, err := run(t, strings.NewReader(text), "import", "--data", data, "-")
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	return lastLine(stdout)
}
