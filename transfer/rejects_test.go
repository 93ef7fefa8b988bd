package transfer_test

import (
	"io"
	"strings"
	"testing"

	"segmentql/transfer"
)

func TestImportRejectsRows(t *testing.T) {
	for name, test := range map[string]struct {
		text   string
		want   string // summary
		reason string // of the only rejected row
		record string
	}{
		"no email":               {`{"name":"x"}`, "0 created, 0 updated, 1 rejected", "the row has no email to match by", `{"name":"x"}`},
		"not an email":           {`{"email":"x"}`, "0 created, 0 updated, 1 rejected", `email: "x" is not an email address like ada@example.com`, `{"email":"x"}`},
		"an unknown status":      {`{"email":"a@b.cd","status":"gold"}`, "0 created, 0 updated, 1 rejected", "with the mapping status=", ""},
		"a wrong instant":        {`{"email":"a@b.cd","subscribedAt":"soon"}`, "0 created, 0 updated, 1 rejected", `subscribedAt: "soon" is neither a day like 2026-03-01 nor`, ""},
		"a name of another kind": {`{"email":"a@b.cd","firstName":["x"]}`, "0 created, 0 updated, 1 rejected", "firstName: the value is LIST, not TEXT", ""},
		"a tag of another kind":  {`{"email":"a@b.cd","tags":[1]}`, "0 created, 0 updated, 1 rejected", "tags: the value is NUMBER, not TEXT", ""},
		"a key with a dot":       {`{"email":"a@b.cd","a.b":1}`, "0 created, 0 updated, 1 rejected", `custom.a.b: the key "a.b" must not contain a dot or a NUL character; give the field another name`, ""},
		"a key with a dollar":    {`{"email":"a@b.cd","$x":1}`, "0 created, 0 updated, 1 rejected", `the key "$x" must not start with $; give the field another name`, ""},
		"the same field twice":   {`{"email":"a@b.cd","plan":1,"custom":{"plan":2}}`, "0 created, 0 updated, 1 rejected", `both "plan" and "custom.plan" have a value`, ""},
		"the same key twice":     {`{"email":"a@b.cd","x":1,"x":2}`, "0 created, 0 updated, 1 rejected", "duplicate", ""},
		"a number too exact":     {`{"email":"a@b.cd","x":{"y":[9223372036854775809]}}`, "0 created, 0 updated, 1 rejected", "x.y.0: 9223372036854775809 is a whole number that cannot be kept exactly; write it as text", ""},
		"a lone surrogate":       {`{"email":"a@b.cd","x":"\ud800"}`, "0 created, 0 updated, 1 rejected", "it is not valid JSON", ""},
		"a line cut off":         {"{\"email\":\"a@b.cd\"}\n\n{\"email\":\n{\"email\":\"b@b.cd\"}", "2 created, 0 updated, 1 rejected", "line 3: it ends in the middle of a JSON value", `{"email":`},
		"a line with two":        {`{"email":"a@b.cd"} {"email":"b@b.cd"}`, "0 created, 0 updated, 1 rejected", "line 1: something comes after the JSON document", ""},
		"a line with no object":  {"{\"email\":\"a@b.cd\"}\n[5]", "1 created, 0 updated, 1 rejected", "line 2: it is not a JSON object but LIST", ""},
		"an element no object":   {`[{"email":"a@b.cd"},5,{"email":"b@b.cd"}]`, "2 created, 0 updated, 1 rejected", "it is not a JSON object but NUMBER", "5"},
		"an element with a key twice": {
			`[{"email":"a@b.cd"},{"email":"b@b.cd","email":"c@b.cd"},{"email":"d@b.cd"}]`, "2 created, 0 updated, 1 rejected", "duplicate", "",
		},
		"nested too deep": {
			`{"email":"a@b.cd","x":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`, "0 created, 0 updated, 1 rejected", "may be nested 34 deep", "",
		},
		"not a number from MongoDB": {
			`{"email":"a@b.cd","x":{"$numberDouble":"NaN"}}`, "0 created, 0 updated, 1 rejected", "x: NaN is not a finite number; leave it out", "",
		},
		"a CSV row with too few cells": {
			"email,a,b\na@b.cd,1,2\nb@b.cd,1\nc@b.cd,1,2\n", "2 created, 0 updated, 1 rejected", "line 3: the row has 2 cells, the header has 3", "b@b.cd,1",
		},
		"a CSV quote that is never closed": {
			"email,a\na@b.cd,1\nb@b.cd,\"x\nc@b.cd,1\nd@b.cd,1\n", "3 created, 0 updated, 1 rejected", `line 3: a quote (") is opened and never closed`, `b@b.cd,"x`,
		},
		"a CSV quote closed by another row's": {
			"email,a\nb@b.cd,\"x\nc@b.cd,1\nd@b.cd,\"two\nlines\"\n", "2 created, 0 updated, 1 rejected", "line 2:", `b@b.cd,"x`,
		},
		"a bare CSV quote": {
			"email,a\na@b.cd,5\" pipe\nc@b.cd,\"a \"\"quoted\"\"\ncell\"\n", "1 created, 0 updated, 1 rejected", `line 2: bare "`, `a@b.cd,5" pipe`,
		},
		"a CSV cell without a column": {
			"email,\na@b.cd,\nb@b.cd,x\n", "1 created, 0 updated, 1 rejected", `line 3: the header gives no name to column 2, which has the value "x"`, "b@b.cd,x",
		},
		"a CSV column within another": {
			"email,a,a.b\na@b.cd,1,\nb@b.cd,,2\nc@b.cd,1,2\n", "2 created, 0 updated, 1 rejected", `the column "a.b" would be within another one that has a value`, "c@b.cd,1,2",
		},
		"not UTF-8, but most of it is": {
			"email,a\na@b.cd,Zoë\nb@b.cd,M\xfcller\n", "1 created, 0 updated, 1 rejected",
			"it is not UTF-8; where the file has another encoding, name that with the option encoding", "b@b.cd,M\uFFFDller",
		},
		"not UTF-8, but that comes late": {
			"email,a\na@b.cd," + strings.Repeat("x", 70_000) + "\nb@b.cd,M\xfcller\n", "1 created, 0 updated, 1 rejected", "it is not UTF-8", "b@b.cd,M\uFFFDller",
		},
		"JSON that is not UTF-8": {
			"{\"email\":\"a@b.cd\"}\n{\"email\":\"b@b.cd\",\"a\":\"M\xfcller\"}", "1 created, 0 updated, 1 rejected", "it is not UTF-8", "",
		},
		"half a character of UTF-16": {
			"\xff\xfe" + utf16("email,a\na@b.cd,1\nb@b.cd,") + "\x00\xd8" + utf16("\n"), "1 created, 0 updated, 1 rejected",
			"it has bytes that mean nothing in utf-16le; name the file's encoding with the option encoding", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, summary, rejected := run(t, test.text, transfer.Options{})
			wantSummary(t, summary, test.want)
			if len(rejected) != 1 {
				t.Fatalf("rejected %q, want one row", rejected)
			}
			if reason := rejected[0][1]; !strings.Contains(reason, test.reason) {
				t.Errorf("the reason is %q, want %q", reason, test.reason)
			}
			if record := rejected[0][2]; test.record != "" && record != test.record {
				t.Errorf("the record is %q, want %q", record, test.record)
			}
		})
	}
}

// utf16 returns ASCII in UTF-16, little endian.
func utf16(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteString(string([]byte{byte(r), 0}))
	}
	return b.String()
}

func TestImportLimitsRecords(t *testing.T) {
	large := strings.Repeat("x", transfer.MaxRecordSize+1)
	for name, text := range map[string]string{
		"line":     `{"email":"a@b.cd"}` + "\n" + `{"email":"` + large + "\n" + `{"email":"b@b.cd"}`,
		"element":  `[{"email":"a@b.cd"},{"email":"` + large + `"},{"email":"b@b.cd"}]`,
		"CSV line": "email\na@b.cd\n" + large + "\nb@b.cd\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, summary, rejected := run(t, text, transfer.Options{})
			wantSummary(t, summary, "2 created, 0 updated, 1 rejected")
			if reason := rejected[0][1]; rejected[0][0] != "2" || !strings.Contains(reason, "it is larger than 16 MiB") {
				t.Errorf("rejected row %s: %s", rejected[0][0], reason)
			}
		})
	}
	endless := io.MultiReader(strings.NewReader(`[{"email":"`), endlessReader{})
	_, err := transfer.Import(t.Context(), newMemory(), endless, transfer.Options{})
	if err == nil || !strings.Contains(err.Error(), "row 1 of the JSON array cannot be read, nor what comes after it: it is larger than 16 MiB") {
		t.Errorf("an element without an end: %v", err)
	}
}

type endlessReader struct{}

func (endlessReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
