package filter_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"segmentql/filter"
	"segmentql/filter/filtertest"
)

// mistake is a filter with the problems that it must be refused with. A text {"$repeat": "ab", "times": 3} in the
// filter stands for ababab, a list {"$list": v, "times": 3} for v three times, and {"$nest": "not", "times": 3, "in": f}
// for f in three times the group.
type mistake struct {
	Name   string   `json:"name"`
	Filter any      `json:"filter"`
	Fields []string `json:"fields"` // those that contacts have; left out, every field is known
	Of     string   `json:"of"`     // the ID of the segment of which it is the filter
	// Segments are the filters of other segments, by their ID; what stands for large ones is taken for them, too.
	Segments filtertest.Segments `json:"segments"`
	Want     []wantedProblem     `json:"want"`
}

type wantedProblem struct {
	Path    []any  `json:"path"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// knownFields is a catalogue of the fields with these paths.
type knownFields []string

func (k knownFields) Known(path string) (known bool, nearest string) {
	if slices.Contains(k, path) {
		return true, ""
	}
	return false, filter.Nearest(path, k)
}

func TestParseReportsEveryMistake(t *testing.T) {
	for file, mistakes := range readMistakes(t) {
		t.Run(file, func(t *testing.T) {
			for _, m := range mistakes {
				for id, input := range m.Segments {
					m.Segments[id] = expand(t, input)
				}
				p := filter.Parser{Segments: m.Segments, Of: m.Of}
				if m.Fields != nil {
					p.Fields = knownFields(m.Fields)
				}
				_, err := p.Parse(expand(t, m.Filter), "filter")
				problems, _ := errors.AsType[filter.Problems](err)
				got := []wantedProblem{}
				for _, problem := range problems {
					got = append(got, wantedProblem{jsonPath(problem.Path), string(problem.Code), problem.Message})
				}
				for i := range m.Want {
					m.Want[i].Path = jsonPath(m.Want[i].Path)
				}
				if !reflect.DeepEqual(got, m.Want) {
					t.Errorf("%s:\n got %s\nwant %s", m.Name, asJSON(t, got), asJSON(t, m.Want))
				}
			}
		})
	}
}

// Problems say where they are, so that a log shows which member of a filter is meant.
func TestProblemsAsText(t *testing.T) {
	_, err := filter.Parser{}.Parse(filter.Object{"and": []any{filter.Object{"texd": 1}, filter.Object{}}}, "input", "filter")
	want := "input.filter.and.0.texd: a filter has no member \"texd\"; did you mean text?\n" +
		"input.filter.and.1: a filter must have one member; set one of and, or, not, text, number, boolean, date, list, empty, any, segment, geo"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func readMistakes(t *testing.T) map[string][]mistake {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "errors", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no mistakes: %v", err)
	}
	all := map[string][]mistake{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		decoder.DisallowUnknownFields()
		var mistakes []mistake
		if err := decoder.Decode(&mistakes); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".json")] = mistakes
	}
	return all
}

// expand makes the large filters of a data file.
func expand(t *testing.T, v any) any {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = expand(t, v[i])
		}
	case filter.Object:
		for key := range v {
			v[key] = expand(t, v[key])
		}
		times := 0
		if n, ok := v["times"].(json.Number); ok {
			i, err := n.Int64()
			if err != nil {
				t.Fatal(err)
			}
			times = int(i)
		}
		if text, ok := v["$repeat"].(string); ok {
			return strings.Repeat(text, times)
		}
		if item, ok := v["$list"]; ok {
			return slices.Repeat([]any{item}, times)
		}
		if group, ok := v["$nest"].(string); ok {
			inner := v["in"]
			for range times {
				inner = filter.Object{group: inner}
			}
			return inner
		}
	}
	return v
}

// jsonPath makes paths comparable: positions are int in a Problem and json.Number in a file.
func jsonPath(path []any) []any {
	same := make([]any, len(path))
	for i, step := range path {
		same[i] = fmt.Sprint(step)
	}
	return same
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("    ", "")
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
