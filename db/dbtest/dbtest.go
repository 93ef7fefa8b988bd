// Package dbtest is the one conformance suite of stores: what a db.Store must do, asked of any of them.
package dbtest

import (
	"cmp"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// Subject is a store under test.
type Subject struct {
	// Place returns where an empty store may be that nobody else uses.
	Place func(t *testing.T) string

	// Open opens the store at a place, with what it has kept since it was open before. It takes its time from now.
	Open func(t *testing.T, place string, now func() time.Time) db.Store

	// Slow says that writes take their time, so that random tests are to have few.
	Slow bool

	// Lacks declares what the server behind the store cannot do.
	Lacks Lacks
}

// Lacks says of each thing that a server cannot do why that is so: "" is for what it can do. The zero value is a
// server that can do everything.
type Lacks struct {
	Tests    map[string]string // by the name of the test
	Document func(custom any) string
	Filter   func(n filter.Node, fields *db.Catalogue) string
	Values   func(path filter.Path, fields *db.Catalogue) string
}

// Run runs the suite.
func Run(t *testing.T, s Subject) {
	if s.Lacks.Document == nil {
		s.Lacks.Document = func(any) string { return "" }
	}
	if s.Lacks.Filter == nil {
		s.Lacks.Filter = func(filter.Node, *db.Catalogue) string { return "" }
	}
	if s.Lacks.Values == nil {
		s.Lacks.Values = func(filter.Path, *db.Catalogue) string { return "" }
	}
	run := func(name string, test func(*testing.T)) {
		t.Run(name, func(t *testing.T) {
			if reason := s.Lacks.Tests[name]; reason != "" {
				t.Skip("the server lacks it: " + reason)
			}
			test(t)
		})
	}
	run("Interleaved", s.testInterleaved)
	run("Jobs", s.testJobs)
	run("Files", s.testFiles)
	for name, test := range map[string]func(*testing.T, db.Store){
		"Conformance":       s.testConformance,
		"Differential":      s.testDifferential,
		"Paging":            testPaging,
		"PagingProperty":    s.testPagingProperty,
		"Projection":        testProjection,
		"Types":             testTypes,
		"NestedLists":       testNestedLists,
		"MinusZero":         testMinusZero,
		"Create":            testCreate,
		"Update":            testUpdate,
		"UpdateMany":        testUpdateMany,
		"UpdateOnce":        testUpdateOnce,
		"Unset":             testUnset,
		"Versions":          testVersions,
		"Upsert":            testUpsert,
		"UpsertModes":       testUpsertModes,
		"JobRows":           testJobRows,
		"UniqueEmail":       testUniqueEmail,
		"EmailChange":       testEmailChange,
		"EmailForms":        testEmailForms,
		"Merge":             testMerge,
		"MergeLimits":       testMergeLimits,
		"MergedJobRows":     testMergedJobRows,
		"MergeRaces":        testMergeRaces,
		"Delete":            testDelete,
		"Lookup":            testLookup,
		"Each":              testEach,
		"EachAsOfOneMoment": testEachAsOfOneMoment,
		"Segments":          testSegments,
		"StaticSegments":    testStaticSegments,
		"SegmentLimit":      testSegmentLimit,
		"Fields":            testFields,
		"DeclaredFields":    testDeclaredFields,
		"UndeclaredFields":  testUndeclaredFields,
		"RescannedFields":   testRescannedFields,
		"RescanOfOneField":  testRescanOfOneField,
		"RescanAndWriters":  testRescanAndWriters,
		"Purge":             testPurge,
		"FieldValues":       s.testFieldValues,
		"FieldRanges":       s.testFieldRanges,
		"Records":           s.testRecords,
		"RecordPages":       testRecordPages,
		"RecordConflicts":   testRecordConflicts,
		"Isolation":         testIsolation,
		"BatchesSeenWhole":  s.testBatchesAreSeenWhole,
		"CallsSeeOneState":  s.testCallsSeeOneState,
		"PagesMatch":        s.testPagesMatch,
		"ReadYourWrites":    s.testReadYourWrites,
		"ConcurrentUpdate":  testConcurrentUpdates,
		"ConcurrentUpsert":  testConcurrentUpserts,
		"ConcurrentCreate":  testConcurrentCreates,
		"ConcurrentModes":   testConcurrentModes,
		"ConcurrentJobs":    testConcurrentJobUpdates,
		"JobLists":          testJobLists,
		"Problems":          testProblems,
		"ForgetJobs":        testForgetJobs,
		"HoldJobs":          testHoldJobs,
		"Activity":          testActivity,
		"ActivityPages":     testActivityPages,
		"ActivityLimits":    testActivityLimits,
		"NothingChanged":    testNothingChanged,
		"ForgetActivity":    testForgetActivity,
		"StatusChanges":     testStatusChanges,
		"Deadline":          testDeadline,
	} {
		run(name, func(t *testing.T) {
			server := s.start(t)
			defer server.stop()
			test(t, server.store)
		})
	}
}

// start is the suite's clock, which stands still: the times in results are known.
func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// newWorkspace returns a workspace that nobody else uses.
func newWorkspace(store db.Store) db.Workspace { return store.Workspace(newWorkspaceID()) }

func newWorkspaceID() string { return "test_" + rand.Text() }

// drop deletes all contacts of a workspace: some servers get slow with every one.
func drop(t testing.TB, w db.Workspace) {
	t.Helper()
	for more := true; more; {
		pages := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), all(filter.Const(true))))
		must[[]string](t)(w.DeleteContacts(t.Context(), ids(pages[0].Contacts)))
		more = pages[0].HasMore
	}
}

// PatchOf makes the patch that creates the contact of a document of the conformance cases or of DrawDocument.
func PatchOf(document filter.Object) db.ContactPatch {
	var p db.ContactPatch
	if email, ok := document["email"].(string); ok {
		p.Email = &email
	}
	if phone, ok := document["phone"].(string); ok {
		p.Phone = &phone
	}
	if name, ok := document["firstName"].(string); ok {
		p.FirstName = &name
	}
	if tags, ok := document["tags"].([]any); ok {
		texts := []string{}
		for _, tag := range tags {
			texts = append(texts, tag.(string))
		}
		p.Tags = &texts
	}
	if at, ok := document["subscribedAt"].(time.Time); ok {
		p.SubscribedAt = &at
	}
	p.Custom, _ = document["custom"].(filter.Object)
	return p
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func create(t testing.TB, w db.Workspace, p db.ContactPatch) *db.Contact {
	t.Helper()
	return must[*db.Contact](t)(w.CreateContact(t.Context(), p))
}

func ptr[T any](v T) *T { return &v }

func email(address string) db.ContactPatch { return db.ContactPatch{Email: &address} }

func wantCode(t testing.TB, err error, code db.Code) {
	t.Helper()
	if err == nil || db.CodeOf(err) != code {
		t.Errorf("got error %v, want %s", err, code)
	}
}

// all asks for the first contacts that match.
func all(n filter.Node) []db.ContactQuery {
	return []db.ContactQuery{{Filter: n, Page: db.Page{Limit: db.MaxPageSize}}}
}

// sorted returns the values sorted: many results have no order.
func sorted[T cmp.Ordered](values []T) []T {
	values = slices.Clone(values)
	slices.Sort(values)
	return values
}
