package sample_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/db/embedded"
	"segmentql/db/mongodb"
	"segmentql/db/mongodb/mongotest"
	"segmentql/db/mongodb/query"
	"segmentql/db/mongodb/query/judge"
	"segmentql/filter"
	"segmentql/sample"
	"segmentql/transfer"
)

// moment is when contacts are made and when they are asked for, which in the demo is later on the same day.
type moment struct {
	asOf, now time.Time
	contacts  int
}

func moments() map[string]moment {
	at := func(text string) time.Time {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			panic(err)
		}
		return t
	}
	return map[string]moment{
		"any day":                       {asOf, asOf, 10_000},
		"month end":                     {at("2026-08-31T00:00:00Z"), at("2026-08-31T23:45:00.5Z"), 2_000},
		"before New Year":               {at("2026-12-31T23:59:59Z"), at("2026-12-31T23:59:59.999Z"), 2_000},
		"leap day":                      {at("2028-02-29T12:00:00Z"), at("2028-02-29T12:00:00Z"), 2_000},
		"28 February of no leap year":   {at("2027-02-28T06:30:00Z"), at("2027-02-28T07:00:00Z"), 2_000},
		"day of the clocks' change":     {at("2026-03-29T00:00:00Z"), at("2026-03-29T01:30:00Z"), 2_000},
		"31 March, after a short month": {at("2027-03-31T00:00:00Z"), at("2027-03-31T18:00:00Z"), 2_000},
	}
}

func TestSegmentsAreKnown(t *testing.T) {
	segments := sample.Segments()
	if len(segments) != 20 {
		t.Errorf("there are %d segments, want 20", len(segments))
	}
	expected := expectations()
	for _, s := range segments {
		if expected[s.Name] == nil {
			t.Errorf("%s is there twice, or nothing is expected of it", s.Name)
		}
		delete(expected, s.Name)
		if s.Description == "" {
			t.Errorf("%s has no description", s.Name)
		}
	}
}

func TestSegmentsInEmbeddedStore(t *testing.T) {
	t.Parallel()
	for name, m := range moments() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := embedded.Open(t.Context(), t.TempDir(), func() time.Time { return m.now })
			if err != nil {
				t.Fatal(err)
			}
			compare(t, m, open(t, store), nil)
		})
	}
}

// TestSegmentsInMongoDB takes few contacts: FerretDB writes slowly.
func TestSegmentsInMongoDB(t *testing.T) {
	t.Parallel()
	m := moment{asOf, asOf, 400}
	store, err := mongodb.Open(t.Context(), mongotest.Database(t), func() time.Time { return m.now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	lacks := ferretDBLacks
	if os.Getenv("MONGODB_TEST_URI") != "" {
		lacks = nil
	}
	compare(t, m, open(t, store), lacks)
}

// TestSegmentsJudged asks the MongoDB query of each segment without a MongoDB, also those that FerretDB cannot run.
func TestSegmentsJudged(t *testing.T) {
	t.Parallel()
	m := moments()["month end"]
	store, err := embedded.Open(t.Context(), t.TempDir(), func() time.Time { return m.now })
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, store)
	load(t, m, w)
	fields, err := w.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var documents []string
	for _, email := range members(t, w, []filter.Node{filter.Const(true)})[0] {
		c, err := w.ContactByEmail(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		c.ID = email // is what is found
		documents = append(documents, extendedJSON(t, document.Contact("sample", c)))
	}
	j, want := judge.Start(t), expectedMembers(m)
	for _, s := range sample.Segments() {
		q := extendedJSON(t, query.Compile(parse(t, filter.Parser{Fields: fields, Now: m.now}, s), fields))
		got, err := j.Find(documents, q)
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		if extra, missing := without(got, want[s.Name]), without(want[s.Name], got); len(extra)+len(missing) > 0 || len(got) == 0 {
			t.Errorf("%s: %d found\nmembers, but not to be: %s\nto be members, but not: %s", s.Name, len(got), extra, missing)
		}
	}
}

// extendedJSON keeps all types.
func extendedJSON(t *testing.T, d any) string {
	t.Helper()
	text, err := bson.MarshalExtJSON(d, true, false)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ferretDBLacks says why the stand-in cannot run a query, "" where it can.
func ferretDBLacks(q string) string {
	switch {
	case strings.Contains(q, `"$expr"`):
		return "FerretDB knows hardly any operators of $expr"
	case strings.Contains(q, `"$elemMatch"`):
		return "FerretDB's $elemMatch takes one operator and no fields"
	}
	return ""
}

func open(t *testing.T, store db.Store) db.Workspace {
	t.Helper()
	t.Cleanup(func() {
		if err := store.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return store.Workspace("sample")
}

// load imports contacts as the demo does.
func load(t *testing.T, m moment, w db.Workspace) {
	t.Helper()
	reader, writer := io.Pipe()
	go func() { _ = writer.CloseWithError(sample.WriteJSONLines(writer, 1, m.contacts, m.asOf)) }()
	if _, err := transfer.Import(t.Context(), w, reader, transfer.Options{}); err != nil {
		t.Fatal(err)
	}
}

// compare imports contacts, and holds the members of each segment against those expected. lacks,
// where it is set, says of a query why the server cannot run it.
func compare(t *testing.T, m moment, w db.Workspace, lacks func(query string) string) {
	t.Helper()
	load(t, m, w)
	fields, err := w.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var nodes []filter.Node
	for _, s := range sample.Segments() {
		n := parse(t, filter.Parser{Fields: fields, Now: m.now}, s)
		if lacks != nil {
			if reason := lacks(extendedJSON(t, query.Compile(n, fields))); reason != "" {
				t.Run(s.Name, func(t *testing.T) { t.Skip(reason) })
				continue
			}
		}
		names, nodes = append(names, s.Name), append(nodes, n)
	}
	counts, err := w.CountContacts(t.Context(), nodes)
	if err != nil {
		t.Fatal(err)
	}
	got, want := members(t, w, nodes), expectedMembers(m)
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Logf("%d of %d", counts[i], m.contacts)
			n := len(want[name])
			if int(counts[i]) != n || len(got[i]) != n {
				t.Errorf("%d are counted and %d found, want %d", counts[i], len(got[i]), n)
			}
			if n == m.contacts || n == 0 && m.contacts >= 2_000 {
				t.Errorf("%d members of %d contacts say nothing about the filter", n, m.contacts)
			}
			if extra := without(got[i], want[name]); len(extra) > 0 {
				t.Errorf("members, but not to be: %s", extra)
			}
			if missing := without(want[name], got[i]); len(missing) > 0 {
				t.Errorf("to be members, but not: %s", missing)
			}
		})
	}
}

// without returns the texts that are not among the others.
func without(texts, others []string) []string {
	sorted := slices.Sorted(slices.Values(others))
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool {
		_, found := slices.BinarySearch(sorted, text)
		return found
	})
}

// expectedMembers returns the emails of the members that each segment is to have, by its name.
func expectedMembers(m moment) map[string][]string {
	members := map[string][]string{}
	expected := expectations()
	left := m.contacts
	for c := range sample.Contacts(1, m.asOf) {
		if left--; left < 0 {
			break
		}
		for name, holds := range expected {
			if holds(c, m.now) {
				members[name] = append(members[name], db.NormaliseEmail(c.Email))
			}
		}
	}
	return members
}

func parse(t *testing.T, p filter.Parser, s sample.Segment) filter.Node {
	t.Helper()
	var input any
	if err := json.Unmarshal([]byte(s.Filter), &input); err != nil {
		t.Fatal(err)
	}
	n, err := p.Parse(input)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// members returns, for each of the filters, the emails of all contacts that match, which it reads page by page.
func members(t *testing.T, w db.Workspace, nodes []filter.Node) [][]string {
	t.Helper()
	emails := make([][]string, len(nodes))
	var unread []int
	queries := map[int]db.ContactQuery{}
	for i, n := range nodes {
		unread = append(unread, i)
		queries[i] = db.ContactQuery{Filter: n, Page: db.Page{Limit: db.MaxPageSize}}
	}
	for len(unread) > 0 {
		var asked []db.ContactQuery
		for _, i := range unread {
			asked = append(asked, queries[i])
		}
		pages, err := w.FindContacts(t.Context(), asked)
		if err != nil {
			t.Fatal(err)
		}
		var further []int
		for k, i := range unread {
			for _, c := range pages[k].Contacts {
				emails[i] = append(emails[i], c.Email)
			}
			if pages[k].HasMore {
				last := pages[k].Contacts[len(pages[k].Contacts)-1]
				key := db.Sort(nil).Key(last)
				queries[i] = db.ContactQuery{Filter: nodes[i], Page: db.Page{Limit: db.MaxPageSize, After: &key}}
				further = append(further, i)
			}
		}
		unread = further
	}
	return emails
}
