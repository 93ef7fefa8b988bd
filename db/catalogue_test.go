package db_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

// What Admit returns is all that a store keeps: a catalogue made of it knows what the first one knows.
func TestCatalogueSurvivesInWhatAdmitReturns(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		live := db.NewCatalogue(nil)
		stored := map[string]db.Field{}
		if rapid.Bool().Draw(r, "declare") {
			f := live.Declare(db.FieldDeclaration{Path: filter.MustPath("custom.m.k7"), Type: filter.KindNumber})
			stored[f.Path] = f
		}
		var paths []string
		for range rapid.IntRange(1, 5).Draw(r, "contacts") {
			keys := filter.Object{}
			from := rapid.IntRange(0, 300).Draw(r, "from")
			for k := range rapid.IntRange(0, 150).Draw(r, "keys") {
				key := fmt.Sprintf("k%d", from+k)
				keys[key] = rapid.SampledFrom([]any{int64(1), filter.Object{"x": 1.5}, []any{filter.Object{"y": nil}}, []any{}}).Draw(r, "value")
				if key == "k7" {
					keys[key] = int64(7)
				}
				paths = append(paths, "custom.m."+key, "custom.m."+key+".x", "custom.m."+key+".y")
			}
			changed, err := live.Admit(nil, &db.Contact{Custom: filter.Object{"m": keys}})
			if err != nil {
				r.Fatal(err)
			}
			for _, f := range changed {
				f.Shape |= stored[f.Path].Shape
				stored[f.Path] = f
			}
		}
		var fields []db.Field
		for _, f := range stored {
			fields = append(fields, f)
		}
		reloaded := db.NewCatalogue(fields)
		for _, path := range paths {
			if want, got := live.Shape(path), reloaded.Shape(path); want&^got != 0 {
				r.Fatalf("%s: reloaded as %v, want at least %v", path, got.Kinds(), want.Kinds())
			}
		}
		if n := len(reloaded.Fields()); n > 4*db.MaxKeys {
			r.Fatalf("%d fields", n)
		}
	})
}
