package dbtest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

func testFields(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	for i, custom := range []filter.Object{
		{"plan": "pro", "orders": []any{filter.Object{"total": 1.5}}},
		{"plan": int64(5), "born": filter.NewDate(1990, 1, 1)},
	} {
		p := email(address(i))
		p.Custom = custom
		create(t, w, p)
	}
	fields := must[*db.Catalogue](t)(w.Catalogue(t.Context()))
	for path, want := range map[string]db.Shape{
		"custom.plan":         db.ShapeOf(filter.KindText, filter.KindNumber),
		"custom.orders":       db.ShapeOf(filter.KindList, filter.KindObject),
		"custom.orders.total": db.ShapeOf(filter.KindNumber),
		"custom.born":         db.ShapeOf(filter.KindDate),
		"custom.other":        0,
	} {
		if got := fields.Shape(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got.Kinds(), want.Kinds())
		}
	}
	if known, nearest := fields.Known("custom.plam"); known || nearest != "custom.plan" {
		t.Errorf("custom.plam: known %v, nearest %q", known, nearest)
	}

	// Data for keys: one map-like field.
	tiers := filter.Object{}
	for i := range 2 * db.MaxKeys {
		tiers[fmt.Sprintf("key%d", i)] = filter.Object{"tier": "gold"}
	}
	p := email("tiers@example.com")
	p.Custom = filter.Object{"tiers": tiers}
	create(t, w, p)
	fields = must[*db.Catalogue](t)(w.Catalogue(t.Context()))
	if n := len(fields.Fields()); n > 10 {
		t.Errorf("%d fields, want few", n)
	}
	if known, _ := fields.Known("custom.tiers.key7.tier"); !known {
		t.Error("a path below a map-like field is not known")
	}
}

func testDeclaredFields(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	declare := func(path string, kind filter.Kind) {
		t.Helper()
		must[*db.Field](t)(w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath(path), Type: kind, Label: "Label"}))
	}
	declare("custom.born", filter.KindDate)
	declare("custom.orders.at", filter.KindDateTime)
	declare("custom.score", filter.KindNumber)
	p := email("a@example.com")
	p.Custom = filter.Object{"born": "1990-05-06", "score": "12.5", "orders": []any{filter.Object{"at": "2026-03-01T09:00:00+01:00"}}}
	c := create(t, w, p)
	read := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{c.ID}))[0]
	want := filter.Object{
		"born": filter.NewDate(1990, 5, 6), "score": 12.5,
		"orders": []any{filter.Object{"at": time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}},
	}
	if !reflect.DeepEqual(read.Custom, want) {
		t.Errorf("read %#v", read.Custom)
	}
	_, err := w.UpdateContact(t.Context(), c.ID, db.ContactPatch{Custom: filter.Object{"born": "the sixth of May"}})
	wantCode(t, err, db.BadInput)
	results := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), []db.ContactPatch{
		{Email: ptr("b@example.com"), Custom: filter.Object{"score": "many"}},
		{Email: ptr("c@example.com"), Custom: filter.Object{"score": "7"}},
	}, db.Upsert))
	wantCode(t, results[0].Err, db.BadInput)
	if results[1].Err != nil || results[1].Contact.Custom["score"] != int64(7) {
		t.Errorf("got %+v", results[1])
	}
	fields := must[*db.Catalogue](t)(w.Catalogue(t.Context()))
	if known, _ := fields.Known("custom.orders.at"); !known {
		t.Error("a declared field is not known")
	}
	_, err = w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("email"), Type: filter.KindText})
	wantCode(t, err, db.BadInput)

	// Values from before a declaration stay as they are until they are changed themselves.
	p = email("d@example.com")
	p.Custom = filter.Object{"size": "large", "box": filter.Object{"height": "tall", "width": "2"}}
	create(t, w, p)
	declare("custom.size", filter.KindNumber)
	declare("custom.box.height", filter.KindNumber)
	kept := must[[]db.UpsertResult](t)(w.UpsertContacts(t.Context(), []db.ContactPatch{
		{Email: p.Email, Tags: &[]string{"vip"}},
		{Email: p.Email, Set: []db.FieldValue{{Path: filter.MustPath("custom.box.width"), Value: "3"}}},
		{Email: p.Email, Custom: filter.Object{"size": "huge"}},
	}, db.Upsert))
	if kept[0].Err != nil || kept[1].Err != nil {
		t.Errorf("refused: %v, %v", kept[0].Err, kept[1].Err)
	}
	wantCode(t, kept[2].Err, db.BadInput)
	wanted := filter.Object{"size": "large", "box": filter.Object{"height": "tall", "width": "3"}}
	if read := must[*db.Contact](t)(w.ContactByEmail(t.Context(), *p.Email)); !reflect.DeepEqual(read.Custom, wanted) {
		t.Errorf("read %#v", read.Custom)
	}
}
