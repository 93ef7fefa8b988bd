package db_test

import (
	"fmt"
	"reflect"
	"slices"
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
			form := rapid.SampledFrom([]string{"k%d", "k%d", "%05d"}).Draw(r, "form")
			for k := range rapid.IntRange(0, 150).Draw(r, "keys") {
				key := fmt.Sprintf(form, from+k)
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

// drawObject draws an object of which some keys are data.
func drawObject(r *rapid.T, depth int) filter.Object {
	o := filter.Object{}
	for range rapid.IntRange(0, 4).Draw(r, "keys") {
		key := rapid.SampledFrom([]string{
			"name", "note", "10001", "10002", "10003", "10004", "5ca4bbcea2dd94ee58162a68", "2026-03-01", "2026",
		}).Draw(r, "key")
		switch {
		case depth > 0 && rapid.Bool().Draw(r, "object"):
			o[key] = drawObject(r, depth-1)
		case depth > 0 && rapid.IntRange(0, 3).Draw(r, "list") == 0:
			o[key] = []any{drawObject(r, depth-1)}
		default:
			o[key] = rapid.SampledFrom([]any{int64(1), "x", true}).Draw(r, "value")
		}
	}
	return o
}

// Which objects have data for keys does not depend on the order in which contacts are written, nor on who writes them.
func TestCatalogueIsTheSameInAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var contacts []*db.Contact
		for range rapid.IntRange(1, 6).Draw(r, "contacts") {
			contacts = append(contacts, &db.Contact{Custom: filter.Object{"m": drawObject(r, 2)}})
		}
		admit := func(c *db.Catalogue, contact *db.Contact) []db.Field {
			changed, err := c.Admit(nil, contact)
			if err != nil {
				r.Fatal(err)
			}
			return changed
		}
		first, other, apart, stored := db.NewCatalogue(nil), db.NewCatalogue(nil), db.NewCatalogue(nil), db.NewCatalogue(nil)
		for _, contact := range contacts {
			stored.Add(admit(first, contact))
		}
		for i, contact := range rapid.Permutation(contacts).Draw(r, "order") {
			server := []*db.Catalogue{other, apart}[i%2]
			changed := admit(server, contact)
			other.Add(changed)
			apart.Add(changed)
		}
		want := first.Fields()
		for name, c := range map[string]*db.Catalogue{"in another order": other, "of another server": apart, "stored": stored} {
			if got := c.Fields(); !reflect.DeepEqual(got, want) {
				r.Fatalf("%s\n got %+v\nwant %+v", name, got, want)
			}
		}
	})
}

// An object whose keys are data is one field, and what is known of its keys is known of any.
func TestMapLikeField(t *testing.T) {
	c := db.NewCatalogue(nil)
	tier := func(name string) filter.Object { return filter.Object{"tier": name, "benefits": []any{"lounge"}} }
	for _, custom := range []filter.Object{
		{"name": "A", "tiers": filter.Object{"0df078f33aa74a2e9696e0520c1a828a": tier("Gold")}},
		{"tiers": filter.Object{"699456451cc24f028d2aa99d7534c219": tier("Bronze"), "c06d340a4bad42c59e3b6665571d2907": tier("Silver")}},
		{"tiers": filter.Object{"vip": filter.Object{"since": filter.NewDate(2026, 3, 1)}}},
	} {
		if _, err := c.Admit(nil, &db.Contact{Custom: custom}); err != nil {
			t.Fatal(err)
		}
	}
	paths := func(fields []db.Field) (paths []string) {
		for _, f := range fields {
			paths = append(paths, f.Path)
		}
		return paths
	}
	for name, compared := range map[string]struct{ got, want []string }{
		"named": {paths(c.NamedFields()), []string{"custom.name", "custom.tiers"}},
		"below": {
			paths(c.FieldsBelow("custom.tiers")),
			[]string{"custom.tiers.*", "custom.tiers.*.benefits", "custom.tiers.*.since", "custom.tiers.*.tier"},
		},
		"below a key": {paths(c.FieldsBelow("custom.tiers.new")), []string{"custom.tiers.new.benefits", "custom.tiers.new.since", "custom.tiers.new.tier"}},
		"below none":  {paths(c.FieldsBelow("custom.other")), nil},
	} {
		if !slices.Equal(compared.got, compared.want) {
			t.Errorf("%s: got %q, want %q", name, compared.got, compared.want)
		}
	}
	if f, known := c.Field("custom.tiers"); !known || !f.MapLike {
		t.Errorf("got %+v", f)
	}
	if f, known := c.Field("custom.tiers.new.tier"); !known || f.Path != "custom.tiers.new.tier" || f.Shape != db.ShapeOf(filter.KindText) || f.MapLike {
		t.Errorf("got %+v", f)
	}
	for path, want := range map[string]bool{"custom.tiers.new.tier": true, "custom.tiers.*.tier": false, "custom.tiers.new.tire": false} {
		if known, nearest := c.Known(path); known != want || nearest == path {
			t.Errorf("%s: known %v, nearest %q", path, known, nearest)
		}
	}

	// A type that is declared for any key is that of all.
	c.Declare(db.FieldDeclaration{Path: filter.MustPath("custom.scores.*.at"), Type: filter.KindDate})
	contact := &db.Contact{Custom: filter.Object{"scores": filter.Object{"maths": filter.Object{"at": "2026-03-01"}}}}
	if _, err := c.Admit(nil, contact); err != nil {
		t.Fatal(err)
	}
	if got := contact.Custom["scores"].(filter.Object)["maths"].(filter.Object)["at"]; got != filter.NewDate(2026, 3, 1) {
		t.Errorf("got %#v", got)
	}
}
