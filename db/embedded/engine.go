package embedded

import (
	"context"

	"segmentql/db"
	"segmentql/filter"
)

// engine answers filters over the contacts of a workspace. An answer is that of filter.Match on every contact that
// t sees, neither older nor newer. Many goroutines may ask at once.
type engine interface {
	// find answers each query with the contacts of its page.
	find(ctx context.Context, t *tx, queries []db.ContactQuery) ([]found, error)

	// count says for each filter how many contacts match it.
	count(ctx context.Context, t *tx, filters []filter.Node) ([]int64, error)
}

// found is the answer to a query.
type found struct {
	ids  []string // in the order of the sort
	more bool     // beyond the page in the direction in which it was taken
}
