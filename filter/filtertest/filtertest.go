// Package filtertest reads the conformance cases of the filter language, which are data: one file a rule in
// filter/testdata. The reference matcher and every store are held against them.
package filtertest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"segmentql/filter"
)

// Suite is one rule of the language with its cases.
type Suite struct {
	Name      string                   `json:"-"` // of the file
	Rule      string                   `json:"rule"`
	TimeZone  string                   `json:"timeZone"` // of the workspace
	Now       string                   `json:"now"`      // an instant
	Segments  map[string]any           `json:"segments"` // the filters of other segments, by their ID
	Documents map[string]filter.Object `json:"documents"`
	Cases     []Case                   `json:"cases"`

	now time.Time
}

// Case is a filter and the names of the documents that it matches.
type Case struct {
	Name   string   `json:"name"`
	Filter any      `json:"filter"`
	Want   []string `json:"want"`
}

// Suites returns all suites. In their documents {"$date": "2026-03-01"} is a day and {"$date":
// "2026-03-01T09:00:00Z"} an instant.
func Suites(t testing.TB) []Suite {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(file), "..", "testdata", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no conformance cases: %v", err)
	}
	var suites []Suite
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s := Suite{Name: strings.TrimSuffix(filepath.Base(name), ".json")}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id, document := range s.Documents {
			s.Documents[id] = typed(t, document).(filter.Object)
		}
		if s.Now != "" {
			if s.now, err = filter.ParseInstant(s.Now); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		suites = append(suites, s)
	}
	return suites
}

// Parse returns the node of a case's filter, in the time zone of its suite.
func (s Suite) Parse(t testing.TB, c Case) filter.Node {
	t.Helper()
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	n, err := filter.Parser{Zone: zone, Now: s.now, Segments: Segments(s.Segments)}.Parse(c.Filter, "filter")
	if err != nil {
		t.Fatalf("%s: %s: %v", s.Name, c.Name, err)
	}
	return n
}

// Segments are filters by the ID of their segment, which is its name, too.
type Segments map[string]any

// Segment returns a segment.
func (s Segments) Segment(id string) (filter.SavedFilter, bool, error) {
	input, known := s[id]
	return filter.SavedFilter{Name: id, Input: input}, known, nil
}

// typed brings decoded JSON into the types of filter.Object.
func typed(t testing.TB, v any) any {
	t.Helper()
	switch v := v.(type) {
	case json.Number:
		n, err := filter.ParseNumber(v)
		if err != nil {
			t.Fatal(err)
		}
		return n
	case []any:
		for i := range v {
			v[i] = typed(t, v[i])
		}
		return v
	case filter.Object:
		if text, ok := v["$date"].(string); ok {
			return date(t, text)
		}
		for key := range v {
			v[key] = typed(t, v[key])
		}
		return v
	}
	return v
}

func date(t testing.TB, text string) any {
	t.Helper()
	if day, err := filter.ParseDate(text); err == nil {
		return day
	}
	instant, err := filter.ParseInstant(text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}
