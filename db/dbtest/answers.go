package dbtest

import (
	"context"
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

// check asks the store what is in it, and compares with the model.
func (h *history) check(ctx context.Context, r *rapid.T) {
	fields, err := h.workspace().Catalogue(ctx)
	if err != nil {
		r.Fatal(err)
	}
	drawn := []Drawn{{Node: filter.Const(true)}, {Node: filter.MemberOf("vip")}, {Node: filter.Not{Node: filter.MemberOf("a")}}}
	for range 3 {
		if d := DrawFilter(r, 6); h.subject.Lacks.Filter(d.Node, fields) == "" {
			drawn = append(drawn, d)
		}
	}
	h.checkCounts(ctx, r, drawn)
	h.checkPages(ctx, r, drawn)
	h.checkEach(ctx, r, drawn)
	h.checkValues(ctx, r, fields)
}

func (h *history) checkCounts(ctx context.Context, r *rapid.T, drawn []Drawn) {
	var nodes []filter.Node
	for _, d := range drawn {
		nodes = append(nodes, d.Node)
	}
	counts, err := h.workspace().CountContacts(ctx, nodes)
	if err != nil {
		r.Fatal(err)
	}
	for i, d := range drawn {
		if want := h.model.count(d.Node); counts[i] != want {
			r.Fatalf("filter %+v: counted %d, want %d", d, counts[i], want)
		}
	}
	last := len(drawn) - 1
	explained, err := h.workspace().ExplainFilter(ctx, nodes[last])
	if err != nil || explained.Matching != counts[last] {
		r.Fatalf("filter %+v: explained as %+v, %v, want %d matching", drawn[last], explained, err, counts[last])
	}
}

func (h *history) checkPages(ctx context.Context, r *rapid.T, drawn []Drawn) {
	var queries []db.ContactQuery
	for range rapid.IntRange(1, 3).Draw(r, "queries") {
		queries = append(queries, h.drawQuery(r, rapid.SampledFrom(drawn).Draw(r, "of").Node))
	}
	pages, err := h.workspace().FindContacts(ctx, queries)
	if err != nil {
		r.Fatal(err)
	}
	for i, q := range queries {
		got, want := pages[i], h.model.find(q)
		if !q.Total {
			want.Total = got.Total // anything will do
		}
		if !slices.Equal(ids(got.Contacts), ids(want.Contacts)) || got.HasMore != want.HasMore || got.Total != want.Total {
			for _, c := range want.Contacts {
				r.Logf("%v: %+v", q.Sort.Key(c), *c)
			}
			r.Fatalf("query %+v\n got %v, more %v, %d in total\nwant %v, more %v, %d in total",
				q, ids(got.Contacts), got.HasMore, got.Total, ids(want.Contacts), want.HasMore, want.Total)
		}
		for j, c := range want.Contacts {
			if !agree(got.Contacts[j], c, q.Fields) {
				r.Fatalf("fields %v\n got %+v\nwant %+v", q.Fields, got.Contacts[j], c)
			}
		}
		h.past = append(h.past, want.Contacts[:min(3, len(want.Contacts))]...)
	}
}

// agree says whether two contacts have the same in the fields; nil is for all of them.
func agree(a, b *db.Contact, fields []string) bool {
	if fields == nil {
		return reflect.DeepEqual(a, b)
	}
	return !slices.ContainsFunc(fields, func(name string) bool {
		path := filter.MustPath(name)
		return !reflect.DeepEqual(filter.Value(a, path), filter.Value(b, path))
	})
}

// drawQuery draws a page of the contacts that match, which may begin or end at a contact of an earlier page, as it was.
func (h *history) drawQuery(r *rapid.T, n filter.Node) db.ContactQuery {
	var terms []db.SortTerm
	for range rapid.IntRange(0, db.MaxSortTerms).Draw(r, "terms") {
		path := rapid.SampledFrom([]string{
			"custom.a", "custom.b", "custom.c.a", "custom.b.a.b", "custom.c.0", "custom.u", "custom.never", "email", "firstName", "status", "subscribedAt", "createdAt", "updatedAt",
		}).Draw(r, "path")
		terms = append(terms, db.SortTerm{Path: filter.MustPath(path), Descending: rapid.Bool().Draw(r, "descending")})
	}
	sort, err := db.NewSort(terms)
	if err != nil {
		r.Fatal(err)
	}
	page := db.Page{Limit: rapid.SampledFrom([]int{1, 2, 7, 0, db.DefaultPageSize, db.MaxPageSize}).Draw(r, "limit"), Backward: rapid.Bool().Draw(r, "backward")}
	cursor := func(name string) *db.Key {
		if len(h.past) == 0 || rapid.Bool().Draw(r, name) {
			return nil
		}
		key, mistake := sort.ParseCursor(sort.Cursor(sort.Key(rapid.SampledFrom(h.past).Draw(r, name+" what"))))
		if mistake != nil {
			r.Fatal(mistake)
		}
		return &key
	}
	page.After = cursor("after")
	if rapid.IntRange(0, 2).Draw(r, "both ends") == 0 {
		page.Before = cursor("before")
	}
	fields := rapid.SampledFrom([][]string{nil, nil, {}, {"email", "custom.a"}, {"firstName", "tags", "custom.b.a", "custom.c"}}).Draw(r, "fields")
	return db.ContactQuery{Filter: n, Sort: sort, Page: page, Total: rapid.Bool().Draw(r, "total"), Fields: fields}
}
