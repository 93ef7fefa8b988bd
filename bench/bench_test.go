package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"segmentql/filter"
	"segmentql/segment"
)

// contacts are enough that each filter has members.
const contacts = 200

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		if start() != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestRun measures for no longer than it must: that all of it works, not how fast.
func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	o := options{contacts: contacts, rounds: 1, repetitions: 1, time: 1}
	if err := run(t.Context(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{} // by their first cell
	for line := range strings.Lines(out.String()) {
		cell, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
		rows[cell]++
	}
	for _, f := range filters("") {
		want := 2
		if f.name == twoEqualities || f.name == orAndNot {
			want = 3
		}
		if rows[f.name] != want {
			t.Errorf("%q is in %d tables, want %d", f.name, rows[f.name], want)
		}
	}
	if t.Failed() || strings.Contains(out.String(), "NaN") || strings.Contains(out.String(), "Inf") {
		t.Errorf("it printed\n%s", out.String())
	}
}

func TestMarkdown(t *testing.T) {
	table := table{title: "Title", header: []string{"name", "n", "p50"}}
	table.add("one", "2", "3")
	var out bytes.Buffer
	if err := table.markdown(&out); err != nil {
		t.Fatal(err)
	}
	want := "\n**Title**\n\n| name | n | p50 |\n|---|---:|---:|\n| one | 2 | 3 |\n"
	if out.String() != want {
		t.Errorf("it is\n%s\nwant\n%s", out.String(), want)
	}
}

func TestRunChecksOptions(t *testing.T) {
	for name, o := range map[string]options{
		"no time":      {contacts: contacts, rounds: 1, repetitions: 1},
		"no round":     {contacts: contacts, repetitions: 1, time: 1},
		"few contacts": {contacts: 10, rounds: 1, repetitions: 1, time: 1},
	} {
		if err := run(t.Context(), o, io.Discard, io.Discard); err == nil {
			t.Errorf("%s: it ran", name)
		}
	}
}

// TestFiltersSelect keeps filters from being measured that select nobody, or everybody.
func TestFiltersSelect(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	asOf := time.Now().UTC().Truncate(24 * time.Hour)
	if _, err := measureLoad(t.Context(), dir, dir, contacts, asOf); err != nil {
		t.Fatal(err)
	}
	w, closeStore, err := openWorkspace(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := closeStore(); err != nil {
			t.Error(err)
		}
	})
	p, err := segment.NewParser(t.Context(), w, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, f := range filters(firstEmail(asOf)) {
		n, err := f.parse(p)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		counts, err := w.CountContacts(t.Context(), []filter.Node{n})
		if err != nil {
			t.Fatal(err)
		}
		names[f.name] = true
		switch got := counts[0]; {
		case f.name == "everything by last name" && got == contacts:
		case f.name == "one email" && got == 1:
		case got < 2 || got > contacts/2:
			t.Errorf("%s has %d members", f.name, got)
		}
	}
	if len(names) != 12 {
		t.Errorf("there are %d filters, want 12", len(names))
	}
}

func TestFigures(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100 - i)
	}
	f := figures{hundred[:50], hundred[50:]} // of medians 75 and 25
	for p, want := range map[float64]time.Duration{0: 1, 50: 50, 99: 99, 100: 100} {
		if got := f.percentile(p); got != want {
			t.Errorf("percentile %g is %d, want %d", p, got, want)
		}
	}
	if got := f.spread(); got != 0.5 {
		t.Errorf("the spread is %g, want 0.5", got)
	}
	var none figures
	if none.percentile(50) != 0 || none.spread() != 0 {
		t.Error("no times have figures")
	}
}

func TestNumbersAreShort(t *testing.T) {
	for n, want := range map[float64]string{0: "0.000", 0.0314: "0.031", 3.14159: "3.14", 31.4159: "31.4", 999.6: "1,000", 1234567: "1,234,567"} {
		if got := digits(n); got != want {
			t.Errorf("%g is written %s, want %s", n, got, want)
		}
	}
}
