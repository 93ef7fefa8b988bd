package dbtest

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

// FieldValues is what a store with the contacts must answer, computed in the plainest way.
func FieldValues(contacts iter.Seq[*db.Contact], q db.ValuesQuery) []db.ValueCount {
	counts := map[any]int64{}
	for c := range contacts {
		has := map[any]bool{}
		for v := range filter.Values(c, q.Path) {
			text, _ := v.(string)
			if len(text) <= db.MaxValueLength && filter.Passes(q.Test(), v) {
				has[filter.Canonical(v)] = true
			}
		}
		for v := range has {
			counts[v]++
		}
	}
	var values []db.ValueCount
	for v, n := range counts {
		values = append(values, db.ValueCount{Value: v, Count: n})
	}
	slices.SortFunc(values, db.ValueCount.Compare)
	return values[:min(q.First, len(values))]
}

// FieldRanges is what a store with the contacts must answer, computed in the plainest way.
func FieldRanges(contacts iter.Seq[*db.Contact], path filter.Path) db.Ranges {
	ranges := db.Ranges{}
	for c := range contacts {
		for v := range filter.Values(c, path) {
			ranges.Include(filter.Canonical(v))
		}
	}
	return ranges
}

// DrawValuesQuery draws a query at one of the paths that DrawDocument has values at, or of the others.
func DrawValuesQuery(r *rapid.T, others ...string) db.ValuesQuery {
	paths := append([]string{
		"custom.a", "custom.b", "custom.c", "custom.a.b", "custom.c.a", "custom.b.a.b", "custom.c.0", "custom.a.0.b", "custom.never",
		"email", "firstName", "status", "tags", "subscribedAt", "createdAt",
	}, others...)
	return db.ValuesQuery{
		Path:   filter.MustPath(rapid.SampledFrom(paths).Draw(r, "values at")),
		Prefix: rapid.SampledFrom([]string{"", "", "", "x", "X", "a", "ANN", "zo", "s", "ſ", "k", "v", "B", "re"}).Draw(r, "prefix"),
		First:  rapid.SampledFrom([]int{1, 3, 0, db.DefaultValues, db.MaxValues}).Draw(r, "first values"),
	}
}

// checkValues asks for the values and ranges of some paths.
func (h *history) checkValues(ctx context.Context, r *rapid.T, fields *db.Catalogue) {
	for range 3 {
		q := DrawValuesQuery(r, "custom.u")
		if h.subject.Lacks.Values(q.Path, fields) != "" {
			continue
		}
		values, err := h.workspace().FieldValues(ctx, q)
		if want := FieldValues(maps.Values(h.model), q); err != nil || !slices.Equal(values, want) {
			r.Fatalf("%+v\n got %v, %v\nwant %v", q, values, err, want)
		}
		ranges, err := h.workspace().FieldRanges(ctx, q.Path)
		if want := FieldRanges(maps.Values(h.model), q.Path); err != nil || !maps.Equal(ranges, want) {
			r.Fatalf("%s\n got %v, %v\nwant %v", q.Path, ranges, err, want)
		}
	}
}

// valuesOf are contacts with values of all kinds at all kinds of paths.
func valuesOf() []db.ContactPatch {
	long := strings.Repeat("é", db.MaxValueLength/2)
	var patches []db.ContactPatch
	for i, custom := range []filter.Object{
		{"plan": "Pro", "n": int64(5), "mixed": "5", "list": []any{"x", "x", "y"}, "orders": []any{filter.Object{"sku": "A"}, filter.Object{"sku": "A"}}},
		{"plan": "pro", "n": 5.0, "mixed": int64(5), "list": "x", "orders": filter.Object{"sku": "A"}},
		{"plan": "Pro", "n": 2.5, "mixed": true, "list": []any{int64(1), "y", nil, ""}, "orders": []any{filter.Object{"sku": []any{"B", "A"}}, "A"}},
		{"plan": "", "n": int64(1) << 60, "mixed": filter.NewDate(2026, 3, 1), "list": []any{}, "text": long},
		{"plan": nil, "n": float64(1 << 60), "mixed": start(), "text": long + "x", "on": filter.NewDate(1969, 12, 31)},
		{"n": int64(1)<<60 + 1, "mixed": start().Add(-time.Hour), "text": "ſtraße", "on": filter.NewDate(2026, 3, 1)},
		{"text": "STRASSE", "on": "2027-01-01", "deep": filter.Object{"0": "zero"}},
		{"text": "kelvin", "deep": []any{filter.Object{"0": "not asked"}}},
		{"text": "\u212Aelvin", "deep": filter.Object{"0": []any{"zero", "one"}}},
	} {
		p := email(address(i))
		p.Custom = custom
		if i < 4 {
			p.Tags = &[]string{"vip", "beta"}
		}
		patches = append(patches, p)
	}
	return patches
}

func (s Subject) testFieldValues(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	for _, p := range valuesOf() {
		create(t, w, p)
	}
	other := email("other@example.com")
	other.Custom = filter.Object{"plan": "of another workspace"}
	create(t, newWorkspace(store), other)
	fields := must[*db.Catalogue](t)(w.Catalogue(t.Context()))
	long := strings.Repeat("é", db.MaxValueLength/2)
	type values []struct {
		value any
		count int64
	}
	for name, c := range map[string]struct {
		path, prefix string
		first        int
		want         values
	}{
		"texts by number":          {"custom.plan", "", 9, values{{"Pro", 2}, {"pro", 1}}},
		"the first":                {"custom.plan", "", 1, values{{"Pro", 2}}},
		"none":                     {"custom.plan", "", 0, nil},
		"ignoring case":            {"custom.plan", "PR", 9, values{{"Pro", 2}, {"pro", 1}}},
		"no such beginning":        {"custom.plan", "x", 9, nil},
		"longer than the text":     {"custom.plan", "prof", 9, nil},
		"equal numbers":            {"custom.n", "", 9, values{{int64(5), 2}, {int64(1) << 60, 2}, {2.5, 1}, {int64(1)<<60 + 1, 1}}},
		"numbers have no prefix":   {"custom.n", "5", 9, nil},
		"of mixed types":           {"custom.mixed", "", 9, values{{int64(5), 1}, {"5", 1}, {true, 1}}},
		"of mixed types, text":     {"custom.mixed", "5", 9, values{{"5", 1}}},
		"elements, once a contact": {"custom.list", "", 9, values{{"x", 2}, {"y", 2}, {int64(1), 1}}},
		"in elements":              {"custom.orders.sku", "", 9, values{{"A", 3}, {"B", 1}}},
		"keys of digits":           {"custom.deep.0", "", 9, values{{"zero", 2}, {"one", 1}}},
		"as long as may be":        {"custom.text", "é", 9, values{{long, 1}}},
		"Unicode cases":            {"custom.text", "s", 9, values{{"STRASSE", 1}, {"ſtraße", 1}}},
		"folded one by one":        {"custom.text", "strass", 9, values{{"STRASSE", 1}}},
		"the sign of the kelvin":   {"custom.text", "K", 9, values{{"kelvin", 1}, {"\u212Aelvin", 1}}},
		"not a pattern":            {"custom.text", ".", 9, nil},
		"days have a range":        {"custom.on", "", 9, values{{"2027-01-01", 1}}},
		"tags":                     {"tags", "", 9, values{{"beta", 4}, {"vip", 4}}},
		"tags by prefix":           {"tags", "V", 9, values{{"vip", 4}}},
		"email":                    {"email", address(3)[:4], 1, values{{address(0), 1}}},
		"status":                   {"status", "", 9, values{{string(db.Pending), 9}}},
		"a field of nobody":        {"custom.never", "", 9, nil},
		"objects":                  {"custom.deep", "", 9, nil},
	} {
		t.Run(name, func(t *testing.T) {
			path := filter.MustPath(c.path)
			if reason := s.Lacks.Values(path, fields); reason != "" {
				t.Skip("the server lacks it: " + reason)
			}
			got := must[[]db.ValueCount](t)(w.FieldValues(t.Context(), db.ValuesQuery{Path: path, Prefix: c.prefix, First: c.first}))
			var want []db.ValueCount
			for _, v := range c.want {
				want = append(want, db.ValueCount{Value: v.value, Count: v.count})
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	for _, q := range []db.ValuesQuery{{First: db.MaxValues + 1}, {First: -1}, {First: 1, Prefix: long + "x"}} {
		q.Path = filter.MustPath("custom.plan")
		_, err := w.FieldValues(t.Context(), q)
		wantCode(t, err, db.BadInput)
	}
}

func (s Subject) testFieldRanges(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	for _, p := range valuesOf() {
		create(t, w, p)
	}
	fields := must[*db.Catalogue](t)(w.Catalogue(t.Context()))
	for name, c := range map[string]struct {
		path string
		want db.Ranges
	}{
		"numbers":       {"custom.n", db.Ranges{filter.KindNumber: {Min: 2.5, Max: int64(1)<<60 + 1}}},
		"days":          {"custom.on", db.Ranges{filter.KindDate: {Min: filter.NewDate(1969, 12, 31), Max: filter.NewDate(2026, 3, 1)}}},
		"a single one":  {"custom.list", db.Ranges{filter.KindNumber: {Min: int64(1), Max: int64(1)}}},
		"text has none": {"custom.plan", db.Ranges{}},
		"instants":      {"createdAt", db.Ranges{filter.KindDateTime: {Min: start(), Max: start()}}},
		"of nobody":     {"custom.never", db.Ranges{}},
		"of each kind": {"custom.mixed", db.Ranges{
			filter.KindNumber:   {Min: int64(5), Max: int64(5)},
			filter.KindDate:     {Min: filter.NewDate(2026, 3, 1), Max: filter.NewDate(2026, 3, 1)},
			filter.KindDateTime: {Min: start().Add(-time.Hour), Max: start()},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filter.MustPath(c.path)
			if reason := s.Lacks.Values(path, fields); reason != "" {
				t.Skip("the server lacks it: " + reason)
			}
			if got := must[db.Ranges](t)(w.FieldRanges(t.Context(), path)); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
