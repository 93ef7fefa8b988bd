package graph_test

import (
	"log/slog"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/graph"
)

// The present is taken once for an operation, so that all of its counts and lists are of one moment.
func TestPresentIsTakenOnce(t *testing.T) {
	moment := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	// The clock of the store is ahead, as it is when the store is asked later than the request came.
	store, err := embedded.Open(t.Context(), t.TempDir(), func() time.Time { return moment.Add(time.Second) })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close(t.Context()) }()
	w := store.Workspace("test")
	if _, err := w.CreateContact(db.AsOf(t.Context(), moment), db.ContactPatch{Email: new("ada@example.com")}); err != nil {
		t.Fatal(err)
	}
	asked := 0
	handler := graph.NewHandler(graph.Options{
		Workspace: w, Log: slog.New(slog.DiscardHandler), Timeout: time.Minute, MaxBody: 1 << 20,
		Now: func() time.Time { asked++; return moment.Add(time.Duration(asked-1) * time.Minute) }, // what is new is old a minute later
	})
	const isNew = `filter: {date: {path: "createdAt", inLast: {amount: 30, unit: MINUTE}}}`
	for _, c := range []struct{ name, query, want string }{
		{
			"a query", `{ a: contacts(` + isNew + `) { totalCount } b: previewSegment(` + isNew + `) { count conditions { matching } } }`,
			`{"data":{"a":{"totalCount":1},"b":{"count":1,"conditions":[{"matching":1}]}}}`,
		},
		{
			"several mutations", `mutation {
				a: createSegment(input: {name: "a", ` + isNew + `}) { segment { memberCount members { totalCount } } }
				b: createSegment(input: {name: "b", ` + isNew + `}) { segment { memberCount members(` + isNew + `) { totalCount } } } }`,
			`{"data":{"a":{"segment":{"memberCount":1,"members":{"totalCount":1}}},"b":{"segment":{"memberCount":1,"members":{"totalCount":1}}}}}`,
		},
		{
			"what a mutation writes is there at its moment", `mutation { createContact(input: {email: "alan@example.org"}) { contact { segments { nodes { name } } } } }`,
			`{"data":{"createContact":{"contact":{"segments":{"nodes":[{"name":"a"},{"name":"b"}]}}}}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := asked
			recorder := post(t, handler, c.query, nil)
			if got := recorder.Body.String(); got != c.want || asked != before+1 {
				t.Errorf("the clock was read %d times\n got %s\nwant %s", asked-before, got, c.want)
			}
		})
	}
}
