package mongodb_test

import (
	"log/slog"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/mongodb"
	"segmentql/db/mongodb/mongotest"
	"segmentql/filter"
)

// Two servers on one database know the same fields, whoever wrote them.
func TestServersKeepInStep(t *testing.T) {
	uri := mongotest.Database(t)
	server := func() db.Workspace {
		store, err := mongodb.Open(t.Context(), uri, time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close(t.Context()) })
		return store.Workspace("shared")
	}
	shape := func(w db.Workspace) db.Shape {
		fields, err := w.Catalogue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return fields.Shape("custom.v")
	}
	write := func(w db.Workspace, v any) *db.Contact {
		c, err := w.CreateContact(t.Context(), db.ContactPatch{Custom: filter.Object{"v": v}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a, b := server(), server()
	if got := shape(b); got != 0 {
		t.Fatalf("an empty workspace has the shape %v", got.Kinds())
	}
	write(a, int64(5))
	if got := shape(b); got != db.ShapeOf(filter.KindNumber) {
		t.Errorf("b knows %v", got.Kinds())
	}
	write(b, []any{"x"})
	if got := shape(a); got != db.ShapeOf(filter.KindNumber, filter.KindText, filter.KindList) {
		t.Errorf("a knows %v", got.Kinds())
	}
	if _, err := b.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("custom.v"), Type: filter.KindNumber}); err != nil {
		t.Fatal(err)
	}
	if c := write(a, "7"); c.Custom["v"] != int64(7) {
		t.Errorf("a wrote %#v though the field is declared", c.Custom["v"])
	}
	if c := write(server(), "8"); c.Custom["v"] != int64(8) {
		t.Errorf("a new server wrote %#v though the field is declared", c.Custom["v"])
	}
}
