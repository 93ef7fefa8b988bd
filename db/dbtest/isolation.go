package dbtest

import (
	"encoding/json"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

// testIsolation tries from one workspace all that could reach the data of another.
func testIsolation(t *testing.T, store db.Store) {
	mine, other := newWorkspace(store), newWorkspace(store)
	p := email("victim@example.com")
	p.Custom = filter.Object{"secret": "s"}
	victim := create(t, mine, p)
	segment := must[*db.Segment](t)(mine.CreateSegment(t.Context(), db.SegmentPatch{Name: ptr("Mine"), Filter: json.RawMessage(`{"and":[]}`)}))

	if got := must[[]*db.Contact](t)(other.ContactsByID(t.Context(), []string{victim.ID})); got[0] != nil {
		t.Error("read by ID")
	}
	_, err := other.ContactByEmail(t.Context(), victim.Email)
	wantCode(t, err, db.NotFound)
	_, err = other.UpdateContact(t.Context(), victim.ID, db.ContactPatch{FirstName: ptr("Eve")})
	wantCode(t, err, db.NotFound)
	if deleted := must[[]string](t)(other.DeleteContacts(t.Context(), []string{victim.ID})); len(deleted) != 0 {
		t.Error("deleted")
	}
	for _, n := range []filter.Node{
		filter.Const(true),
		filter.Or{filter.Const(true)},
		filter.Not{Node: filter.Const(false)},
		filter.Not{Node: filter.Has{Path: filter.MustPath("custom.x"), Test: filter.NotBlank{}}},
	} {
		if pages := must[[]db.ContactPage](t)(other.FindContacts(t.Context(), all(n))); len(pages[0].Contacts) != 0 {
			t.Errorf("found with %#v", n)
		}
		if got := must[[]*db.Contact](t)(each(t.Context(), other, n)); len(got) != 0 {
			t.Errorf("yielded with %#v", n)
		}
		if counts := must[[]int64](t)(other.CountContacts(t.Context(), []filter.Node{n})); counts[0] != 0 {
			t.Errorf("counted with %#v", n)
		}
	}
	results := must[[]db.UpsertResult](t)(other.UpsertContacts(t.Context(), []db.ContactPatch{email(victim.Email)}, db.Upsert))
	if !results[0].Created || results[0].Contact.ID == victim.ID {
		t.Error("updated by an upsert")
	}

	if got := must[[]*db.Segment](t)(other.SegmentsByID(t.Context(), []string{segment.ID})); got[0] != nil {
		t.Error("segment read by ID")
	}
	if got := must[[]*db.Segment](t)(other.Segments(t.Context())); len(got) != 0 {
		t.Error("segment listed")
	}
	_, err = other.UpdateSegment(t.Context(), segment.ID, db.SegmentPatch{Name: ptr("Eve's")})
	wantCode(t, err, db.NotFound)
	wantCode(t, other.DeleteSegment(t.Context(), segment.ID), db.NotFound)
	if known, nearest := must[*db.Catalogue](t)(other.Catalogue(t.Context())).Known("custom.secret"); known || nearest != "" {
		t.Error("fields are known")
	}

	isolateActivity(t, mine, other, victim.ID)
	isolateJobs(t, mine, other)

	read := must[*db.Contact](t)(mine.ContactByEmail(t.Context(), victim.Email))
	if read.ID != victim.ID || read.Version != 3 || read.LastName != "b" {
		t.Errorf("the victim is now %+v", read)
	}
}

// isolateActivity tries it with what was done to a contact, of which some is in the log.
func isolateActivity(t *testing.T, mine, other db.Workspace, victim string) {
	for _, name := range []string{"a", "b"} {
		must[*db.Contact](t)(mine.UpdateContact(t.Context(), victim, db.ContactPatch{LastName: &name}))
	}
	if got := activity(t, other, victim); len(got) != 0 {
		t.Errorf("activity read: %+v", got)
	}
	must[[]string](t)(other.DeleteContacts(t.Context(), []string{victim}))
	if must[bool](t)(other.ForgetActivity(t.Context(), start().AddDate(1, 0, 0))) {
		t.Error("there is more to forget")
	}
	if got := allRecords(t, other, db.ActivityRecords); len(got) != 0 {
		t.Errorf("there are records: %v", got)
	}
	if got := activity(t, mine, victim); len(got) != 3 {
		t.Errorf("the activity is now %+v", got)
	}
}

// isolateJobs tries it with jobs, their problems and their files.
func isolateJobs(t *testing.T, mine, other db.Workspace) {
	job := enqueue(t, mine, "import")
	problem := db.Problem{Number: 1, Message: "secret"}
	if err := mine.AddProblems(t.Context(), job.ID, []db.Problem{problem}); err != nil {
		t.Fatal(err)
	}
	save(t, mine, job.ID, "secret")

	if got := must[[]*db.Job](t)(other.JobsByID(t.Context(), []string{job.ID})); got[0] != nil {
		t.Error("job read by ID")
	}
	for _, q := range []db.JobQuery{{Limit: 10}, {Limit: 10, Kinds: []string{"import"}, States: []db.JobState{db.JobQueued}}} {
		if got := must[[]*db.Job](t)(other.FindJobs(t.Context(), q)); len(got) != 0 {
			t.Error("job listed")
		}
	}
	_, err := other.UpdateJob(t.Context(), job.ID, func(*db.Job) error { return nil })
	wantCode(t, err, db.NotFound)
	wantCode(t, other.AddProblems(t.Context(), job.ID, []db.Problem{{Number: 1, Message: "Eve's"}}), db.NotFound)
	wantProblems(t, other, job.ID, 0, 10)
	_, err = other.OpenFile(t.Context(), job.ID)
	wantCode(t, err, db.NotFound)
	if err := other.DeleteFile(t.Context(), job.ID); err != nil {
		t.Error(err)
	}
	save(t, other, job.ID, "Eve's")
	if more := must[bool](t)(other.ForgetJobs(t.Context(), start().AddDate(1, 0, 0))); more {
		t.Error("job forgotten")
	}

	if read := must[[]*db.Job](t)(mine.JobsByID(t.Context(), []string{job.ID})); read[0] == nil || read[0].Version != 1 {
		t.Errorf("the job is now %+v", read[0])
	}
	wantProblems(t, mine, job.ID, 0, 10, problem)
	wantContent(t, mine, job.ID, "secret")
}
