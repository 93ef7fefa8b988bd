package dbtest

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

// activity returns all that was done to a contact.
func activity(t testing.TB, w db.Workspace, contact string) []db.Activity {
	t.Helper()
	return must[[]db.Activity](t)(w.Activity(t.Context(), db.ActivityQuery{Contact: contact, Below: math.MaxInt64, Limit: db.MaxActivity}))
}

// checkActivity reads page by page what was done to a contact.
func (h *history) checkActivity(r *rapid.T, t testing.TB) {
	c := h.pick(r)
	if c == nil {
		return
	}
	id := rapid.SampledFrom(c.IDs()).Draw(r, "activity of")
	q := db.ActivityQuery{Contact: id, Below: math.MaxInt64, Limit: rapid.IntRange(1, 5).Draw(r, "limit")}
	want := slices.Clone(h.done[id])
	slices.Reverse(want)
	for {
		page := must[[]db.Activity](t)(h.workspace().Activity(t.Context(), q))
		if n := min(q.Limit, len(want)); len(page) != n || n > 0 && !reflect.DeepEqual(page, want[:n]) {
			r.Fatalf("below %d there is %+v\nwant %+v", q.Below, page, want)
		}
		if len(page) == 0 {
			return
		}
		want, q.Below = want[len(page):], page[len(page)-1].Version
	}
}

// testActivity keeps who did what, through every way to change a contact.
func testActivity(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	by := func(kind db.ActorKind, id string) db.Actor { return db.Actor{Kind: kind, ID: id} }
	p := email("a@example.com")
	p.Tags, p.Custom = &[]string{"old", "kept"}, filter.Object{"plan": "free", "address": filter.Object{"city": "Bonn", "zip": "53111"}}
	c := must[*db.Contact](t)(w.CreateContact(db.Acting(t.Context(), by(db.CommandActor, "import")), p))
	want := []db.Activity{{Version: 1, At: start(), By: by(db.CommandActor, "import"), Action: db.Created}}
	wantActivity(t, w, c.ID, want)

	at := start().Add(time.Hour)
	_, err := w.UpdateContact(db.Acting(db.AsOf(t.Context(), at), by(db.APIActor, "")), c.ID, db.ContactPatch{
		FirstName: ptr("Ada"), Status: ptr(db.Subscribed), SubscribedAt: &at, AddTags: []string{"new"}, RemoveTags: []string{"old"},
		AddSegments: []string{"seg_1"}, Unset: []filter.Path{filter.MustPath("custom.plan")},
		Set: []db.FieldValue{{Path: filter.MustPath("custom.address.city"), Value: "Köln"}, {Path: filter.MustPath("custom.n.m"), Value: int64(1)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want = append([]db.Activity{{Version: 2, At: at, By: by(db.APIActor, ""), Action: db.Updated, Changes: []db.FieldChange{
		{Path: "firstName", After: "Ada"},
		{Path: "status", Before: "PENDING", After: "SUBSCRIBED"},
		{Path: "subscribedAt", After: at},
		{Path: "tags", Before: "old"},
		{Path: "tags", After: "new"},
		{Path: "segments", After: "seg_1"},
		{Path: "custom.address.city", Before: "Bonn", After: "Köln"},
		{Path: "custom.n", After: filter.Object{"m": int64(1)}},
		{Path: "custom.plan", Before: "free"},
	}}}, want...)
	wantActivity(t, w, c.ID, want)

	// An upsert, which has the contact twice, and another contact of which nothing is to be seen here.
	other := create(t, w, email("b@example.com"))
	rename := func(address, name string) db.ContactPatch {
		p := email(address)
		p.FirstName = &name
		return p
	}
	must[[]db.UpsertResult](t)(w.UpsertContacts(db.Acting(t.Context(), by(db.JobActor, "job_1")), []db.ContactPatch{
		rename("a@example.com", "1"), rename("b@example.com", "2"), rename("a@example.com", "3"),
	}, db.Upsert))
	must[[]db.UpdateResult](t)(w.UpdateContacts(t.Context(), []string{other.ID, c.ID}, db.ContactPatch{Tags: &[]string{"new", "kept"}}))
	changed := func(version int64, by db.Actor, change db.FieldChange) db.Activity {
		return db.Activity{Version: version, At: start(), By: by, Action: db.Updated, Changes: []db.FieldChange{change}}
	}
	want = append([]db.Activity{
		changed(5, db.Actor{}, db.FieldChange{Path: "tags", Before: []any{"kept", "new"}, After: []any{"new", "kept"}}),
		changed(4, by(db.JobActor, "job_1"), db.FieldChange{Path: "firstName", Before: "1", After: "3"}),
		changed(3, by(db.JobActor, "job_1"), db.FieldChange{Path: "firstName", Before: "Ada", After: "1"}),
	}, want...)
	wantActivity(t, w, c.ID, want)

	// What goes with the contact.
	must[[]string](t)(w.DeleteContacts(t.Context(), []string{c.ID}))
	wantActivity(t, w, c.ID, nil)
	if got := activity(t, w, other.ID); len(got) != 3 {
		t.Errorf("the other contact has %+v", got)
	}
	for _, r := range allRecords(t, w, db.ActivityRecords) {
		if !strings.HasPrefix(r.ID, other.ID) {
			t.Errorf("the log still has %s", r.ID)
		}
	}
}

func wantActivity(t testing.TB, w db.Workspace, contact string, want []db.Activity) {
	t.Helper()
	if got := activity(t, w, contact); len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// testActivityPages reads parts of a log.
func testActivityPages(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	c := create(t, w, email("a@example.com"))
	const versions = 12
	for i := 2; i <= versions; i++ {
		ctx := db.AsOf(t.Context(), start().Add(time.Duration(i)*time.Hour))
		must[*db.Contact](t)(w.UpdateContact(ctx, c.ID, db.ContactPatch{FirstName: ptr(fmt.Sprint(i))}))
	}
	for name, test := range map[string]struct {
		query db.ActivityQuery
		want  []int64
	}{
		"the newest":         {db.ActivityQuery{Below: math.MaxInt64, Limit: 1}, []int64{12}},
		"the first page":     {db.ActivityQuery{Below: math.MaxInt64, Limit: 3}, []int64{12, 11, 10}},
		"the next page":      {db.ActivityQuery{Below: 10, Limit: 3}, []int64{9, 8, 7}},
		"from the log only":  {db.ActivityQuery{Below: 12, Limit: 1}, []int64{11}},
		"the last page":      {db.ActivityQuery{Below: 3, Limit: 3}, []int64{2, 1}},
		"the creation":       {db.ActivityQuery{Below: 2, Limit: 3}, []int64{1}},
		"beyond":             {db.ActivityQuery{Below: 1, Limit: 3}, nil},
		"since":              {db.ActivityQuery{Below: math.MaxInt64, Limit: 5, Since: start().Add(10 * time.Hour)}, []int64{12, 11, 10}},
		"since long ago":     {db.ActivityQuery{Below: 4, Limit: 5, Since: start()}, []int64{3, 2, 1}},
		"since the creation": {db.ActivityQuery{Below: 4, Limit: 5, Since: start().Add(time.Minute)}, []int64{3, 2}},
		"since now":          {db.ActivityQuery{Below: math.MaxInt64, Limit: 5, Since: start().Add(13 * time.Hour)}, nil},
	} {
		test.query.Contact = c.ID
		var got []int64
		for _, a := range must[[]db.Activity](t)(w.Activity(t.Context(), test.query)) {
			got = append(got, a.Version)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got the versions %v, want %v", name, got, test.want)
		}
	}
	for _, limit := range []int{0, db.MaxActivity + 1} {
		_, err := w.Activity(t.Context(), db.ActivityQuery{Contact: c.ID, Below: 9, Limit: limit})
		wantCode(t, err, db.LimitExceeded)
	}
	if got := activity(t, w, "con_nobody"); len(got) != 0 {
		t.Errorf("nobody has %+v", got)
	}
}

// testActivityLimits keeps the beginning of what is too large.
func testActivityLimits(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	c := create(t, w, email("a@example.com"))
	custom := filter.Object{"a text": strings.Repeat("ü", db.MaxChangeSize), "b list": slices.Repeat([]any{"item", int64(5)}, db.MaxChangeSize)}
	for i := range db.MaxChanges {
		custom[fmt.Sprintf("z%02d", i)] = int64(i)
	}
	must[*db.Contact](t)(w.UpdateContact(t.Context(), c.ID, db.ContactPatch{Custom: custom}))
	must[*db.Contact](t)(w.UpdateContact(t.Context(), c.ID, db.ContactPatch{FirstName: ptr("Ada")}))
	a := activity(t, w, c.ID)[1]
	if len(a.Changes) != db.MaxChanges || a.Omitted != 2 {
		t.Fatalf("there are %d changes, and %d are left out", len(a.Changes), a.Omitted)
	}
	text, _ := a.Changes[0].After.(string)
	if !a.Changes[0].Cut || text != strings.Repeat("ü", db.MaxChangeSize/2) {
		t.Errorf("the text is %.20s of %d bytes, cut: %v", text, len(text), a.Changes[0].Cut)
	}
	list, _ := a.Changes[1].After.([]any)
	if !a.Changes[1].Cut || len(list) < 10 || len(list) > db.MaxChangeSize/4 || list[0] != "item" || list[1] != int64(5) {
		t.Errorf("the list has %d items, cut: %v", len(list), a.Changes[1].Cut)
	}
	if a.Changes[2].Cut || a.Changes[2].After != int64(0) {
		t.Errorf("the number is %+v", a.Changes[2])
	}
}

// testNothingChanged leaves a contact alone that is already as it is to be.
func testNothingChanged(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	must[*db.Field](t)(w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("custom.age"), Type: filter.KindNumber}))
	p := email("a@example.com")
	p.FirstName, p.Tags, p.Custom = ptr("Ada"), &[]string{"vip"}, filter.Object{"age": int64(36), "list": []any{filter.Object{"x": 1.5}}}
	before := create(t, w, p)
	later := db.Acting(db.AsOf(t.Context(), start().Add(time.Hour)), db.Actor{Kind: db.APIActor})
	p.FirstName, p.Custom = ptr(" Ada "), filter.Object{"age": "36", "list": []any{filter.Object{"x": 1.5}}}
	updated := must[*db.Contact](t)(w.UpdateContact(later, before.ID, p))
	upserted := must[[]db.UpsertResult](t)(w.UpsertContacts(later, []db.ContactPatch{p, p}, db.Upsert))
	for _, got := range []*db.Contact{updated, upserted[0].Contact, upserted[1].Contact, must[*db.Contact](t)(w.ContactByEmail(t.Context(), before.Email))} {
		if !reflect.DeepEqual(got, before) {
			t.Errorf("got  %+v\nwant %+v", got, before)
		}
	}

	// A row of a job marks the contact, so that it is known to be applied.
	p.From = &db.JobRow{Job: db.NewID(db.JobID, start()), Row: 1}
	must[[]db.UpsertResult](t)(w.UpsertContacts(later, []db.ContactPatch{p}, db.Upsert))
	read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), before.Email))
	if !reflect.DeepEqual(read.From, p.From) || !read.UpdatedAt.Equal(before.UpdatedAt) || read.Version != 2 {
		t.Errorf("read %+v", read)
	}
	wantActivity(t, w, before.ID, []db.Activity{{Version: 1, At: start(), Action: db.Created}})
}

// testForgetActivity deletes what is old from the log, and nothing else.
func testForgetActivity(t *testing.T, store db.Store) {
	w, other := newWorkspace(store), newWorkspace(store)
	at := func(hours int) time.Time { return start().Add(time.Duration(hours) * time.Hour) }
	var contacts []*db.Contact
	for _, w := range []db.Workspace{w, other} {
		c := create(t, w, email("a@example.com"))
		contacts = append(contacts, c)
		for i := 1; i <= 5; i++ {
			must[*db.Contact](t)(w.UpdateContact(db.AsOf(t.Context(), at(i)), c.ID, db.ContactPatch{FirstName: ptr(fmt.Sprint(i))}))
		}
	}
	for more := true; more; {
		more = must[bool](t)(w.ForgetActivity(t.Context(), at(3)))
	}
	versions := func(w db.Workspace, c *db.Contact) (all []int64) {
		for _, a := range activity(t, w, c.ID) {
			all = append(all, a.Version)
		}
		return all
	}
	// The creation and the last change are of the contact itself.
	if got := versions(w, contacts[0]); !slices.Equal(got, []int64{6, 5, 4, 1}) {
		t.Errorf("the versions %v are left", got)
	}
	if got := versions(other, contacts[1]); len(got) != 6 {
		t.Errorf("of the other workspace, the versions %v are left", got)
	}
	if records := allRecords(t, w, db.ActivityRecords); len(records) != 2 {
		t.Errorf("%d records are left", len(records))
	}
}

// testStatusChanges keeps every status with its time and source, as far as there is room.
func testStatusChanges(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	api := db.Acting(t.Context(), db.Actor{Kind: db.APIActor})
	job := db.Acting(t.Context(), db.Actor{Kind: db.JobActor, ID: "job_1"})
	c := must[*db.Contact](t)(w.CreateContact(job, email("a@example.com")))
	want := []db.StatusChange{{Status: db.Pending, At: start(), Source: "job job_1"}}
	wantStatuses(t, w, c.ID, want)

	later := start().Add(time.Hour)
	set := func(status db.Status, source string) db.ContactPatch {
		return db.ContactPatch{Status: &status, StatusSource: source}
	}
	must[*db.Contact](t)(w.UpdateContact(db.AsOf(api, later), c.ID, set(db.Subscribed, " Form on example.com ")))
	must[*db.Contact](t)(w.UpdateContact(api, c.ID, set(db.Subscribed, "again"))) // is no change
	must[*db.Contact](t)(w.UpdateContact(api, c.ID, db.ContactPatch{FirstName: ptr("Ada")}))
	must[[]db.UpdateResult](t)(w.UpdateContacts(api, []string{c.ID}, set(db.Unsubscribed, "")))
	want = append(want, db.StatusChange{Status: db.Subscribed, At: later, Source: "Form on example.com"}, db.StatusChange{Status: db.Unsubscribed, At: start(), Source: "api"})
	wantStatuses(t, w, c.ID, want)

	p := set(db.Subscribed, "Fair in May")
	p.Email = ptr("b@example.com")
	created := must[[]db.UpsertResult](t)(w.UpsertContacts(api, []db.ContactPatch{p}, db.Upsert))[0].Contact
	wantStatuses(t, w, created.ID, []db.StatusChange{{Status: db.Subscribed, At: start(), Source: "Fair in May"}})
	_, err := w.UpdateContact(api, c.ID, set(db.Bounced, strings.Repeat("x", db.MaxTextLength+1)))
	wantCode(t, err, db.BadInput)

	for i := range db.MaxStatusChanges {
		must[*db.Contact](t)(w.UpdateContact(api, c.ID, set([]db.Status{db.Bounced, db.Subscribed}[i%2], fmt.Sprint(i))))
	}
	got := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{c.ID}))[0].StatusHistory()
	if len(got) != db.MaxStatusChanges || got[0] != want[0] || got[1].Source != "1" || got[db.MaxStatusChanges-1].Source != fmt.Sprint(db.MaxStatusChanges-1) {
		t.Errorf("there are %d status changes: %+v", len(got), got)
	}
}

func wantStatuses(t testing.TB, w db.Workspace, contact string, want []db.StatusChange) {
	t.Helper()
	read := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{contact}))[0]
	if got := read.StatusHistory(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
