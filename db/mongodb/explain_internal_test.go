package mongodb

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/filter"
)

// TestReadPlan reads answers of the explain command as servers of several kinds give them.
func TestReadPlan(t *testing.T) {
	for name, c := range map[string]struct {
		plan     db.MongoDBPlan
		matching int64
		ok       bool
	}{
		"7_classic": {
			db.MongoDBPlan{
				Stages: []string{"FETCH", "IXSCAN"}, Indexes: []string{"workspace_1_custom.$**_1"},
				DocumentsExamined: 412, KeysExamined: 413,
			}, 397, true,
		},
		"8_slot_based": {
			db.MongoDBPlan{
				Stages: []string{"FETCH", "OR", "IXSCAN", "IXSCAN"}, Indexes: []string{"workspace_1_tags_1__id_1", "workspace_1_status_1__id_1"},
				DocumentsExamined: 41, KeysExamined: 43,
			}, 40, true,
		},
		"8_nothing":         {db.MongoDBPlan{Stages: []string{"EOF"}}, 0, true},
		"8_collection_scan": {db.MongoDBPlan{Stages: []string{"COLLSCAN"}, DocumentsExamined: 1_000}, 3, true},
		"7_sharded": {
			db.MongoDBPlan{
				Stages:            []string{"SHARD_MERGE", "SHARDING_FILTER", "FETCH", "IXSCAN", "FETCH", "IXSCAN"},
				Indexes:           []string{"workspace_1_tags_1__id_1", "workspace_1__id_1"},
				DocumentsExamined: 130, KeysExamined: 133,
			}, 120, true,
		},
		"8_failed":         {},
		"7_sharded_failed": {},
		"ferretdb":         {},
	} {
		text, err := os.ReadFile(filepath.Join("testdata", "explain", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var answer bson.Raw
		if err := bson.UnmarshalExtJSON(text, false, &answer); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		plan, matching, ok := readPlan(answer)
		if !reflect.DeepEqual(plan, c.plan) || matching != c.matching || ok != c.ok {
			t.Errorf("%s:\n got %+v, %d, %v\nwant %+v, %d, %v", name, plan, matching, ok, c.plan, c.matching, c.ok)
		}
	}
	if plan, matching, ok := readPlan(nil); ok {
		t.Errorf("no answer is read as %+v, %d", plan, matching)
	}
}

// Whatever the server tells, the number of members is right and the query is there.
func TestExplainFilter(t *testing.T) {
	store, _, log := openWatched(t)
	log.Reset()
	w := store.Workspace("w")
	var patches []db.ContactPatch
	for i := range 40 {
		email, plan := fmt.Sprintf("c%d@example.com", i), "free"
		if i < 2 {
			plan = "pro"
		}
		patches = append(patches, db.ContactPatch{Email: &email, Custom: filter.Object{"plan": plan}})
	}
	if _, err := w.UpsertContacts(t.Context(), patches, db.Upsert); err != nil {
		t.Fatal(err)
	}
	n, err := filter.Parser{}.Parse(filter.Object{"text": filter.Object{"path": "custom.plan", "equals": "pro"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.ExplainFilter(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"workspace":"w","custom.plan":"pro"}`; got.Matching != 2 || string(got.MongoDB.Query) != want || !json.Valid(got.MongoDB.Query) {
		t.Errorf("%d match %s; want 2 and %s", got.Matching, got.MongoDB.Query, want)
	}
	if store.isFerretDB1(t.Context()) {
		if len(got.MongoDB.Stages) > 0 || !strings.Contains(log.String(), "explain") {
			t.Errorf("FerretDB has no plan; got %+v, log %s", got.MongoDB, log)
		}
	} else if want := []string{"workspace_1_custom.$**_1"}; !reflect.DeepEqual(got.MongoDB.Indexes, want) ||
		got.MongoDB.DocumentsExamined != 2 || got.MongoDB.KeysExamined < 2 || len(got.MongoDB.Stages) < 2 {
		t.Errorf("got %+v, want an index scan of %s", got.MongoDB, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.ExplainFilter(ctx, n); db.CodeOf(err) != db.Timeout {
		t.Errorf("cancelled, got %v", err)
	}
}
