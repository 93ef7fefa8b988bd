package filter_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"segmentql/filter"
	"segmentql/filter/filtertest"
)

// The conditions of a filter stand alone: what each holds for is what it holds for as a filter of its own.
func TestExplain(t *testing.T) {
	condition := filter.Object{"text": filter.Object{"path": "custom.plan", "notEquals": "pro"}}
	blank := filter.Object{"empty": filter.Object{"path": "email"}}
	orders := filter.Object{"any": filter.Object{"path": "custom.orders", "match": filter.Object{"number": filter.Object{"path": "total", "gt": int64(1)}}}}
	_, found, err := filter.Parser{}.Explain(filter.Object{"or": []any{condition, filter.Object{"not": filter.Object{"and": []any{blank, orders}}}}}, "filter")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range found {
		got = append(got, fmt.Sprint(c.At, " ", c.Path))
	}
	want := []string{"[filter or 0 text] custom.plan", "[filter or 1 not and 0 empty] email", "[filter or 1 not and 1 any] custom.orders"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for i, input := range []any{condition, blank, orders} {
		alone, err := filter.Parser{}.Parse(input)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range samples() {
			if filter.Match(alone, d) != filter.Match(found[i].Holds, d) {
				t.Errorf("%v differs on %v", input, d)
			}
		}
	}
	without, with := samples()[0], filter.AsDocument(filter.Object{"custom": filter.Object{"plan": "x"}})
	if filter.Match(found[0].Present, without) || !filter.Match(found[0].Present, with) {
		t.Error("present is not where there is a text")
	}
}

// A filter is refused when it has a mistake: no part of it is returned that could be run.
func TestParseReturnsNothingWithMistakes(t *testing.T) {
	n, found, err := filter.Parser{}.Explain(filter.Object{"and": []any{filter.Object{"empty": filter.Object{"path": "email"}}, filter.Object{"texd": 1}}})
	if n != nil || found != nil || err == nil {
		t.Errorf("got %v, %v, %v", n, found, err)
	}
}

func TestLowerLimits(t *testing.T) {
	limits := filter.Limits{Depth: 2, Conditions: 2, Values: 2, Pattern: 3, Text: 4}
	if err := limits.Check(); err != nil {
		t.Error(err)
	}
	text := func(operator string, operand any) filter.Object {
		return filter.Object{"text": filter.Object{"path": "custom.a", operator: operand}}
	}
	for want, input := range map[string]any{
		"filter.not.not: the filter is nested deeper than 2 levels; join conditions that stand in nested groups of the same kind": filter.Object{"not": filter.Object{"not": text("equals", "a")}},
		"filter.and.2.text: the filter has more than 2 conditions; use in or hasAny for many values of one field":                 filter.Object{"and": []any{text("equals", "a"), text("equals", "b"), text("equals", "c")}},
		"filter.text.in: a list has at most 2 values, this one has 3":                                                             text("in", []any{"a", "b", "c"}),
		"filter.text.matches: a pattern has at most 3 characters, this one has 4":                                                 text("matches", "abcd"),
		"filter.text.equals: a text has at most 4 bytes, this one has 5":                                                          text("equals", "abcde"),
	} {
		if _, err := (filter.Parser{Limits: limits}).Parse(input, "filter"); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := filter.DefaultLimits().Check(); err != nil {
		t.Error(err)
	}
	for _, l := range []filter.Limits{{}, {Depth: 21, Conditions: 1, Values: 1, Pattern: 1, Text: 1}, {Depth: 1, Conditions: 1, Values: 0, Pattern: 1, Text: 1}, {Depth: 1, Conditions: 1, Values: 1, Pattern: 1, Text: -5}} {
		if l.Check() == nil {
			t.Errorf("%+v is taken", l)
		}
	}
}

// The operator table and the conformance cases agree on what there is.
func TestEveryOperatorHasCases(t *testing.T) {
	used := map[string]int{}
	for _, suite := range filtertest.Suites(t) {
		for _, c := range suite.Cases {
			countOperators(c.Filter, used)
		}
	}
	for _, op := range filter.Operators() {
		if name := op.Condition + "." + op.Name; used[name] == 0 {
			t.Errorf("%s has no conformance case", name)
		}
		if op.Meaning == "" || op.Operand.String() == "" {
			t.Errorf("%s %s is not described", op.Condition, op.Name)
		}
	}
}

func countOperators(v any, used map[string]int) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			countOperators(item, used)
		}
	case filter.Object:
		for member, inner := range v {
			if fields, ok := inner.(filter.Object); ok {
				for name := range fields {
					used[member+"."+name]++
				}
			}
			countOperators(inner, used)
		}
	}
}

// A negative operator is the exact complement of its positive one, over every contact.
func TestNegativeOperatorsAreComplements(t *testing.T) {
	positives := map[string]filter.Operator{}
	for _, op := range filter.Operators() {
		positives[op.Condition+"."+op.Name] = op
	}
	parse := func(text string) filter.Node {
		n, err := filter.Parser{Now: samplesNow()}.Parse(decoded(t, text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return n
	}
	for _, op := range filter.Operators() {
		if op.Negates == "" {
			continue
		}
		positive, known := positives[op.Condition+"."+op.Negates]
		if !known {
			t.Errorf("%s.%s is the complement of no operator", op.Condition, op.Name)
			continue
		}
		for _, path := range []string{op.Example.Path, "custom.a", "custom.b.a", "custom.orders.a.b"} {
			op.Example.Path, positive.Example.Path = path, path
			negative, holds := parse(op.ExampleFilter()), parse(positive.ExampleFilter())
			for _, d := range samples() {
				if filter.Match(negative, d) == filter.Match(holds, d) {
					t.Errorf("%s and %s agree on %v", op.ExampleFilter(), positive.ExampleFilter(), d)
				}
			}
		}
	}
}

func samplesNow() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func decoded(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
