package segment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/segment"
)

// named are segments of which some have the same name but for its case, so that their IDs decide.
func named() []*db.Segment {
	return []*db.Segment{
		{ID: "seg_5", Name: "beta"},
		{ID: "seg_1", Name: "Beta"},
		{ID: "seg_4", Name: "Alpha", Description: "the FIRST letter"},
		{ID: "seg_3", Name: "BETA"},
		{ID: "seg_2", Name: "gamma"},
		{ID: "seg_6", Name: "Éclair"},
		{ID: "seg_7", Name: "alpha beta"},
	}
}

func idsOf(list segment.List) []string {
	var ids []string
	for _, s := range list.Segments {
		ids = append(ids, s.ID[len("seg_"):])
	}
	return ids
}

func TestSelectSearches(t *testing.T) {
	for search, want := range map[string]string{
		"":            "4 7 1 3 5 2 6",
		"beta":        "7 1 3 5",
		" BETA alp ":  "7",
		"first alpha": "4",
		"ÉCLAIR":      "6",
		"nothing":     "",
	} {
		list, err := segment.Select(named(), search, db.PageArgs{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(idsOf(list), " "); got != want || list.Total != len(list.Segments) || list.HasMore {
			t.Errorf("%q: got %s of %d, more %t, want %s", search, got, list.Total, list.HasMore, want)
		}
	}
	_, err := segment.Select(named(), strings.Repeat("a ", segment.MaxSearchWords+1), db.PageArgs{})
	if db.CodeOf(err) != db.LimitExceeded {
		t.Errorf("too many words: %v", err)
	}
}

func TestSelectPages(t *testing.T) {
	all, err := segment.Select(named(), "", db.PageArgs{})
	if err != nil {
		t.Fatal(err)
	}
	for size := int32(1); size <= 8; size++ {
		var forwards, backwards []string
		var after, before *string
		for more := true; more; {
			list, err := segment.Select(named(), "", db.PageArgs{First: &size, After: after})
			if err != nil {
				t.Fatal(err)
			}
			forwards, more = slices.Concat(forwards, idsOf(list)), list.HasMore
			last := segment.Cursor(list.Segments[len(list.Segments)-1])
			after = &last
		}
		for more := true; more; {
			list, err := segment.Select(named(), "", db.PageArgs{Last: &size, Before: before})
			if err != nil {
				t.Fatal(err)
			}
			backwards, more = slices.Concat(idsOf(list), backwards), list.HasMore
			first := segment.Cursor(list.Segments[0])
			before = &first
		}
		if want := idsOf(all); !slices.Equal(forwards, want) || !slices.Equal(backwards, want) {
			t.Errorf("by %d: %v forwards, %v backwards, want %v", size, forwards, backwards, want)
		}
	}
	_, err = segment.Select(named(), "", db.PageArgs{After: new("xyz")})
	if db.CodeOf(err) != db.BadInput {
		t.Errorf("a broken cursor: %v", err)
	}
}

func TestSearch(t *testing.T) {
	c := &db.Contact{ID: "con_1", Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace-Straße", Phone: "+44 (20) 1234"}
	for search, want := range map[string]bool{
		"": true, " ": true, "ADA": true, "example.com lovelace": true, "(20)": true, "+44": true, "STRASSE": false,
		"ada turing": false, ".*": false, "custom": false, "SUBSCRIBED": false,
	} {
		n, err := segment.Search(search)
		if err != nil {
			t.Fatal(err)
		}
		if got := filter.Match(n, c); got != want {
			t.Errorf("%q: %t, want %t", search, got, want)
		}
	}
	if _, err := segment.Search(fmt.Sprint(slices.Repeat([]string{"a"}, segment.MaxSearchWords+1))); db.CodeOf(err) != db.LimitExceeded {
		t.Errorf("too many words: %v", err)
	}
}
