package query_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/db/dbtest"
	"segmentql/db/document"
	"segmentql/db/mongodb/query"
	"segmentql/db/mongodb/query/judge"
	"segmentql/filter"
	"segmentql/filter/filtertest"
)

// TestJudge runs compiled queries through an independent implementation of MongoDB's query language, for want of a
// MongoDB, and holds what they find against the reference matcher. First it holds that implementation against
// MongoDB's rules.
func TestJudge(t *testing.T) {
	j := judging{judge.Start(t)}
	t.Run("Rules", j.testRules)
	t.Run("Conformance", j.testConformance)
	t.Run("Random", j.testRandom)
	t.Run("Stages", j.testStages)
	t.Run("Values", j.testValues)
}

// judging is the judge under test, and what judges.
type judging struct{ *judge.Judge }

// testRules asks the judge what MongoDB's documentation and source say of queries.
func (j judging) testRules(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("judge", "rules.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rules []struct {
		Rule      string
		Documents map[string]map[string]any // by ID
		Cases     []struct {
			Query json.RawMessage
			Want  []string
			Error string // a part of the message
		}
	}
	if err := json.Unmarshal(text, &rules); err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		var documents []string
		for id, d := range rule.Documents {
			d["_id"] = id
			text, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			documents = append(documents, string(text))
		}
		for _, c := range rule.Cases {
			slices.Sort(c.Want)
			got, err := j.Find(documents, string(c.Query))
			switch {
			case c.Error != "" && (err == nil || !strings.Contains(err.Error(), c.Error)):
				t.Errorf("%s\n%s\n got %q, error %v\nwant error %s", rule.Rule, c.Query, got, err, c.Error)
			case c.Error == "" && (err != nil || !slices.Equal(got, c.Want)):
				t.Errorf("%s\n%s\n got %q, error %v\nwant %q", rule.Rule, c.Query, got, err, c.Want)
			}
		}
	}
}

// testConformance asks every conformance case.
func (j judging) testConformance(t *testing.T) {
	for _, suite := range filtertest.Suites(t) {
		t.Run(suite.Name, func(t *testing.T) {
			var contacts []*db.Contact
			for _, name := range slices.Sorted(maps.Keys(suite.Documents)) {
				contacts = append(contacts, contactOf(t, name, suite.Documents[name]))
			}
			shapes := shapesOf(t, suite)
			for _, c := range suite.Cases {
				if difference := j.difference(c.Filter, suite.Parse(t, c), contacts, shapes); difference != "" {
					t.Errorf("%s\n%s", c.Name, difference)
				}
			}
		})
	}
}

// testRandom asks random filters of random contacts, 60 pairs a check; -rapid.checks sets the number of checks.
func (j judging) testRandom(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		contacts := make([]*db.Contact, 6)
		shapes := db.NewCatalogue(nil)
		for i := range contacts {
			contacts[i] = contactOf(r, fmt.Sprint(i), dbtest.DrawDocument(r, i))
			if _, err := shapes.Admit(nil, contacts[i]); err != nil {
				r.Fatal(err)
			}
		}
		for range 10 {
			drawn := dbtest.DrawFilter(r, 6)
			if difference := j.difference(drawn.Input, drawn.Node, contacts, shapes); difference != "" {
				r.Fatalf("%s\nsegments %v", difference, drawn.Segments)
			}
		}
	})
}

// contactOf returns the contact of a document as a store keeps it.
func contactOf(t rapid.TB, id string, d filter.Object) *db.Contact {
	t.Helper()
	c, err := db.NewContact(dbtest.PatchOf(d), start())
	if err != nil {
		t.Fatal(err)
	}
	c.ID = id
	return &c
}

// difference says what is wrong with the queries of a filter: where the shapes of the contacts are known, and where
// nothing is known of them. It is "" where they find the contacts that match.
func (j judging) difference(input any, n filter.Node, contacts []*db.Contact, shapes query.Shapes) string {
	var documents, want []string
	for _, c := range contacts {
		documents = append(documents, canonical(document.Contact("w", c)))
		if filter.Match(n, c) {
			want = append(want, c.ID)
		}
	}
	slices.Sort(want)
	asked := ""
	for _, shapes := range []query.Shapes{shapes, nil} {
		compiled := query.Compile(n, shapes)
		q := canonical(compiled)
		if q == asked {
			continue
		}
		asked = q
		got, err := j.Find(documents, q)
		if flaws := flaws(compiled, true, false); flaws != nil {
			err = fmt.Errorf("%q", flaws)
		}
		if err != nil || !slices.Equal(got, want) {
			return fmt.Sprintf("filter %v\nquery %s\ndocuments\n%s\n got %q, error %v\nwant %q",
				input, q, strings.Join(documents, "\n"), got, err, want)
		}
	}
	return ""
}

// canonical returns the extended JSON that keeps all types.
func canonical(d any) string {
	text, err := bson.MarshalExtJSON(d, true, false)
	if err != nil {
		panic(err)
	}
	return string(text)
}
