package graph_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/graph"
)

// TestWhatTheStoreIsAsked proves that the store is asked for what an operation selects, and for no more.
func TestWhatTheStoreIsAsked(t *testing.T) {
	everything := asked{pages: []query{{total: false, fields: nil}}}
	for _, c := range []struct {
		name, query string
		variables   map[string]any
		want        asked
	}{
		{"fields", `{ contacts { nodes { id email tags version __typename } } }`, nil, page(false, "email", "tags")},
		{"what became part of them", `{ contacts { nodes { mergedFrom { id } } } }`, nil, page(false, "merged")},
		{"all of custom", `{ contacts { nodes { custom } } }`, nil, page(false, "custom")},
		{
			"values", `{ contacts { nodes { plan: value(path: "custom.plan") city: value(path: "custom.address.city") value(path: "email") } } }`, nil,
			page(false, "custom.address.city", "custom.plan", "email"),
		},
		{"a value by a variable", `query($p: FieldPath!) { contacts { nodes { value(path: $p) } } }`, map[string]any{"p": "custom.plan"}, page(false, "custom.plan")},
		{"segments, whose filters look at anything", `{ contacts { nodes { email segments { totalCount } phone } } }`, nil, everything},
		{"segments in one of two", `{ contacts { a: nodes { segments { totalCount } } b: nodes { email } } }`, nil, everything},
		{"what is read by itself", `{ contacts { nodes { email activity { nodes { at } } } } }`, nil, page(false, "email")},
		{"what is made of several", `{ contacts { nodes { status statusChanges { at } } } }`, nil, page(false, "createdAt", "createdBy", "status", "statusChanges")},
		{"edges", `{ contacts { edges { cursor node { email } } } }`, nil, page(false, "email")},
		{"cursors", `{ contacts { edges { cursor } } }`, nil, page(false)},
		{"nothing but what is around the page", `{ contacts { pageInfo { hasNextPage endCursor } } }`, nil, page(false)},
		{"nodes and the total", `{ contacts { totalCount nodes { email } } }`, nil, page(true, "email")},
		{"what is around the page and the total", `{ contacts { totalCount pageInfo { hasNextPage } } }`, nil, page(true)},
		{"the total only", `{ contacts { totalCount __typename } }`, nil, asked{counts: 1}},
		{"nothing", `{ contacts { __typename } }`, nil, asked{}},
		{
			"aliases", `{ contacts { n: totalCount a: nodes { e: email } b: nodes { phone } edges { x: node { status } y: node { firstName } } } }`, nil,
			page(true, "email", "firstName", "phone", "status"),
		},
		{
			"the same field several times", `{ contacts { nodes { email } nodes { phone email } } contacts { nodes { lastName } totalCount } }`, nil,
			page(true, "email", "lastName", "phone"),
		},
		{
			"two lists", `{ a: contacts { nodes { email } } b: contacts(filter: {empty: {path: "phone"}}) { totalCount nodes { phone } } }`, nil,
			asked{pages: []query{{false, []string{"email"}}, {true, []string{"phone"}}}},
		},
		{
			"fragments", `{ contacts { ...page } } fragment page on ContactConnection { totalCount nodes { ...person ... on Node { id } ... on Contact { status } ... { phone } } } fragment person on Contact { email tags }`, nil,
			page(true, "email", "phone", "status", "tags"),
		},
		{"a fragment in two places", `{ contacts { nodes { ...person } edges { node { ...person } } } } fragment person on Contact { email }`, nil, page(false, "email")},
		{"what is skipped", `query($no: Boolean!, $yes: Boolean!) { contacts {
			totalCount @include(if: $no) nodes { email @skip(if: $yes) phone @skip(if: $no) ... @include(if: $no) { custom } ...all @skip(if: $yes) } edges @skip(if: true) { node { tags } }
		} } fragment all on Contact { segments { totalCount } }`, map[string]any{"no": false, "yes": true}, page(false, "phone")},
		{
			"a page that is skipped", `query($no: Boolean!) { contacts { totalCount nodes @include(if: $no) { email } pageInfo @include(if: $no) { hasNextPage } } }`,
			map[string]any{"no": false},
			asked{counts: 1},
		},
		{"members", `{ segments { nodes { members { totalCount nodes { email } } } } }`, nil, page(true, "email")},
		{"a number of members, twice", `{ segments { nodes { members { totalCount } memberCount } } }`, nil, asked{counts: 2}},
		{"a sample", `{ previewSegment(filter: {and: []}) { sample { email value(path: "custom.plan") } } }`, nil, page(false, "custom.plan", "email")},
		{"a sample with its number", `{ previewSegment(filter: {and: []}) { count sample { id } } }`, nil, asked{counts: 1, pages: []query{{fields: []string{}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &recording{}
			send(t, w, c.query, c.variables)
			slices.SortFunc(w.asked.pages, func(a, b query) int { return slices.Compare(a.fields, b.fields) })
			if !reflect.DeepEqual(w.asked, c.want) {
				t.Errorf("asked %+v, want %+v", w.asked, c.want)
			}
		})
	}
}

// asked is what a workspace was asked for.
type asked struct {
	pages  []query
	counts int
}

type query struct {
	total  bool
	fields []string
}

func page(total bool, fields ...string) asked {
	return asked{pages: []query{{total, append([]string{}, fields...)}}}
}

// recording is a workspace of one contact and one segment that records what it is asked for.
type recording struct {
	db.Workspace
	asked asked
}

func (*recording) Catalogue(context.Context) (*db.Catalogue, error) { return db.NewCatalogue(nil), nil }

func (*recording) Activity(context.Context, db.ActivityQuery) ([]db.Activity, error) { return nil, nil }

func (*recording) Segments(context.Context) ([]*db.Segment, error) {
	return []*db.Segment{{ID: "seg_1", Name: "all", Filter: json.RawMessage(`{"and":[]}`)}}, nil
}

func (r *recording) FindContacts(_ context.Context, queries []db.ContactQuery) ([]db.ContactPage, error) {
	pages := make([]db.ContactPage, len(queries))
	for i, q := range queries {
		if q.Fields != nil {
			slices.Sort(q.Fields)
		}
		r.asked.pages = append(r.asked.pages, query{q.Total, q.Fields})
		pages[i] = db.ContactPage{Contacts: []*db.Contact{somebody(), {ID: "con_2", Status: db.Pending}}, Total: 2}
	}
	return pages, nil
}

func (r *recording) CountContacts(_ context.Context, filters []filter.Node) ([]int64, error) {
	r.asked.counts += len(filters)
	return make([]int64, len(filters)), nil
}

// somebody has all there is.
func somebody() *db.Contact {
	at := time.Date(2026, 3, 1, 12, 0, 0, 5_000_000, time.UTC)
	return &db.Contact{
		ID: "con_1", Email: "ada@example.com", Phone: "+44 1", FirstName: "Ada", LastName: "\"O'Neil\" <\u2028\x07>", Status: db.Subscribed,
		SubscribedAt: &at, Tags: []string{"vip", "ü\n"}, CreatedAt: at, UpdatedAt: at, Version: 7,
		Custom: filter.Object{
			"plan": "pro", "score": 1e-7, "day": filter.NewDate(2026, 3, 1), "at": at, "none": nil,
			"orders": []any{filter.Object{"total": 1.5}, filter.Object{"total": int64(2)}},
		},
	}
}

// TestListsAreTheSameInEveryWay compares lists of contacts as they are written row by row with what gqlgen makes of them,
// which it does where the segments of the contacts are asked for, too.
func TestListsAreTheSameInEveryWay(t *testing.T) {
	const fields = `__typename type: __typename id key: id email phone firstName lastName status subscribedAt tags custom createdAt updatedAt version
		plan: value(path: "custom.plan") totals: value(path: "custom.orders.total") none: value(path: "custom.no") first: value(path: "firstName")
		custom ... on Node { id } ...more @include(if: true) email @skip(if: true)`
	const more = `fragment more on Contact { tags updatedAt again: custom }`
	contact := graph.NewExecutableSchema(graph.Config{}).Schema().Types["Contact"]
	leftToGqlgen := []string{"segments", "statusChanges", "activity", "mergedFrom"}
	for _, f := range contact.Fields {
		if !slices.Contains(leftToGqlgen, f.Name) && !strings.Contains(fields, f.Name) {
			t.Errorf("%s is not compared", f.Name)
		}
	}
	for _, list := range []string{
		`{ contacts(first: 2) { nodes { FIELDS } } }`, `{ contacts(first: 2) { edges { __typename cursor node { FIELDS } at: cursor } } }`,
		`{ previewSegment(filter: {and: []}) { sample { FIELDS } } }`, `{ segments(first: 1) { nodes { members(first: 2) { nodes { FIELDS } } } } }`,
	} {
		rows := send(t, &recording{}, strings.ReplaceAll(list, "FIELDS", fields)+more, nil)
		gqlgens := send(t, &recording{}, strings.ReplaceAll(list, "FIELDS", fields+" segments { totalCount }")+more, nil)
		withoutSegments(gqlgens)
		if !reflect.DeepEqual(rows, gqlgens) {
			t.Errorf("%s\n got %v\nwant %v", list, rows, gqlgens)
		}
	}
}

// withoutSegments takes the segments of the contacts out of an answer.
func withoutSegments(answer any) {
	switch v := answer.(type) {
	case []any:
		for _, item := range v {
			withoutSegments(item)
		}
	case map[string]any:
		if _, isContact := v["email"]; isContact {
			delete(v, "segments")
		}
		for _, item := range v {
			withoutSegments(item)
		}
	}
}

// A path that no contact can have is told of in the ordinary way, for each contact.
func TestMistakesInPathsOfValues(t *testing.T) {
	handler := graph.NewHandler(graph.Options{Workspace: &recording{}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Timeout: time.Minute, MaxBody: 1 << 20})
	recorder := post(t, handler, `{ contacts { nodes { id value(path: "plan") } } }`, nil)
	var got struct {
		Data   json.RawMessage
		Errors []struct {
			Path       []any
			Extensions map[string]any
		}
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if want := `{"contacts":{"nodes":[{"id":"con_1","value":null},{"id":"con_2","value":null}]}}`; string(got.Data) != want || len(got.Errors) != 2 {
		t.Fatalf("got %s", recorder.Body)
	}
	if e := got.Errors[0]; len(e.Path) != 4 || e.Extensions["code"] != "UNKNOWN_FIELD" {
		t.Errorf("got %+v", e)
	}
}
