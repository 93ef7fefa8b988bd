package graph_test

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

func TestExplainFilter(t *testing.T) {
	const query = `query($f: FilterInput!) { explainFilter(filter: $f) {
		matching milliseconds steps { depth node method matching undecided milliseconds } mongodb { query stages indexes documentsExamined keysExamined }
	} }`
	vip := filter.Has{Path: filter.MustPath("tags"), Test: filter.NewOneOf([]any{"vip"}, false)}
	asked := filter.And{vip, filter.Not{Node: filter.Has{Path: filter.MustPath("email"), Test: filter.NewTextMatch(filter.AtEnd, "@example.com", false)}}}
	f := map[string]any{"and": []any{
		map[string]any{"list": map[string]any{"path": "tags", "hasAny": []any{"vip"}}},
		map[string]any{"text": map[string]any{"path": "email", "notEndsWith": "@example.com"}},
	}}
	for _, c := range []struct {
		name        string
		explanation db.Explanation
		want        string
	}{
		{
			"a store that answers node by node",
			db.Explanation{Matching: 3, Duration: 1500 * time.Microsecond, Steps: []db.ExplainedStep{
				{Node: asked, Method: db.ByCandidates, Matching: 3, Undecided: 2, Duration: time.Millisecond},
				{Node: vip, Depth: 1, Method: db.ByIndex, Matching: 5, Duration: 250 * time.Microsecond},
				{Node: asked[1], Depth: 1, Method: db.ByScan, Matching: 7, Undecided: 9},
			}},
			`{"explainFilter": {"matching": 3, "milliseconds": 1.5, "mongodb": null, "steps": [
				{"depth": 0, "node": "and", "method": "CANDIDATES", "matching": 3, "undecided": 2, "milliseconds": 1},
				{"depth": 1, "node": "tags: one of \"vip\"", "method": "INDEX", "matching": 5, "undecided": 0, "milliseconds": 0.25},
				{"depth": 1, "node": "not", "method": "SCAN", "matching": 7, "undecided": 9, "milliseconds": 0}]}}`,
		},
		{
			"MongoDB",
			db.Explanation{Matching: 1, Duration: time.Second, MongoDB: &db.MongoDBPlan{
				Query: json.RawMessage(`{"tags":"vip"}`), Stages: []string{"FETCH", "IXSCAN"}, Indexes: []string{"tags_1"}, DocumentsExamined: 10, KeysExamined: 12,
			}},
			`{"explainFilter": {"matching": 1, "milliseconds": 1000, "steps": [], "mongodb": {
				"query": {"tags": "vip"}, "stages": ["FETCH", "IXSCAN"], "indexes": ["tags_1"], "documentsExamined": 10, "keysExamined": 12}}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &explaining{explanation: c.explanation}
			got := send(t, w, query, map[string]any{"f": f})
			var want any
			if err := json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if !reflect.DeepEqual(w.asked, filter.Node(asked)) {
				t.Errorf("the store was asked for %#v", w.asked)
			}
		})
	}
}

// explaining is a workspace that has an explanation.
type explaining struct {
	recording
	explanation db.Explanation
	asked       filter.Node
}

func (e *explaining) ExplainFilter(_ context.Context, n filter.Node) (*db.Explanation, error) {
	e.asked = n
	return &e.explanation, nil
}
