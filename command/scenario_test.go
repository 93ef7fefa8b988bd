package command_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// step is one operation of a scenario. want is the whole answer as JSON, in which
//
//	"<name>"    stands for any value but null where it comes first, and for the same value from there on,
//	"<>"        for any value but null,
//	"…text…"    for a text that contains text, so that "…" is any text.
//
// "<name>" may be used in the queries and variables of later steps, too.
type step struct{ name, query, variables, want string }

// play runs the steps, each on what those before it did.
func play(t *testing.T, s *server, steps []step) {
	t.Helper()
	known := names{}
	for _, step := range steps {
		passed := t.Run(step.name, func(t *testing.T) {
			got := s.post(t, operation(t, known.fill(step.query), known.fill(step.variables)))
			known.check(t, step.want, got.body)
		})
		if !passed {
			t.FailNow() // the next steps build on it
		}
	}
}

// names are the values that stand for names.
type names map[string]any

// fill replaces names, with their quotes, by their values as JSON.
func (n names) fill(text string) string {
	for name, value := range n {
		encoded, err := json.Marshal(value)
		if err != nil {
			panic(err) // it came from JSON
		}
		text = strings.ReplaceAll(text, `"`+name+`"`, string(encoded))
	}
	return text
}

// check compares an answer with what is wanted, and learns the names that are new.
func (n names) check(t *testing.T, want, got string) {
	t.Helper()
	wanted, err := decode(want)
	if err != nil {
		t.Fatalf("the test's own JSON is not valid: %v\n%s", err, want)
	}
	found, err := decode(got)
	if err != nil {
		t.Fatalf("the answer is not JSON: %v\n%s", err, got)
	}
	if differences := n.compare("", wanted, found); len(differences) > 0 {
		t.Errorf("%s\nin the answer %s", strings.Join(differences, "\n"), got)
	}
}

// compare returns how the value that was found is not as wanted.
func (n names) compare(at string, want, got any) []string {
	differs := []string{fmt.Sprintf("%s is %s, want %s", strings.TrimPrefix(at, "."), encode(got), encode(want))}
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok || !slices.Equal(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(object))) {
			return differs
		}
		var all []string
		for _, key := range slices.Sorted(maps.Keys(want)) {
			all = append(all, n.compare(at+"."+key, want[key], object[key])...)
		}
		return all
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return differs
		}
		var all []string
		for i := range want {
			all = append(all, n.compare(fmt.Sprintf("%s.%d", at, i), want[i], list[i])...)
		}
		return all
	case string:
		if n.standsFor(want, got) {
			return nil
		}
	default:
		if want == got { // null, true, false and json.Number, which is as it was written
			return nil
		}
	}
	return differs
}

func (n names) standsFor(want string, got any) bool {
	text, isText := got.(string)
	if strings.HasPrefix(want, "…") {
		return isText && strings.Contains(text, strings.Trim(want, "…"))
	}
	if want == "<>" {
		return got != nil
	}
	if strings.HasPrefix(want, "<") && strings.HasSuffix(want, ">") {
		if _, isKnown := n[want]; !isKnown {
			n[want] = got
		}
		return got != nil && encode(n[want]) == encode(got)
	}
	return isText && want == text
}

// decode reads JSON with its numbers as they are written.
func decode(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	return value, decoder.Decode(&value)
}

func encode(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // it came from JSON
	}
	return strings.TrimSpace(text.String())
}
