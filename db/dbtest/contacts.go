package dbtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

func testTypes(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	p := email("types@example.com")
	p.Custom = filter.Object{
		"int": int64(5), "big": int64(math.MaxInt64), "small": int64(math.MinInt64), "odd": int64(1<<53 + 1),
		"double": 5.0, "fraction": 0.1, "huge": math.MaxFloat64,
		"text": "Zoë \U0001F600\x00\n", "emptyText": "", "true": true, "null": nil,
		"day": filter.NewDate(1899, 12, 31), "instant": time.Date(1950, 1, 2, 3, 4, 5, 6_000_000, time.UTC),
		"list":      []any{int64(1), 1.0, "1", nil, filter.Object{"day": filter.NewDate(2026, 3, 1)}},
		"emptyList": []any{}, "emptyObject": filter.Object{}, "0": "digits", "ключ": "key",
	}
	created := create(t, w, p)
	read := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{created.ID}))[0]
	for key, want := range p.Custom {
		if got := read.Custom[key]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v", key, got, want)
		}
	}
	if !reflect.DeepEqual(created, read) {
		t.Errorf("created %+v\nread %+v", created, read)
	}
}

func testNestedLists(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	p := email("a@example.com")
	p.Custom = filter.Object{"matrix": []any{[]any{int64(1), []any{}}, int64(2)}}
	create(t, w, p)
	if read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), *p.Email)); !reflect.DeepEqual(read.Custom, p.Custom) {
		t.Errorf("read %#v", read.Custom)
	}
	want := db.ShapeOf(filter.KindList, filter.KindNumber) | db.NestedList
	if got := must[*db.Catalogue](t)(w.Catalogue(t.Context())).Shape("custom.matrix"); got != want {
		t.Errorf("got the shape %b, want %b", got, want)
	}
}

func testMinusZero(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	p := email("a@example.com")
	p.Custom = filter.Object{"n": math.Copysign(0, -1)}
	create(t, w, p)
	if read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), *p.Email)); !math.Signbit(read.Custom["n"].(float64)) {
		t.Error("minus zero lost its sign")
	}
}

func testCreate(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	at := start().AddDate(-1, 0, 0)
	got := create(t, w, db.ContactPatch{
		Email: ptr(" Ada@Example.COM "), Phone: ptr("+442079460000"), FirstName: ptr("Ada"), LastName: ptr("Lovelace"),
		Status: ptr(db.Subscribed), SubscribedAt: &at, Tags: &[]string{"vip", "vip", " beta "}, Custom: filter.Object{"plan": "pro"},
	})
	want := &db.Contact{
		ID: got.ID, Email: "ada@example.com", Phone: "+442079460000", FirstName: "Ada", LastName: "Lovelace",
		Status: db.Subscribed, SubscribedAt: &at, Tags: []string{"vip", "beta"}, Custom: filter.Object{"plan": "pro"},
		CreatedAt: start(), UpdatedAt: start(), Version: 1,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	bare := create(t, w, db.ContactPatch{})
	if bare.Status != db.Pending || bare.Email != "" || bare.SubscribedAt != nil {
		t.Errorf("a contact of nothing: %+v", bare)
	}
	for name, p := range map[string]db.ContactPatch{
		"email":  {Email: ptr("no address")},
		"status": {Status: ptr(db.Status("subscribed"))},
		"tag":    {Tags: &[]string{""}},
		"key":    {Custom: filter.Object{"a.b": 1}},
		"$":      {Custom: filter.Object{"x": []any{filter.Object{"$set": 1}}}},
		"_day":   {Custom: filter.Object{"x": filter.Object{filter.DateKey: "2026-03-01"}}},
		"NaN":    {Custom: filter.Object{"n": math.NaN()}},
		"UTF-8":  {Custom: filter.Object{"t": "\xff"}},
	} {
		if _, err := w.CreateContact(t.Context(), p); db.CodeOf(err) != db.BadInput {
			t.Errorf("%s: got %v, want %s", name, err, db.BadInput)
		}
	}
}

func testUpdate(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	p := email("a@example.com")
	p.FirstName, p.LastName, p.Tags = ptr("Ada"), ptr("Byron"), &[]string{"vip"}
	p.Custom = filter.Object{"plan": "free", "age": int64(36)}
	before := create(t, w, p)
	after := must[*db.Contact](t)(w.UpdateContact(t.Context(), before.ID, db.ContactPatch{
		LastName: ptr("Lovelace"), FirstName: ptr(""), Tags: &[]string{}, Custom: filter.Object{"plan": "pro", "new": []any{}},
	}))
	read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), "A@example.com"))
	if !reflect.DeepEqual(after, read) {
		t.Errorf("returned %+v\nread %+v", after, read)
	}
	want := filter.Object{"plan": "pro", "age": int64(36), "new": []any{}}
	if read.FirstName != "" || read.LastName != "Lovelace" || len(read.Tags) != 0 || !reflect.DeepEqual(read.Custom, want) || read.Version != 2 {
		t.Errorf("read %+v", read)
	}
	_, err := w.UpdateContact(t.Context(), "con_nobody", db.ContactPatch{})
	wantCode(t, err, db.NotFound)
	_, err = w.UpdateContact(t.Context(), before.ID, db.ContactPatch{Email: ptr("x")})
	wantCode(t, err, db.BadInput)
}

func testUpdateMany(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	must[*db.Field](t)(w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("custom.plan"), Type: filter.KindText}))
	var ids []string
	for i, custom := range []filter.Object{{"visits": int64(1)}, {"visits": 1.5}, {"visits": "many"}, {}} {
		c := create(t, w, db.ContactPatch{Email: ptr(fmt.Sprintf("%d@example.com", i)), Tags: &[]string{"a", "b"}, Custom: custom})
		ids = append(ids, c.ID)
	}
	ids = slices.Insert(ids, 2, "con_nobody")
	p := db.ContactPatch{
		AddTags: []string{"c", "a"}, RemoveTags: []string{"b"},
		Set:        []db.FieldValue{{Path: filter.MustPath("custom.address.city"), Value: "Bonn"}},
		Increments: []db.FieldIncrement{{Path: filter.MustPath("custom.visits"), By: int64(2)}},
	}
	results := must[[]db.UpdateResult](t)(w.UpdateContacts(t.Context(), ids, p))
	for i, want := range []any{int64(3), 3.5, db.NotFound, db.BadInput, int64(2)} {
		if code, refused := want.(db.Code); refused {
			wantCode(t, results[i].Err, code)
			continue
		}
		read := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), ids[i:i+1]))[0]
		custom := filter.Object{"visits": want, "address": filter.Object{"city": "Bonn"}}
		if results[i].Err != nil || !reflect.DeepEqual(read, results[i].Contact) || !reflect.DeepEqual(read.Custom, custom) || !slices.Equal(read.Tags, []string{"a", "c"}) || read.Version != 2 {
			t.Errorf("%d: got %v, read %+v", i, results[i].Err, read)
		}
	}
	if read := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), ids[3:4]))[0]; read.Version != 1 || len(read.Tags) != 2 {
		t.Errorf("the one that was refused is %+v", read)
	}
	wrong := db.ContactPatch{Set: []db.FieldValue{{Path: filter.MustPath("custom.plan"), Value: int64(1)}}}
	wantCode(t, must[[]db.UpdateResult](t)(w.UpdateContacts(t.Context(), ids[:1], wrong))[0].Err, db.BadInput)
	if none := must[[]db.UpdateResult](t)(w.UpdateContacts(t.Context(), nil, p)); len(none) != 0 {
		t.Errorf("got %v", none)
	}
}

// testUpdateOnce makes the change of a job again, as after a crash.
func testUpdateOnce(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	var ids []string
	for i, custom := range []filter.Object{{"visits": int64(1)}, {"visits": "many"}, {}} {
		ids = append(ids, create(t, w, db.ContactPatch{Email: ptr(fmt.Sprintf("%d@example.com", i)), Custom: custom}).ID)
	}
	ids = slices.Insert(ids, 1, "con_nobody")
	change := func(job string) []any {
		p := db.ContactPatch{
			From:       &db.JobRow{Job: job, Row: 1},
			Increments: []db.FieldIncrement{{Path: filter.MustPath("custom.visits"), By: int64(1)}},
		}
		var visits []any
		for i, r := range must[[]db.UpdateResult](t)(w.UpdateContacts(t.Context(), ids, p)) {
			if r.Err != nil {
				visits = append(visits, db.CodeOf(r.Err))
				continue
			}
			if read := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), ids[i:i+1]))[0]; !reflect.DeepEqual(r.Contact, read) {
				t.Errorf("returned %+v\nread %+v", r.Contact, read)
			}
			visits = append(visits, r.Contact.Custom["visits"])
		}
		return visits
	}
	first, second := db.NewID(db.JobID, start()), db.NewID(db.JobID, start())
	for i, c := range []struct {
		job  string
		want []any
	}{
		{first, []any{int64(2), db.NotFound, db.BadInput, int64(1)}},
		{first, []any{int64(2), db.NotFound, db.BadInput, int64(1)}},
		{second, []any{int64(3), db.NotFound, db.BadInput, int64(2)}},
		{second, []any{int64(3), db.NotFound, db.BadInput, int64(2)}},
	} {
		if got := change(c.job); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%d: got %v, want %v", i, got, c.want)
		}
	}
	// Who changes a contact otherwise does not make the job forget it.
	must[*db.Contact](t)(w.UpdateContact(t.Context(), ids[0], db.ContactPatch{AddTags: []string{"new"}}))
	if got := change(second); got[0] != int64(3) {
		t.Errorf("after another change: got %v", got)
	}
}

func testUnset(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	at := start()
	c := create(t, w, db.ContactPatch{
		Email: ptr("a@example.com"), SubscribedAt: &at,
		Custom: filter.Object{"plan": "free", "address": filter.Object{"city": "Bonn", "zip": "53111"}},
	})
	c = must[*db.Contact](t)(w.UpdateContact(t.Context(), c.ID, db.ContactPatch{
		SubscribedAt: &time.Time{}, Email: ptr(""),
		Unset: []filter.Path{filter.MustPath("custom.plan"), filter.MustPath("custom.address.zip"), filter.MustPath("custom.never.was")},
	}))
	read := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{c.ID}))[0]
	if want := (filter.Object{"address": filter.Object{"city": "Bonn"}}); !reflect.DeepEqual(read.Custom, want) || read.SubscribedAt != nil || read.Email != "" {
		t.Errorf("read %+v", read)
	}
	missing := filter.Has{Path: filter.MustPath("email"), Test: filter.OfKind{filter.KindText}}
	if n := must[[]int64](t)(w.CountContacts(t.Context(), []filter.Node{filter.Not{Node: missing}})); n[0] != 1 {
		t.Errorf("%d contacts have no email, want 1", n[0])
	}
}

func testVersions(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	c := create(t, w, email("a@example.com"))
	for i := int64(1); i <= 3; i++ {
		c = must[*db.Contact](t)(w.UpdateContact(t.Context(), c.ID, db.ContactPatch{FirstName: ptr([]string{"", "Eve", "Eva", "Ada"}[i]), Version: &i}))
	}
	_, err := w.UpdateContact(t.Context(), c.ID, db.ContactPatch{FirstName: ptr("Eve"), Version: ptr(int64(2))})
	wantCode(t, err, db.Conflict)
	if stale, ok := errors.AsType[*db.Error](err); !ok || stale.Version != 4 {
		t.Errorf("got %#v, want the current version 4", err)
	}
	if read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), c.Email)); read.FirstName != "Ada" || read.Version != 4 {
		t.Errorf("read %+v", read)
	}
}

func testUpsert(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	old := email("old@example.com")
	old.FirstName, old.Custom = ptr("Old"), filter.Object{"kept": int64(1)}
	create(t, w, old)
	patch := func(address, name string) db.ContactPatch {
		p := email(address)
		p.FirstName, p.Custom = &name, filter.Object{"by": name}
		return p
	}
	results := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), []db.ContactPatch{
		patch("OLD@example.com", "1"), patch("new@example.com", "2"), patch("not an address", "3"), patch("new@example.com", "4"), {FirstName: ptr("5")},
	}, db.Upsert))
	for i, want := range []struct {
		created bool
		code    db.Code
		version int64
	}{{version: 2}, {created: true, version: 1}, {code: db.BadInput}, {version: 2}, {code: db.BadInput}} {
		got := results[i]
		if want.code != "" {
			wantCode(t, got.Err, want.code)
			continue
		}
		if got.Err != nil || got.Created != want.created || got.Contact.Version != want.version {
			t.Errorf("%d: got %+v, want %+v", i, got, want)
		}
	}
	for address, want := range map[string]filter.Object{
		"old@example.com": {"kept": int64(1), "by": "1"},
		"new@example.com": {"by": "4"},
	} {
		if read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), address)); !reflect.DeepEqual(read.Custom, want) {
			t.Errorf("%s: got %v, want %v", address, read.Custom, want)
		}
	}
	if n := must[[]int64](t)(w.CountContacts(t.Context(), []filter.Node{filter.Const(true)})); n[0] != 2 {
		t.Errorf("%d contacts, want 2", n[0])
	}
	if none := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), nil, db.Upsert)); len(none) != 0 {
		t.Errorf("got %v", none)
	}
}

func testUniqueEmail(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	create(t, w, email("a@example.com"))
	b := create(t, w, email("b@example.com"))
	_, err := w.CreateContact(t.Context(), email("A@EXAMPLE.com"))
	wantCode(t, err, db.Conflict)
	must[*db.Contact](t)(w.UpdateContact(t.Context(), b.ID, email("c@example.com")))
	create(t, w, email("b@example.com"))
	create(t, w, db.ContactPatch{FirstName: ptr("without")})
	create(t, w, db.ContactPatch{FirstName: ptr("without")})
	create(t, newWorkspace(store), email("a@example.com"))
}

func testEmailChange(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	create(t, w, email("a@example.com"))
	b := create(t, w, email("b@example.com"))
	_, err := w.UpdateContact(t.Context(), b.ID, email("a@example.com"))
	wantCode(t, err, db.Conflict)
}

func testDelete(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	a, b := create(t, w, email("a@example.com")), create(t, w, email("b@example.com"))
	deleted := must[[]string](t)(w.DeleteContacts(t.Context(), []string{a.ID, "con_nobody", a.ID}))
	if !slices.Equal(deleted, []string{a.ID}) {
		t.Errorf("deleted %v", deleted)
	}
	if got := must[[]db.ContactPage](t)(w.FindContacts(t.Context(), all(filter.Const(true)))); !slices.Equal(ids(got[0].Contacts), []string{b.ID}) {
		t.Errorf("left: %v", ids(got[0].Contacts))
	}
	create(t, w, email("a@example.com"))
}

func testLookup(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	a, b := create(t, w, email("a@example.com")), create(t, w, email("b@example.com"))
	got := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{b.ID, "con_nobody", a.ID, b.ID}))
	if len(got) != 4 || got[0].ID != b.ID || got[1] != nil || got[2].ID != a.ID || got[3].ID != b.ID {
		t.Errorf("got %v", got)
	}
	if none := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), nil)); len(none) != 0 {
		t.Errorf("got %v", none)
	}
	_, err := w.ContactByEmail(t.Context(), "nobody@example.com")
	wantCode(t, err, db.NotFound)
}

func testDeadline(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	c := create(t, w, email("a@example.com"))
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := w.CountContacts(ctx, []filter.Node{filter.Const(true)})
	wantCode(t, err, db.Timeout)
	_, err = w.FindContacts(ctx, all(filter.Const(true)))
	wantCode(t, err, db.Timeout)
	_, err = w.UpdateContact(ctx, c.ID, db.ContactPatch{FirstName: ptr("late")})
	wantCode(t, err, db.Timeout)
	if read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), c.Email)); read.Version != 1 {
		t.Errorf("read %+v", read)
	}
}

// testEmailForms reaches a contact by any form of its address.
func testEmailForms(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	c := create(t, w, email("Ada@xn--bcher-kva.example"))
	if c.Email != "ada@bücher.example" {
		t.Errorf("stored as %q", c.Email)
	}
	for _, address := range []string{"ada@bücher.example", " ADA@BÜCHER.example ", "ada@xn--bcher-kva.example", "ada@bu\u0308cher.example"} {
		if found := must[*db.Contact](t)(w.ContactByEmail(t.Context(), address)); found.ID != c.ID {
			t.Errorf("%q leads to %s", address, found.ID)
		}
		_, err := w.CreateContact(t.Context(), email(address))
		wantCode(t, err, db.Conflict)
		results := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), []db.ContactPatch{email(address)}, db.Upsert))
		if got := outcomes(results); got[0] != "updated" {
			t.Errorf("%q: got %v", address, got)
		}
	}
}
