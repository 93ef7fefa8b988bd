package mongodb_test

import (
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/mongodb/mongotest"
)

// TestLeases has several servers, each with a store of its own, ask for the jobs of the same workspace.
func TestLeases(t *testing.T) {
	uri := mongotest.Database(t)
	servers := map[string]db.Store{}
	for _, name := range []string{"a", "b"} {
		servers[name] = open(t, uri, time.Now)
		defer func() { _ = servers[name].Close(t.Context()) }()
		if err := servers[name].Load(t.Context(), func(int64, int64) {}); err != nil {
			t.Fatal(err)
		}
	}
	begin := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		what       string
		server     string
		workspace  string
		now, until int // minutes
		want       bool
	}{
		{"nobody has it", "a", "one", 0, 5, true},
		{"a has it", "b", "one", 1, 6, false},
		{"another workspace is another matter", "b", "two", 1, 6, true},
		{"a goes on", "a", "one", 4, 9, true},
		{"a still has it", "b", "one", 6, 11, false},
		{"a is gone", "b", "one", 9, 14, true},
		{"a comes back, too late", "a", "one", 10, 15, false},
		{"b lets go", "b", "one", 11, 11, true},
		{"so a can have it", "a", "one", 11, 16, true},
		{"b lets go of what it has not", "b", "one", 12, 12, false},
		{"a is not bothered", "b", "one", 13, 20, false},
	} {
		now, until := begin.Add(time.Duration(step.now)*time.Minute), begin.Add(time.Duration(step.until)*time.Minute)
		held, err := servers[step.server].Workspace(step.workspace).HoldJobs(t.Context(), step.server, now, until)
		if err != nil || held != step.want {
			t.Errorf("%s: got %v, %v", step.what, held, err)
		}
	}
}
