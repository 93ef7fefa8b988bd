package dbtest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

func custom(address string, o filter.Object) db.ContactPatch {
	p := email(address)
	p.Custom = o
	return p
}

func declare(t *testing.T, w db.Workspace, path string, kind filter.Kind) {
	t.Helper()
	must[*db.Field](t)(w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath(path), Type: kind, Label: "Label"}))
}

// rescan returns how many contacts are read.
func rescan(t *testing.T, w db.Workspace, path string) (read int) {
	t.Helper()
	if err := w.RescanFields(t.Context(), filter.MustPath(path), func(*db.Contact) { read++ }); err != nil {
		t.Fatal(err)
	}
	return read
}

// wantFields says what is wrong with the catalogue: a field that is declared without a value has the shape 0.
func wantFields(t *testing.T, w db.Workspace, want map[string]db.Shape) {
	t.Helper()
	got := map[string]db.Shape{}
	for _, f := range must[*db.Catalogue](t)(w.Catalogue(t.Context())).Fields() {
		got[f.Path] = f.Shape
	}
	if !maps.Equal(got, want) {
		t.Errorf("known are %v, want %v", got, want)
	}
}

func testUndeclaredFields(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	for _, path := range []string{"custom.a", "custom.a.b", "custom.ab", "custom.a-b"} {
		declare(t, w, path, filter.KindNumber)
	}
	if err := w.UndeclareFields(t.Context(), filter.MustPath("custom.a")); err != nil {
		t.Fatal(err)
	}
	for _, f := range must[*db.Catalogue](t)(w.Catalogue(t.Context())).Fields() {
		want, label := filter.KindNumber, "Label"
		if f.Path == "custom.a" || f.Path == "custom.a.b" {
			want, label = filter.KindNull, ""
		}
		if f.Type != want || f.Label != label {
			t.Errorf("got %+v", f)
		}
	}
	if c := create(t, w, custom("a@example.com", filter.Object{"a": filter.Object{"b": "no number"}, "ab": "5"})); c.Custom["ab"] != int64(5) {
		t.Errorf("got %v", c.Custom)
	}
}

func testRescannedFields(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	declare(t, w, "custom.born", filter.KindDate)
	declare(t, w, "custom.plan", filter.KindText)
	first := create(t, w, custom("a@example.com", filter.Object{"plan": "pro", "old": "x", "kind": "text", "object": filter.Object{"in": true}, "tags": []any{"a"}}))
	second := create(t, w, custom("b@example.com", filter.Object{"kind": int64(5), "tags": []any{}}))
	if n := rescan(t, w, filter.CustomField); n != 2 {
		t.Errorf("%d contacts are read", n)
	}
	text, list := db.ShapeOf(filter.KindText), db.ShapeOf(filter.KindList)
	wantFields(t, w, map[string]db.Shape{
		"custom.born": 0, "custom.plan": text, "custom.old": text, "custom.kind": text | db.ShapeOf(filter.KindNumber),
		"custom.object": db.ShapeOf(filter.KindObject), "custom.object.in": db.ShapeOf(filter.KindBoolean), "custom.tags": list | text,
	})
	must[[]string](t)(w.DeleteContacts(t.Context(), []string{first.ID}))
	if n := rescan(t, w, filter.CustomField); n != 1 {
		t.Errorf("%d contacts are read", n)
	}
	narrowed := map[string]db.Shape{"custom.born": 0, "custom.plan": 0, "custom.kind": db.ShapeOf(filter.KindNumber), "custom.tags": list}
	wantFields(t, w, narrowed)
	if f, _ := must[*db.Catalogue](t)(w.Catalogue(t.Context())).Field("custom.plan"); f.Type != filter.KindText || f.Label != "Label" {
		t.Errorf("the declaration is %+v", f)
	}
	// What was forgotten is met as new.
	create(t, w, custom("c@example.com", filter.Object{"old": "y", "plan": "free"}))
	narrowed["custom.old"], narrowed["custom.plan"] = text, text
	wantFields(t, w, narrowed)
	old := filter.Has{Path: filter.MustPath("custom.old"), Test: filter.OfKind{filter.KindText}}
	if n := must[[]int64](t)(w.CountContacts(t.Context(), []filter.Node{old})); n[0] != 1 {
		t.Errorf("%d contacts have it", n[0])
	}
	must[*db.Contact](t)(w.UpdateContact(t.Context(), second.ID, db.ContactPatch{FirstName: ptr("B")}))
	rescan(t, w, filter.CustomField)
	wantFields(t, w, narrowed)
}

// testRescanOfOneField leaves all other fields as they are known, though nobody has them.
func testRescanOfOneField(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	gone := create(t, w, custom("a@example.com", filter.Object{"a": "x", "ab": "x", "list": []any{filter.Object{"n": "x"}}, "o": filter.Object{"p": "x"}}))
	create(t, w, custom("b@example.com", filter.Object{"a": nil, "list": []any{filter.Object{"n": []any{}}}, "o": filter.Object{"q": true}}))
	create(t, w, custom("c@example.com", filter.Object{"list": []any{}}))
	must[[]string](t)(w.DeleteContacts(t.Context(), []string{gone.ID}))
	known := map[string]db.Shape{}
	for _, f := range must[*db.Catalogue](t)(w.Catalogue(t.Context())).Fields() {
		known[f.Path] = f.Shape
	}
	object, list := db.ShapeOf(filter.KindObject), db.ShapeOf(filter.KindList)
	for _, step := range []struct {
		path   string
		change func()
	}{
		{"custom.a", func() { known["custom.a"] = db.ShapeOf(filter.KindNull) }},
		{"custom.list.n", func() { known["custom.list.n"] = list }},
		{"custom.list", func() { known["custom.list"] = list | object }},
		{"custom.o.p", func() { delete(known, "custom.o.p") }},
		{"custom.never", func() {}},
		{"custom.ab", func() { delete(known, "custom.ab") }},
	} {
		rescan(t, w, step.path)
		step.change()
		wantFields(t, w, known)
		if t.Failed() {
			t.Fatalf("after %s", step.path)
		}
	}
}

// testRescanAndWriters writes contacts while fields are rescanned: each field of a contact that was written is known.
func testRescanAndWriters(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	const fields = 4
	path := func(i int) filter.Path { return filter.MustPath(fmt.Sprintf("custom.f%d", i)) }
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	written := make(chan error)
	for i := range fields {
		go func() {
			written <- func() error {
				for n := 0; ctx.Err() == nil; n++ {
					c, err := w.CreateContact(t.Context(), custom(fmt.Sprintf("%d-%d@example.com", i, n), filter.Object{fmt.Sprintf("f%d", i): "x"}))
					if err != nil {
						return err
					}
					catalogue, err := w.Catalogue(t.Context())
					if err != nil {
						return err
					}
					if !catalogue.Shape(path(i).String()).Has(filter.KindText) {
						return fmt.Errorf("%s is not known when contact %d has it", path(i), n)
					}
					counts, err := w.CountContacts(t.Context(), []filter.Node{filter.Has{Path: path(i), Test: filter.NotBlank{}}})
					if err != nil || counts[0] != 1 {
						return fmt.Errorf("%d contacts have %s, %w", counts, path(i), err)
					}
					if _, err := w.DeleteContacts(t.Context(), []string{c.ID}); err != nil {
						return err
					}
				}
				return nil
			}()
		}()
	}
	for n := range 3 {
		under := filter.MustPath(filter.CustomField)
		if n == 1 {
			under = path(0)
		}
		if err := w.RescanFields(t.Context(), under, func(*db.Contact) {}); err != nil {
			t.Error(err)
		}
	}
	stop()
	for range fields {
		if err := <-written; err != nil {
			t.Error(err)
		}
	}
	rescan(t, w, filter.CustomField)
	wantFields(t, w, map[string]db.Shape{})
}

func testPurge(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	element := func(o filter.Object) []any { return []any{o, "x", filter.Object{"keep": true}} }
	c := create(t, w, custom("a@example.com", filter.Object{
		"orders": element(filter.Object{"total": int64(5), "n": nil}), "deep": filter.Object{"list": element(filter.Object{"a": filter.Object{"b": "c"}})}, "plain": "x",
	}))
	var paths []filter.Path
	for _, path := range []string{"custom.orders.total", "custom.deep.list.a.b", "custom.plain", "custom.never", "custom.orders.n.x"} {
		paths = append(paths, filter.MustPath(path))
	}
	must[*db.Contact](t)(w.UpdateContact(t.Context(), c.ID, db.ContactPatch{Purge: paths}))
	read := must[[]*db.Contact](t)(w.ContactsByID(t.Context(), []string{c.ID}))[0]
	want := filter.Object{"orders": element(filter.Object{"n": nil}), "deep": filter.Object{"list": element(filter.Object{"a": filter.Object{}})}}
	if !reflect.DeepEqual(read.Custom, want) {
		t.Errorf("read %#v", read.Custom)
	}
	if c.Custom["plain"] != "x" {
		t.Errorf("the contact itself was changed: %v", c.Custom)
	}
	_, err := w.UpdateContact(t.Context(), c.ID, db.ContactPatch{Purge: []filter.Path{filter.MustPath("email")}})
	wantCode(t, err, db.BadInput)
}
