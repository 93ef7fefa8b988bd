package filter_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"testing"
	"time"
	"unicode/utf8"

	"segmentql/filter"
	"segmentql/filter/filtertest"
)

// samples are documents with values of every kind in every place.
func samples() []filter.Document {
	values := []any{
		nil, "", "x", int64(1), 1.5, true, filter.NewDate(2026, 3, 1), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		filter.Object{},
		filter.Object{"a": "x", "0": int64(1)},
		[]any{},
		[]any{"x", nil, int64(2), []any{"x"}, filter.Object{"a": []any{filter.Object{"b": "x"}}}},
	}
	documents := []filter.Document{filter.AsDocument(filter.Object{}), filter.AsDocument(filter.Object{"custom": "not an object"})}
	for _, v := range values {
		documents = append(documents, filter.AsDocument(filter.Object{
			"email": v, "tags": v, "status": v, "createdAt": v, "custom": filter.Object{"a": v, "plan": v, "orders": v, "b": filter.Object{"a": v}},
		}))
	}
	return documents
}

// FuzzParse: no input makes the parser panic; what it refuses, it says where and why; what it takes can be asked of
// any document, and its complement is the complement.
func FuzzParse(f *testing.F) {
	for _, suite := range filtertest.Suites(f) {
		for _, c := range suite.Cases {
			seed, err := json.Marshal(c.Filter)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(seed)
		}
	}
	for _, seed := range []string{
		`null`, `[]`, `{"and":[null,{}]}`, `{"not":{"not":{"not":{}}}}`, `{"text":{"path":"custom.a","matches":"(?i)x|$"}}`,
		`{"or":[{"segment":{"id":"a"}},{"segment":{"id":"b","member":false}}]}`, `{"segment":{"id":"c"}}`, `{"segment":{"id":"d"}}`,
		`{"any":{"path":"custom.a","match":{"any":{"path":"a","match":{"empty":{"path":"b"}}}}}}`, `{"number":{"path":"custom.a","in":1e400}}`,
		`{"date":{"path":"createdAt","between":{"from":"2026-03-01","to":"0000-01-01"},"timeZone":"Africa/Cairo"}}`,
	} {
		f.Add([]byte(seed))
	}
	documents := samples()
	segments := filtertest.Segments{
		"a": filter.Object{"segment": filter.Object{"id": "b"}}, "b": filter.Object{"empty": filter.Object{"path": "email"}},
		"c": filter.Object{"not": filter.Object{"segment": filter.Object{"id": "c"}}}, "d": nil,
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var input any
		if decoder.Decode(&input) != nil {
			return
		}
		n, err := filter.Parser{Now: samplesNow(), Segments: segments}.Parse(input, "filter")
		if err != nil {
			problems, ok := errors.AsType[filter.Problems](err)
			if !ok || len(problems) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			for _, p := range problems {
				if len(p.Path) == 0 || p.Path[0] != "filter" || p.Code == "" || p.Message == "" || !utf8.ValidString(p.Message) {
					t.Fatalf("%#v", p)
				}
			}
			return
		}
		for _, d := range documents {
			if filter.Match(n, d) == filter.Match(filter.Complement(n), d) {
				t.Fatalf("%s and its complement agree", data)
			}
		}
		if _, _, err := (filter.Parser{Fields: knownFields{}}).Explain(input); err != nil {
			if _, ok := errors.AsType[filter.Problems](err); !ok {
				t.Fatalf("%T: %v", err, err)
			}
		}
	})
}

// FuzzParsePath: a path is its steps joined by dots, and none of its keys is one that documents must not have.
func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"", "email", "custom.a.b", "custom..a", ".", "custom.$a", "custom._day", "custom.a\x00", "custom.0", "\xff", "é.ü"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path, err := filter.ParsePath(text)
		if err != nil {
			return
		}
		joined := ""
		for i, step := range path.Steps() {
			if err := filter.CheckKey(step); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if i > 0 {
				joined += "."
			}
			joined += step
		}
		if joined != text || path.String() != text || len(path.Steps()) > filter.MaxPathSteps {
			t.Fatalf("%q is read as %q", text, path.Steps())
		}
		_ = filter.CheckContactPath(path)
		for _, d := range samples() {
			filter.Value(d, path)
			filter.Single(d, path)
		}
	})
}

// FuzzParsePattern: what is taken is short enough for a store, reads the same again and means what it meant.
func FuzzParsePattern(f *testing.F) {
	for _, seed := range []string{"", "^pro$", "(?i)é|\\pL{2}", "[^a-z]+?", "(?m)^a", "a{1000}", "\\Q*", "(a|b)*\\b", "(?s:.)\\z", "\\x00", "\\v"} {
		f.Add(seed, "pro\n")
	}
	f.Fuzz(func(t *testing.T, text, subject string) {
		if utf8.RuneCountInString(text) > filter.MaxPattern {
			return // the parser refuses it before
		}
		p, err := filter.ParsePattern(text)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("no message")
			}
			return
		}
		if len(p.String()) > 30_000 || !utf8.ValidString(p.String()) {
			t.Fatalf("%q is rendered with %d bytes", text, len(p.String()))
		}
		original, err := regexp.Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(subject) && len(subject) < 1000 && p.MatchString(subject) != original.MatchString(subject) {
			t.Fatalf("%q, rendered %q, differs on %q", text, p, subject)
		}
		if _, err := filter.ParsePattern(p.String()); err != nil {
			t.Fatalf("%q is rendered %q: %v", text, p, err)
		}
	})
}
