package embedded

import (
	"sync/atomic"

	"segmentql/db"
)

// shortcut narrows a pass of which every query is unsorted and wants a page from the front. The pass meets contacts
// in the order of such queries, so that each page is complete with the first few that match. Without it, reading a
// list page by page would read all of it for each page.
type shortcut struct {
	after   string         // no page begins before this ID
	missing []atomic.Int64 // by query, how many contacts are still to be met until its page is complete
	open    atomic.Int64   // pages that are not complete
}

// newShortcut returns nil where the queries allow none.
func newShortcut(queries []db.ContactQuery) *shortcut {
	s := &shortcut{missing: make([]atomic.Int64, len(queries))}
	s.open.Store(int64(len(queries)))
	for i, q := range queries {
		if len(q.Sort) > 0 || q.Page.Backward {
			return nil
		}
		after := ""
		if q.Page.After != nil {
			after = q.Page.After.ID
		}
		if i == 0 || after < s.after {
			s.after = after
		}
		s.missing[i].Store(int64(q.Page.Limit) + 1) // one more says that there are more
	}
	return s
}

// met counts a contact of the page of query i.
func (s *shortcut) met(i int) {
	if s.missing[i].Add(-1) == 0 {
		s.open.Add(-1)
	}
}

// complete says that no contact that comes later belongs to any of the pages.
func (s *shortcut) complete() bool { return s.open.Load() == 0 }
