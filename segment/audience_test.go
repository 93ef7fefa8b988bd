package segment_test

import (
	"encoding/json"
	"slices"
	"testing"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/segment"
)

// TestAudience asks of each of four contacts whether it belongs to an audience. A segment that is not valid any more is
// an error wherever it stands: an audience must not grow by it.
func TestAudience(t *testing.T) {
	w := open(t)
	guests, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: new("Guests"), Kind: db.Static})
	if err != nil {
		t.Fatal(err)
	}
	pros := create(t, w, "Pros", `{"text":{"path":"custom.plan","equals":"pro"}}`)
	broken := create(t, w, "Broken", `{"text":{"path":"custom.gone","equals":"x"}}`)
	subscribed := db.Subscribed
	contacts := map[string]db.ContactPatch{
		"guest":      {Email: new("a@example.com"), Status: &subscribed, AddSegments: []string{guests.ID}},
		"pro":        {Email: new("b@example.com"), Custom: filter.Object{"plan": "pro"}},
		"both":       {Email: new("c@example.com"), Status: &subscribed, Custom: filter.Object{"plan": "pro"}, AddSegments: []string{guests.ID}},
		"no address": {Status: &subscribed, AddSegments: []string{guests.ID}},
	}
	stored := map[string]*db.Contact{}
	for name, p := range contacts {
		if stored[name], err = w.CreateContact(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	parser, err := segment.NewParser(t.Context(), w, start())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		audience segment.Audience
		want     []string
		code     db.Code
	}{
		"static":                   {segment.Audience{Include: []string{guests.ID}}, []string{"both", "guest", "no address"}, ""},
		"any of two":               {segment.Audience{Include: []string{guests.ID, pros.ID}}, []string{"both", "guest", "no address", "pro"}, ""},
		"less one":                 {segment.Audience{Include: []string{guests.ID, pros.ID}, Exclude: []string{pros.ID}}, []string{"guest", "no address"}, ""},
		"those who can be reached": {segment.Audience{Include: []string{guests.ID, pros.ID}, SubscribedOnly: true}, []string{"both", "guest"}, ""},
		"less itself":              {segment.Audience{Include: []string{pros.ID}, Exclude: []string{pros.ID}}, nil, ""},
		"of none":                  {segment.Audience{}, nil, db.BadInput},
		"unknown":                  {segment.Audience{Include: []string{"seg_0"}}, nil, db.NotFound},
		"includes a broken one":    {segment.Audience{Include: []string{pros.ID, broken.ID}}, nil, db.UnknownField},
		"excludes a broken one":    {segment.Audience{Include: []string{pros.ID}, Exclude: []string{broken.ID}}, nil, db.UnknownField},
		"too many":                 {segment.Audience{Include: slices.Repeat([]string{pros.ID}, 101)}, nil, db.LimitExceeded},
	} {
		n, err := c.audience.Node(parser)
		if c.code != "" {
			if err == nil || db.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for name, contact := range stored {
			if filter.Match(n, contact) {
				got = append(got, name)
			}
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestReferenceToStatic holds a condition on a static segment to ask for its members, and its negation for all others.
func TestReferenceToStatic(t *testing.T) {
	w := open(t)
	guests, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: new("Guests"), Kind: db.Static})
	if err != nil {
		t.Fatal(err)
	}
	for f, want := range map[string]bool{
		`{"segment":{"id":"` + guests.ID + `"}}`:                                      true,
		`{"segment":{"id":"` + guests.ID + `","member":false}}`:                       false,
		`{"not":{"and":[{"segment":{"id":"` + guests.ID + `"}},{"not":{"and":[]}}]}}`: true,
	} {
		s := create(t, w, "of "+f, f)
		parser, err := segment.NewParser(t.Context(), w, start())
		if err != nil {
			t.Fatal(err)
		}
		n, err := segment.Node(parser, &db.Segment{ID: s.ID, Name: s.Name, Kind: db.Dynamic, Filter: json.RawMessage(f)})
		if err != nil {
			t.Fatal(err)
		}
		if got := filter.Match(n, &db.Contact{Segments: []string{"seg_other", guests.ID}}); got != want {
			t.Errorf("%s: %t, want %t", f, got, want)
		}
	}
	if err := segment.Delete(t.Context(), w, guests.ID); db.CodeOf(err) != db.Conflict {
		t.Errorf("deleted, although others refer to it: %v", err)
	}
}
