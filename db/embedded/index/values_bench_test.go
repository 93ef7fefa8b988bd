package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

// BenchmarkFieldValues asks for the values of fields of a million contacts, of which one in a hundred was changed since.
func BenchmarkFieldValues(b *testing.B) {
	const contacts, changed, distinct = 1_000_000, 100, 1_000
	random := rand.New(rand.NewPCG(1, 2))
	draw := func(i int, version int64) *db.Contact {
		return &db.Contact{
			ID: fmt.Sprintf("con_%07d", i), Version: version, Status: db.Pending, Email: fmt.Sprintf("person.%d@example.com", i),
			Tags: []string{fmt.Sprint("group ", i%50), "newsletter"},
			Custom: filter.Object{
				"city": fmt.Sprint("City ", random.IntN(distinct)), "score": int64(random.IntN(distinct)),
				"orders": []any{filter.Object{"sku": fmt.Sprint("SKU ", random.IntN(distinct))}, filter.Object{"sku": fmt.Sprint("SKU ", random.IntN(distinct))}},
			},
		}
	}
	x, err := Build(b.Context(), func(_ context.Context, yield func([]byte) error) error {
		for i := range contacts {
			if err := yield(encode(b, draw(i, 1))); err != nil {
				return err
			}
		}
		return nil
	}, func(int) {})
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	for i := 0; i < contacts; i += changed * distinct {
		var changes []Change
		for j := i; j < i+changed*distinct; j += changed {
			c := draw(j, 2)
			changes = append(changes, Change{c.ID, c, encode(b, c)})
		}
		x.Apply(changes)
	}
	for name, q := range map[string]db.ValuesQuery{
		"texts":                  {Path: filter.MustPath("custom.city")},
		"texts by prefix":        {Path: filter.MustPath("custom.city"), Prefix: "city 12"},
		"numbers":                {Path: filter.MustPath("custom.score")},
		"in elements of lists":   {Path: filter.MustPath("custom.orders.sku")},
		"tags":                   {Path: filter.MustPath("tags")},
		"status":                 {Path: filter.MustPath("status")},
		"a million":              {Path: filter.MustPath("email")},
		"of a million by prefix": {Path: filter.MustPath("email"), Prefix: "PERSON.1234"},
	} {
		q.First = db.DefaultValues
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if values, err := x.Current().Values(b.Context(), q, nil); err != nil || len(values) == 0 {
					b.Fatal(values, err)
				}
			}
		})
	}
}
