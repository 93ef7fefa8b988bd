package graph

import (
	"segmentql/db"
	"segmentql/filter"
	"segmentql/segment"
)

// sortOf checks the terms of a sort. Fields that no contact ever had are mistakes.
func sortOf(orderBy []*ContactOrder, fields filter.Fields) (db.Sort, error) {
	terms := make([]db.SortTerm, len(orderBy))
	for i, o := range orderBy {
		if _, standard := o.Path.Standard(); !standard && filter.CheckContactPath(o.Path) == nil {
			if err := filter.CheckKnown(fields, o.Path); err != nil {
				return nil, db.Errorf(db.UnknownField, "%s", err).At(i, "path")
			}
		}
		direction := o.Direction.Value()
		terms[i] = db.SortTerm{Path: o.Path, Descending: direction != nil && *direction == OrderDirectionDesc}
	}
	return db.NewSort(terms)
}

// ContactConnection is a page of contacts.
type ContactConnection struct {
	sort  db.Sort
	page  db.Page
	found db.ContactPage
}

// Nodes are the contacts of the page.
func (c *ContactConnection) Nodes() []*Contact { return newContacts(c.found.Contacts) }

// Edges are the contacts of the page with their cursors.
func (c *ContactConnection) Edges() []*ContactEdge {
	edges := make([]*ContactEdge, len(c.found.Contacts))
	for i, contact := range c.found.Contacts {
		edges[i] = &ContactEdge{Cursor: c.cursor(contact), Node: &Contact{contact}}
	}
	return edges
}

// PageInfo says what is around the page.
func (c *ContactConnection) PageInfo() *PageInfo {
	return pageInfo(c.page, c.found.Contacts, c.found.HasMore, c.cursor)
}

// TotalCount is the number of contacts on all pages.
func (c *ContactConnection) TotalCount() int32 { return int32(c.found.Total) }

func (c *ContactConnection) cursor(contact *db.Contact) string {
	return c.sort.Cursor(c.sort.Key(contact))
}

// SegmentConnection is a page of segments.
type SegmentConnection struct{ list segment.List }

// Nodes are the segments of the page.
func (c *SegmentConnection) Nodes() []*Segment { return newSegments(c.list.Segments) }

// Edges are the segments of the page with their cursors.
func (c *SegmentConnection) Edges() []*SegmentEdge {
	edges := make([]*SegmentEdge, len(c.list.Segments))
	for i, s := range c.list.Segments {
		edges[i] = &SegmentEdge{Cursor: segment.Cursor(s), Node: &Segment{Segment: s}}
	}
	return edges
}

// PageInfo says what is around the page.
func (c *SegmentConnection) PageInfo() *PageInfo {
	return pageInfo(c.list.Page, c.list.Segments, c.list.HasMore, segment.Cursor)
}

// TotalCount is the number of segments on all pages.
func (c *SegmentConnection) TotalCount() int32 { return int32(c.list.Total) }

// pageInfo says what is around a page. Beyond the end from which the page was reached there is something if a cursor
// points there.
func pageInfo[T any](page db.Page, items []T, hasMore bool, cursor func(T) string) *PageInfo {
	info := &PageInfo{HasNextPage: hasMore, HasPreviousPage: page.After != nil}
	if page.Backward {
		info.HasNextPage, info.HasPreviousPage = page.Before != nil, hasMore
	}
	if len(items) > 0 {
		first, last := cursor(items[0]), cursor(items[len(items)-1])
		info.StartCursor, info.EndCursor = &first, &last
	}
	return info
}

// pageArgs reads the arguments of a list.
func pageArgs(first *int32, after *string, last *int32, before *string) db.PageArgs {
	return db.PageArgs{First: first, After: after, Last: last, Before: before}
}
