package command_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestImportOfBadRows(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		for _, c := range []struct {
			name, file, content string
			summary             string
			rejected            [][2]string // row, and a part of the reason
		}{
			{
				"a quote that is not closed", "a.csv", "email,name\na1@example.com,\"Ada\nb1@example.com,Bo\nc1@example.com,\"C\"\"y\"\nd1@example.com,D\"x\"\n",
				"2 created, 0 updated, 2 rejected",
				[][2]string{{"1", "never closed"}, {"4", `bare "`}},
			},
			{
				"malformed lines of JSON", "a.jsonl", "{\"email\": \"a2@example.com\"}\n{\"email\": oops\n{\"email\": \"b2@example.com\"}\n[1]\n",
				"2 created, 0 updated, 2 rejected",
				[][2]string{{"2", "line 2: it is not valid JSON"}, {"4", "not a JSON object"}},
			},
			{
				"rows that are no contacts", "a.json", `[{"email": "a3@example.com"}, {"email": "nope"}, {"name": "Nobody"}, {"email": "A3@example.com", "x": 1}]`,
				"1 created, 1 updated, 2 rejected",
				[][2]string{{"2", "not an email address"}, {"3", "email"}},
			},
			{
				"nothing bad", "b.csv", "\uFEFFemail;age\r\na4@example.com;41\r\n", "1 created, 0 updated, 0 rejected", nil,
			},
		} {
			t.Run(c.name, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), c.file)
				if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
					t.Fatal(err)
				}
				if last := lastLine(mustRun(t, slices.Concat([]string{"import"}, flags, []string{file})...)); last != c.summary {
					t.Errorf("it ended with %q, want %q", last, c.summary)
				}
				checkRejected(t, file+".rejected.csv", c.rejected)
			})
		}
		t.Run("an array that breaks off", func(t *testing.T) {
			stdout, stderr, err := run(t, strings.NewReader(`[{"email": "a5@example.com"}, {"email": oops}, {"email": "b5@example.com"}]`), slices.Concat([]string{"import"}, flags, []string{"-"})...)
			if err == nil || !strings.Contains(stderr, "row 2") {
				t.Errorf("%v: %s", err, stderr)
			}
			if !strings.Contains(stderr, "1 created") && lastLine(stdout) != "1 created, 0 updated, 0 rejected" {
				t.Errorf("it does not say what was applied: %s%s", stdout, stderr)
			}
		})
		t.Run("the server reads what was imported", func(t *testing.T) {
			s := serve(t, flags...)
			type contacts struct {
				Contacts struct {
					Nodes []struct {
						Email string
						Age   any
					}
				}
			}
			got := fmt.Sprint(ask[contacts](t, s, `{ contacts(orderBy: {path: "email"}) { nodes { email age: value(path: "custom.age") } } }`, nil).Contacts.Nodes)
			if want := `[{a2@example.com <nil>} {a3@example.com <nil>} {a4@example.com 41} {a5@example.com <nil>} {b1@example.com <nil>} {b2@example.com <nil>} {c1@example.com <nil>}]`; got != want {
				t.Errorf("the contacts are %s, want %s", got, want)
			}
		})
	})
}

func checkRejected(t *testing.T, name string, want [][2]string) {
	t.Helper()
	file, err := os.Open(name)
	if os.IsNotExist(err) && want == nil {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(want) || !reflect.DeepEqual(rows[0], []string{"row", "reason", "record"}) {
		t.Fatalf("the rejected rows are %q, want %q", rows, want)
	}
	for i, w := range want {
		if got := rows[i+1]; got[0] != w[0] || !strings.Contains(got[1], w[1]) || got[2] == "" {
			t.Errorf("the rejected row is %q, want %q", got, w)
		}
	}
}
