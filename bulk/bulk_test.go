package bulk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"segmentql/bulk"
	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/filter"
)

// people makes so many contacts; every third is tagged odd, and all are tagged all.
func people(t *testing.T, count int) db.Workspace {
	t.Helper()
	store, err := embedded.Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	w := store.Workspace("w")
	var patches []db.ContactPatch
	for i := range count {
		p := db.ContactPatch{Email: new(fmt.Sprintf("%d@example.com", i)), AddTags: []string{"all"}, Custom: filter.Object{"n": int64(i), "name": fmt.Sprint(i)}}
		if i%3 == 0 {
			p.AddTags = []string{"all", "odd"}
		}
		patches = append(patches, p)
	}
	if _, err := w.UpsertContacts(t.Context(), patches, db.Upsert); err != nil {
		t.Fatal(err)
	}
	return w
}

func count(t *testing.T, w db.Workspace, n filter.Node) int64 {
	t.Helper()
	counts, err := w.CountContacts(t.Context(), []filter.Node{n})
	if err != nil {
		t.Fatal(err)
	}
	return counts[0]
}

func tagged(tag string) filter.Node {
	return filter.Has{Path: filter.MustPath("tags"), Test: filter.NewOneOf([]any{tag}, false)}
}

func matching(t *testing.T, input any) bulk.Target {
	t.Helper()
	target, err := bulk.Matching(filter.Parser{}, input)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func everybody(t *testing.T) bulk.Target { return matching(t, filter.Object{"and": []any{}}) }

func withTag(t *testing.T, tag string) bulk.Target {
	return matching(t, filter.Object{"list": filter.Object{"path": "tags", "hasAny": []any{tag}}})
}

func increment(field string) bulk.Change {
	return bulk.Update(db.ContactPatch{Increments: []db.FieldIncrement{{Path: filter.MustPath("custom." + field), By: int64(1)}}})
}

// TestApply changes more contacts than a batch has, some of which need no change, or match no more once they are changed.
func TestApply(t *testing.T) {
	const all, odd = 2_000, 667
	everybody, odds := everybody(t), withTag(t, "odd")
	for name, c := range map[string]struct {
		target  bulk.Target
		change  bulk.Change
		changes int64
		fails   int64
		want    map[string]int64 // by tag
	}{
		"add":           {everybody, bulk.Tag([]string{"odd"}, nil), all - odd, 0, map[string]int64{"odd": all}},
		"remove":        {odds, bulk.Tag(nil, []string{"odd"}), odd, 0, map[string]int64{"odd": 0}},
		"exchange":      {odds, bulk.Tag([]string{"even"}, []string{"odd"}), odd, 0, map[string]int64{"odd": 0, "even": odd}},
		"add what is":   {odds, bulk.Tag([]string{" odd "}, nil), 0, 0, map[string]int64{"odd": odd}},
		"add nothing":   {everybody, bulk.Tag(nil, nil), 0, 0, map[string]int64{"odd": odd}},
		"delete":        {odds, bulk.Delete(), odd, 0, map[string]int64{"odd": 0}},
		"join":          {odds, bulk.Join(&db.Segment{ID: "seg_1"}), odd, 0, map[string]int64{"odd": odd}},
		"leave":         {everybody, bulk.Leave(&db.Segment{ID: "seg_1"}), 0, 0, map[string]int64{"odd": odd}},
		"all are wrong": {odds, increment("name"), 0, odd, map[string]int64{"odd": odd}},
	} {
		t.Run(name, func(t *testing.T) {
			w := people(t, all)
			planned, err := bulk.Try(t.Context(), w, c.target, c.change)
			if err != nil || planned.Matching != c.changes+c.fails || planned.Changed != 0 || planned.Large() {
				t.Errorf("%+v is planned, %v, want %d", planned, err, c.changes+c.fails)
			}
			done, err := bulk.Apply(t.Context(), w, nil, c.target, c.change)
			if err != nil || done.Matching != planned.Matching || done.Changed != c.changes || done.Failed != c.fails || len(done.Failures) != min(int(c.fails), bulk.MaxFailures) {
				t.Errorf("changed %d, failed %d, %d failures, %v", done.Changed, done.Failed, len(done.Failures), err)
			}
			for tag, want := range c.want {
				if got := count(t, w, tagged(tag)); got != want {
					t.Errorf("%d are tagged %s, want %d", got, tag, want)
				}
			}
		})
	}
}

func TestApplyToIDs(t *testing.T) {
	w := people(t, 1_200)
	pages, err := w.FindContacts(t.Context(), []db.ContactQuery{{Filter: filter.Const(true), Page: db.Page{Limit: 900}}})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{"con_nobody"}
	for _, c := range pages[0].Contacts {
		ids = append(ids, c.ID, c.ID)
	}
	done, err := bulk.Apply(t.Context(), w, nil, bulk.Contacts(ids...), bulk.Tag([]string{"odd", "new"}, nil))
	if err != nil || done.Matching != 900 || done.Changed != 900 || count(t, w, tagged("new")) != 900 {
		t.Errorf("%+v, %v", done, err)
	}
	if done, err = bulk.Apply(t.Context(), w, nil, bulk.Contacts(), bulk.Delete()); err != nil || done.Matching != 0 {
		t.Errorf("of nobody: %+v, %v", done, err)
	}
}

// failing is a workspace whose store fails from the second batch on.
type failing struct {
	db.Workspace
	batches int
}

func (f *failing) UpdateContacts(ctx context.Context, ids []string, p db.ContactPatch) ([]db.UpdateResult, error) {
	if f.batches++; f.batches > 1 {
		return nil, db.Errorf(db.Unavailable, "the database cannot be reached")
	}
	return f.Workspace.UpdateContacts(ctx, ids, p)
}

func TestStoreFailsOnTheWay(t *testing.T) {
	w := people(t, 1_500)
	done, err := bulk.Apply(t.Context(), &failing{Workspace: w}, nil, everybody(t), bulk.Tag([]string{"new"}, nil))
	if db.CodeOf(err) != db.Unavailable || !strings.Contains(err.Error(), "at least 500 of 1500 contacts were changed") || done.Changed != 500 {
		t.Errorf("%+v, %v", done, err)
	}
	done, err = bulk.Apply(t.Context(), w, nil, everybody(t), bulk.Tag([]string{"new"}, nil))
	if err != nil || done.Changed != 1_000 || count(t, w, tagged("new")) != 1_500 {
		t.Errorf("once more: %+v, %v", done, err)
	}
}

// TestWrongForAll refuses a change that no contact can have.
func TestWrongForAll(t *testing.T) {
	w := people(t, 1)
	email := filter.MustPath("email")
	for name, p := range map[string]db.ContactPatch{
		"not custom":    {Set: []db.FieldValue{{Path: email, Value: "x"}}},
		"an empty tag":  {AddTags: []string{" "}},
		"not a number":  {Increments: []db.FieldIncrement{{Path: filter.MustPath("custom.n"), By: "1"}}},
		"not a status":  {Status: new(db.Status("GONE"))},
		"unset a field": {Unset: []filter.Path{email}},
	} {
		if _, err := bulk.Try(t.Context(), w, everybody(t), bulk.Update(p)); db.CodeOf(err) != db.BadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}
