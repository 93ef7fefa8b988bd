package embedded_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/filter"
)

const benchmarkContacts = 10_000

// customer returns a patch of the size and shape that the contacts of a small shop have.
func customer(i int) db.ContactPatch {
	email := fmt.Sprintf("customer%d@example.com", i)
	first, last := "Ada", fmt.Sprintf("Lovelace %d", i)
	tags := []string{"newsletter", fmt.Sprintf("group-%d", i%20)}
	subscribed := time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC)
	return db.ContactPatch{Email: &email, FirstName: &first, LastName: &last, Tags: &tags, SubscribedAt: &subscribed, Custom: filter.Object{
		"plan": []string{"free", "pro", "team"}[i%3], "score": int64(i % 1000), "active": i%2 == 0, "ratio": float64(i) / 7,
		"birthdate": filter.NewDate(1950+i%60, time.March, 1+i%28),
		"address":   filter.Object{"city": "London", "zip": fmt.Sprint(10000 + i), "geo": filter.Object{"latitude": 51.5, "longitude": -0.12}},
		"orders": []any{
			filter.Object{"total": int64(i % 300), "paid": true, "items": []any{"book", "pen"}},
			filter.Object{"total": 12.5, "paid": i%5 == 0, "items": []any{"lamp"}},
		},
	}}
}

func customers(from, to int) []db.ContactPatch {
	var patches []db.ContactPatch
	for i := from; i < to; i++ {
		patches = append(patches, customer(i))
	}
	return patches
}

func benchmarkStore(b *testing.B, patches func(from, to int) []db.ContactPatch) db.Workspace {
	b.Helper()
	store, err := embedded.Open(context.Background(), b.TempDir(), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close(context.Background()) })
	w := store.Workspace("w")
	for i := 0; i < benchmarkContacts; i += 1000 {
		if _, err := w.UpsertContacts(context.Background(), patches(i, i+1000), db.Upsert); err != nil {
			b.Fatal(err)
		}
	}
	return w
}

func parse(tb testing.TB, input filter.Object) filter.Node {
	tb.Helper()
	node, err := filter.Parser{}.Parse(input)
	if err != nil {
		tb.Fatal(err)
	}
	return node
}

func typicalFilter(tb testing.TB, i int) filter.Node {
	return parse(tb, filter.Object{"and": []any{
		filter.Object{"date": filter.Object{"path": "custom.birthdate", "before": fmt.Sprintf("%d-01-01", 1960+i)}},
		filter.Object{"not": filter.Object{"boolean": filter.Object{"path": "custom.active", "equals": true}}},
		filter.Object{"text": filter.Object{"path": "email", "notEndsWith": "@gmail.com"}},
		filter.Object{"any": filter.Object{"path": "custom.orders", "match": filter.Object{"number": filter.Object{"path": "total", "gte": i}}}},
	}})
}

func BenchmarkUpsert(b *testing.B) {
	small := func(from, to int) []db.ContactPatch {
		patches := customers(from, to)
		for i := range patches {
			patches[i] = db.ContactPatch{Email: patches[i].Email, FirstName: patches[i].FirstName, Custom: filter.Object{"score": int64(i), "plan": "free"}}
		}
		return patches
	}
	for name, patches := range map[string]func(from, to int) []db.ContactPatch{"typical": customers, "small": small} {
		b.Run(name+"/create", func(b *testing.B) { benchmarkUpsert(b, patches, benchmarkContacts, 1<<40) })
		b.Run(name+"/update", func(b *testing.B) { benchmarkUpsert(b, patches, 0, benchmarkContacts) })
	}
}

func benchmarkUpsert(b *testing.B, patches func(from, to int) []db.ContactPatch, from, to int) {
	w := benchmarkStore(b, patches)
	next, written := from, 0
	for b.Loop() {
		b.StopTimer()
		batch := patches(next, next+1000)
		for i := range batch { // so that an update changes something
			written++
			batch[i].Custom["score"] = int64(written)
		}
		b.StartTimer()
		if _, err := w.UpsertContacts(context.Background(), batch, db.Upsert); err != nil {
			b.Fatal(err)
		}
		if next += 1000; next >= to {
			next = from
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "contacts/s")
}

func BenchmarkCount(b *testing.B) {
	w := benchmarkStore(b, customers)
	filters := []filter.Node{typicalFilter(b, 0)}
	for b.Loop() {
		if _, err := w.CountContacts(context.Background(), filters); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFindFirstPage(b *testing.B) {
	w := benchmarkStore(b, customers)
	for name, sort := range map[string]db.Sort{
		"unsorted": nil,
		"sorted":   {{Path: filter.MustPath("custom.score"), Descending: true}},
	} {
		queries := []db.ContactQuery{{Filter: typicalFilter(b, 0), Sort: sort, Page: db.Page{Limit: 50}}}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.FindContacts(context.Background(), queries); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFiftySegments is a page that shows 50 segments with 10 members and the count of each.
func BenchmarkFiftySegments(b *testing.B) {
	w := benchmarkStore(b, customers)
	var queries []db.ContactQuery
	var filters []filter.Node
	for i := range 50 {
		filters = append(filters, typicalFilter(b, i))
		queries = append(queries, db.ContactQuery{Filter: filters[i], Page: db.Page{Limit: 10}})
	}
	for b.Loop() {
		if _, err := w.FindContacts(context.Background(), queries); err != nil {
			b.Fatal(err)
		}
		if _, err := w.CountContacts(context.Background(), filters); err != nil {
			b.Fatal(err)
		}
	}
}
