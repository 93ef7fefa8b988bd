package dbtest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/filter/filtertest"
)

// testConformance asks the store every conformance case.
func (s Subject) testConformance(t *testing.T, store db.Store) {
	for _, suite := range filtertest.Suites(t) {
		t.Run(suite.Name, func(t *testing.T) {
			w := newWorkspace(store)
			names := map[string]string{} // by ID
			for _, name := range slices.Sorted(maps.Keys(suite.Documents)) {
				if reason := s.Lacks.Document(suite.Documents[name]["custom"]); reason != "" {
					t.Logf("not kept: %s: %s", name, reason)
					continue
				}
				names[create(t, w, PatchOf(suite.Documents[name])).ID] = name
			}
			kept := slices.Collect(maps.Values(names))
			fields := must[*db.Catalogue](t)(w.Catalogue(t.Context()))
			var cases []filtertest.Case
			var nodes []filter.Node
			var queries []db.ContactQuery
			for _, c := range suite.Cases {
				n := suite.Parse(t, c)
				if reason := s.Lacks.Filter(n, fields); reason != "" {
					t.Logf("not run: %s: %s", c.Name, reason)
					continue
				}
				cases, nodes, queries = append(cases, c), append(nodes, n), append(queries, all(n)...)
			}
			pages := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), queries))
			counts := must[[]int64](t)(w.CountContacts(t.Context(), nodes))
			for i, c := range cases {
				want := slices.DeleteFunc(sorted(c.Want), func(name string) bool { return !slices.Contains(kept, name) })
				got := []string{}
				for _, contact := range pages[i].Contacts {
					got = append(got, names[contact.ID])
				}
				if !slices.Equal(sorted(got), want) || counts[i] != int64(len(want)) {
					t.Errorf("%s:\n got %v (counted %d)\nwant %v", c.Name, sorted(got), counts[i], want)
				}
			}
		})
	}
}

// testDifferential holds the store against the reference matcher: random filters over random contacts. It asks
// 30 pairs a check; -rapid.checks sets the number of checks.
func (s Subject) testDifferential(t *testing.T, store db.Store) {
	asked, notRun := 0, map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		w := newWorkspace(store)
		defer drop(t, w)
		patches := make([]db.ContactPatch, 6)
		for i := range patches {
			document := DrawDocument(r, i)
			if reason := s.Lacks.Document(document["custom"]); reason != "" {
				notRun[reason]++
				delete(document, "custom")
			}
			patches[i] = PatchOf(document)
		}
		results, err := w.UpsertContacts(t.Context(), patches, db.Upsert)
		if err != nil {
			r.Fatal(err)
		}
		fields, err := w.Catalogue(t.Context())
		if err != nil {
			r.Fatal(err)
		}
		var nodes []filter.Node
		var inputs []Drawn
		for range 5 {
			drawn := DrawFilter(r, 6)
			asked++
			if reason := s.Lacks.Filter(drawn.Node, fields); reason != "" {
				notRun[reason]++
				continue
			}
			nodes, inputs = append(nodes, drawn.Node), append(inputs, drawn)
		}
		counts, err := w.CountContacts(t.Context(), nodes)
		if err != nil {
			r.Fatal(err)
		}
		for i, n := range nodes {
			var want []string
			for _, result := range results {
				if filter.Match(n, result.Contact) {
					want = append(want, result.Contact.ID)
				}
			}
			pages, err := w.FindContacts(t.Context(), all(n))
			if err != nil {
				r.Fatal(err)
			}
			if got := ids(pages[0].Contacts); !slices.Equal(got, sorted(want)) || counts[i] != int64(len(want)) {
				for _, result := range results {
					r.Logf("%s: tags %q, custom %#v", result.Contact.ID, result.Contact.Tags, result.Contact.Custom)
				}
				r.Fatalf("filter %+v\n got %v (counted %d)\nwant %v", inputs[i], got, counts[i], want)
			}
		}
	})
	for reason, n := range notRun {
		t.Logf("left out %d times (of %d filters): %s", n, asked, reason)
	}
}

func ids(contacts []*db.Contact) []string {
	var list []string
	for _, c := range contacts {
		list = append(list, c.ID)
	}
	return list
}

func address(i int) string { return fmt.Sprintf("contact%d@example.com", i) }
