package db

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"segmentql/filter"
)

// Limits of a segment.
const (
	MaxSegmentName        = 200 // bytes
	MaxSegmentDescription = 2_000
	MaxSegments           = 1_000 // in a workspace: every one of them is asked when a contact's segments are
)

// SegmentKind says how the members of a segment are determined.
type SegmentKind string

// The kinds.
const (
	Dynamic SegmentKind = "DYNAMIC" // whoever matches the filter
	Static  SegmentKind = "STATIC"  // whoever has the segment's ID among Contact.Segments
)

// Segment is a named set of contacts of its workspace.
type Segment struct {
	ID          string
	Name        string
	Description string
	Kind        SegmentKind
	Filter      json.RawMessage // the filter in its input form, as it was sent; nil where the kind is Static
	Format      int             // version of that form, see filter.Format
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64 // counts the writes, from 1
}

// SegmentPatch is a change of a segment; a nil field is left as it is. The caller has checked the filter.
type SegmentPatch struct {
	Name        *string
	Description *string
	Kind        SegmentKind // of a new segment, Dynamic unless given; it stays what it is
	Filter      json.RawMessage
	Format      int    // of Filter; 0 is filter.Format
	Version     *int64 // fails with Conflict where the segment has another version
}

// NewSegment makes a segment of a patch.
func NewSegment(p SegmentPatch, now time.Time) (Segment, error) {
	p.Version = nil
	return p.Apply(Segment{ID: NewID(SegmentID, now), Kind: cmp.Or(p.Kind, Dynamic), CreatedAt: millis(now)}, now)
}

// Apply returns the segment with the patch applied and checked.
func (p SegmentPatch) Apply(s Segment, now time.Time) (Segment, error) {
	if p.Version != nil && *p.Version != s.Version {
		return Segment{}, staleVersion(s.Version)
	}
	set(&s.Name, p.Name)
	set(&s.Description, p.Description)
	if p.Filter != nil && s.Kind == Static {
		return Segment{}, Errorf(BadInput, "the segment is static and has no filter; add and remove its members").At("filter")
	}
	if p.Filter != nil {
		s.Filter, s.Format = p.Filter, cmp.Or(p.Format, filter.Format)
	}
	s.UpdatedAt = millis(now)
	s.Version++
	s.Name, s.Description = strings.TrimSpace(s.Name), strings.TrimSpace(s.Description)
	switch {
	case s.Name == "":
		return Segment{}, Errorf(BadInput, "a segment needs a name").At("name")
	case len(s.Name) > MaxSegmentName:
		return Segment{}, Errorf(BadInput, "a segment's name has at most %d bytes", MaxSegmentName).At("name")
	case len(s.Description) > MaxSegmentDescription:
		return Segment{}, Errorf(BadInput, "a segment's description has at most %d bytes", MaxSegmentDescription).At("description")
	}
	return s, nil
}

// NoSuchSegment is the error for an ID that names no segment of the workspace.
func NoSuchSegment() *Error { return Errorf(NotFound, "there is no such segment") }

// TooManySegments is the error for a segment beyond MaxSegments.
func TooManySegments() *Error {
	return Errorf(LimitExceeded, "a workspace has at most %d segments; delete those that are not used any more", MaxSegments)
}
