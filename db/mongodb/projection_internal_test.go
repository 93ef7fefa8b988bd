package mongodb

import (
	"slices"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

func TestProjection(t *testing.T) {
	by := func(paths ...string) db.Sort {
		var s db.Sort
		for _, path := range paths {
			s = append(s, db.SortTerm{Path: filter.MustPath(path)})
		}
		return s
	}
	for name, c := range map[string]struct {
		fields []string
		sort   db.Sort
		want   []string // beside _id and version
	}{
		"nothing":                     {[]string{}, nil, nil},
		"standard fields":             {[]string{"tags", "email"}, nil, []string{"email", "tags"}},
		"what it is sorted by":        {[]string{"email"}, by("custom.n", "createdAt"), []string{"createdAt", "custom.n", "email"}},
		"twice":                       {[]string{"email", "email"}, by("email"), []string{"email"}},
		"all custom fields":           {[]string{"custom", "custom.plan"}, by("custom.a.b"), []string{"custom"}},
		"all custom fields, last":     {[]string{"custom.plan", "custom"}, nil, []string{"custom"}},
		"custom fields":               {[]string{"custom.plan", "custom.age"}, nil, []string{"custom.age", "custom.plan"}},
		"within one another":          {[]string{"custom.address.city", "custom.address"}, nil, []string{"custom.address"}},
		"sorted by what is within":    {[]string{"custom.address"}, by("custom.address.city.0"), []string{"custom.address"}},
		"sorted by what it is within": {[]string{"custom.address.city"}, by("custom.address"), []string{"custom.address"}},
		"the same beginning": {
			[]string{"custom.plan", "custom.plans.x", "custom.plan-b"},
			nil,
			[]string{"custom.plan", "custom.plan-b", "custom.plans.x"},
		},
		"something else sorted in between": {
			[]string{"custom.a", "custom.a-b", "custom.a.b"}, nil, []string{"custom.a", "custom.a-b"},
		},
	} {
		var got []string
		for _, e := range projection(db.ContactQuery{Fields: c.fields, Sort: c.sort}) {
			got = append(got, e.Key)
		}
		if want := append([]string{"_id", "version"}, c.want...); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := projection(db.ContactQuery{Sort: by("email")}); got != nil {
		t.Errorf("everything: got %v", got)
	}
}
