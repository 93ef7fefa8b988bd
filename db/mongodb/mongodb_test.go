package mongodb_test

import (
	"context"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/dbtest"
	"segmentql/db/mongodb"
	"segmentql/db/mongodb/mongotest"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
)

func TestStore(t *testing.T) {
	subject := dbtest.Subject{
		Place: func(t *testing.T) string { return mongotest.Database(t) },
		Open:  open,
		Lacks: dbtest.Lacks{Tests: map[string]string{}},
	}
	if isFerretDB(t) {
		subject.Slow, subject.Lacks, subject.Open = true, ferretDBLacks(), openBuilt
	}
	maps.Copy(subject.Lacks.Tests, mongoDBLacks())
	if !hasSnapshots(t) {
		subject.Lacks.Tests["EachAsOfOneMoment"] = "only a replica set has snapshots"
	}
	dbtest.Run(t, subject)
}

// mongoDBLacks are the tests of what a transaction for each call would be needed for, which costs more than it is worth.
func mongoDBLacks() map[string]string {
	return map[string]string{
		"BatchesSeenWhole": "the contacts of a batch are written one after the other",
		"CallsSeeOneState": "the queries of a call are answered one by one",
	}
}

func open(t *testing.T, uri string, now func() time.Time) db.Store {
	t.Helper()
	store, err := mongodb.Open(t.Context(), uri, now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// openBuilt is open with all indexes built: FerretDB closes connections when the building of indexes is given up.
func openBuilt(t *testing.T, uri string, now func() time.Time) db.Store {
	t.Helper()
	store, err := mongodb.OpenWatched(t.Context(), uri, now, slog.New(slog.DiscardHandler), new(oneUpdate).monitor())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context(), func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	return store
}

// oneUpdate lets one update in at a time: FerretDB finds and writes in two steps, and does not notice a version that changes
// in between.
type oneUpdate struct{ sync.Mutex }

func (o *oneUpdate) monitor() *event.CommandMonitor {
	ended := func(command string) {
		if command == "update" {
			o.Unlock()
		}
	}
	return &event.CommandMonitor{
		Started: func(_ context.Context, e *event.CommandStartedEvent) {
			if e.CommandName == "update" {
				o.Lock()
			}
		},
		Succeeded: func(_ context.Context, e *event.CommandSucceededEvent) { ended(e.CommandName) },
		Failed:    func(_ context.Context, e *event.CommandFailedEvent) { ended(e.CommandName) },
	}
}

// isFerretDB tells the stand-in from a real MongoDB, which runs every case.
func isFerretDB(t *testing.T) bool {
	t.Helper()
	_, err := ask(t, "buildInfo").LookupErr("ferretdbVersion")
	return err == nil
}

// hasSnapshots says whether the server is a replica set or a sharded cluster.
func hasSnapshots(t *testing.T) bool {
	t.Helper()
	hello := ask(t, "hello")
	_, notReplicated := hello.LookupErr("setName")
	_, notSharded := hello.LookupErr("msg")
	return notReplicated == nil || notSharded == nil
}

// ask has the server run a command that tells of it.
func ask(t *testing.T, command string) bson.Raw {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(mongotest.URI(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(t.Context()) }()
	answer, err := client.Database("admin").RunCommand(t.Context(), bson.D{{Key: command, Value: 1}}).Raw()
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// ferretDBLacks is the declared list of what FerretDB 1.24 answers wrongly or not at all. The filters are compiled
// and held against the golden files, and all of it runs on a real MongoDB.
func ferretDBLacks() dbtest.Lacks {
	return dbtest.Lacks{
		Tests: map[string]string{
			"NestedLists": "lists directly in lists are refused",
			"MinusZero":   "its sign gets lost",
			"EmailChange": "an update against a unique index fails without a duplicate key error",
		},
		Document: func(custom any) string {
			if hasNestedList(custom, false) {
				return "lists directly in lists are refused"
			}
			return ""
		},
		Values: func(path filter.Path, fields *db.Catalogue) string {
			name := path.String()
			if strings.Contains(name, ".") && (goesThroughList(name, fields) || fields.Shape(name).Has(filter.KindList)) {
				return "$unwind puts the elements of a list that is in an object on the outside of the document"
			}
			return ""
		},
		Filter: func(n filter.Node, fields *db.Catalogue) string {
			q := query.Compile(n, fields)
			switch {
			case anywhere(q, func(e bson.E) bool { return e.Key == "$expr" }):
				return "$expr takes few operators, and none of those on dates and lists"
			case anywhere(q, asksElement):
				return "$elemMatch takes one operator and no fields"
			case anywhere(q, func(e bson.E) bool { return isNegated(e.Value) && goesThroughList(e.Key, fields) }):
				return "a negated operator on a field of a list's elements holds when it does for any element"
			case anywhere(q, func(e bson.E) bool { return asksAll(e.Value) && goesThroughList(e.Key, fields) }):
				return "$all on a field of a list's elements is asked of one element"
			}
			return ""
		},
	}
}

func hasNestedList(v any, inList bool) bool {
	switch v := v.(type) {
	case filter.Object:
		for _, item := range v {
			if hasNestedList(item, false) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if inList || hasNestedList(item, true) {
				return true
			}
		}
		return inList
	}
	return false
}

// asksElement says whether e is an $elemMatch that FerretDB cannot do.
func asksElement(e bson.E) bool {
	if e.Key != "$elemMatch" {
		return false
	}
	operators := e.Value.(bson.D)
	if len(operators) != 1 || operators[0].Key != "$type" {
		return true
	}
	_, several := operators[0].Value.(bson.A) // an empty list passes these
	return several
}

// anywhere says whether an element of the query, at any depth, is as asked.
func anywhere(v any, is func(bson.E) bool) bool {
	switch v := v.(type) {
	case bson.D:
		for _, e := range v {
			if is(e) || anywhere(e.Value, is) {
				return true
			}
		}
	case bson.A:
		for _, item := range v {
			if anywhere(item, is) {
				return true
			}
		}
	}
	return false
}

func asksAll(operators any) bool {
	return anywhere(operators, func(e bson.E) bool { return e.Key == "$all" })
}

func isNegated(operators any) bool {
	return anywhere(operators, func(e bson.E) bool {
		return e.Key == "$not" || e.Key == "$ne" || e.Key == "$nin" || e.Key == "$exists" && e.Value == false
	})
}

// goesThroughList says whether a list was seen on the way to the field.
func goesThroughList(path string, fields *db.Catalogue) bool {
	for i, r := range path {
		if r == '.' && fields.Shape(path[:i]).Has(filter.KindList) {
			return true
		}
	}
	return false
}
