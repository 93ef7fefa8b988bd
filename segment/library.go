package segment

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"segmentql/db"
	"segmentql/filter"
)

// Library is the segments of a workspace, to which filters may refer. They are read once, when the first filter does.
type Library struct {
	segments func() (map[string]*db.Segment, error) // by ID
}

func newLibrary(ctx context.Context, w db.Workspace) *Library {
	return &Library{sync.OnceValues(func() (map[string]*db.Segment, error) {
		all, err := w.Segments(ctx)
		if err != nil {
			return nil, err
		}
		byID := make(map[string]*db.Segment, len(all))
		for _, s := range all {
			byID[s.ID] = s
		}
		return byID, nil
	})}
}

// Segment returns the saved filter of a segment.
func (l *Library) Segment(id string) (filter.SavedFilter, bool, error) {
	segments, err := l.segments()
	if err != nil || segments[id] == nil {
		return filter.SavedFilter{}, false, err
	}
	input, err := input(segments[id])
	return filter.SavedFilter{Name: segments[id].Name, Input: input}, true, err
}

// All returns all segments, in no particular order.
func (l *Library) All() ([]*db.Segment, error) {
	segments, err := l.segments()
	return slices.Collect(maps.Values(segments)), err
}

// UsedBy returns the segments of which the filter refers to the segment, by name.
func (l *Library) UsedBy(id string) ([]*db.Segment, error) {
	segments, err := l.segments()
	var users []*db.Segment
	for _, s := range segments {
		if in, err := input(s); err == nil && slices.Contains(filter.References(in), id) {
			users = append(users, s)
		}
	}
	slices.SortFunc(users, func(a, b *db.Segment) int { return order().Compare(key(a), key(b)) })
	return users, err
}

// with returns the library in which the segment has another filter.
func (l *Library) with(id string, changed db.SegmentPatch) *Library {
	return &Library{func() (map[string]*db.Segment, error) {
		segments, err := l.segments()
		if err != nil || segments[id] == nil {
			return segments, err
		}
		replaced := maps.Clone(segments)
		s := *segments[id]
		s.Filter, s.Format = changed.Filter, filter.Format
		replaced[id] = &s
		return replaced, nil
	}}
}

// CheckUsers says whether the segments that refer to the one with the ID, directly or by others, stay valid when it
// gets another filter. Those that are not valid anyway do not count.
func CheckUsers(p Parser, id string, changed db.SegmentPatch) error {
	segments, err := p.Library.segments()
	if err != nil {
		return err
	}
	after := p
	after.Segments = p.Library.with(id, changed)
	for _, s := range segments {
		if in, err := input(s); err != nil || s.ID == id || len(filter.References(in)) == 0 {
			continue
		}
		if _, err := Node(p, s); err != nil {
			continue
		}
		if _, err := Node(after, s); err != nil {
			return db.Errorf(db.BadInput, "with this filter another segment would not be valid any more: %s", err).At("filter")
		}
	}
	return nil
}

// Delete deletes a segment, unless the filter of another refers to it.
func Delete(ctx context.Context, w db.Workspace, id string) error {
	users, err := newLibrary(ctx, w).UsedBy(id)
	if err != nil {
		return err
	}
	if len(users) > 0 {
		names := make([]string, len(users))
		for i, s := range users {
			names[i] = "\"" + s.Name + "\""
		}
		return db.Errorf(db.Conflict, "other segments refer to this one: %s; change or delete them first", strings.Join(names, ", ")).At("id")
	}
	return w.DeleteSegment(ctx, id)
}
