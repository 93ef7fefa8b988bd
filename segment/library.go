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
	shelves func() (shelves, error)
}

// shelves are segments, and who refers to them.
type shelves struct {
	byID  map[string]entry
	users map[string][]*db.Segment // by the ID to which their filters refer, by name
}

// entry is a segment with its filter in the input form, or why that cannot be read.
type entry struct {
	*db.Segment
	input any
	err   error
}

// NewLibrary returns the segments of the workspace as they are when somebody first asks for one.
func NewLibrary(ctx context.Context, w db.Workspace) *Library {
	return &Library{sync.OnceValues(func() (shelves, error) {
		all, err := w.Segments(ctx)
		if err != nil {
			return shelves{}, err
		}
		slices.SortFunc(all, func(a, b *db.Segment) int { return order().Compare(key(a), key(b)) })
		s := shelves{make(map[string]entry, len(all)), map[string][]*db.Segment{}}
		for _, segment := range all {
			in, err := input(segment)
			s.byID[segment.ID] = entry{segment, in, err}
			for _, id := range filter.References(in) {
				s.users[id] = append(s.users[id], segment)
			}
		}
		return s, nil
	})}
}

// Segment returns the saved filter of a segment.
func (l *Library) Segment(id string) (filter.SavedFilter, bool, error) {
	s, err := l.shelves()
	e, known := s.byID[id]
	if err != nil || !known {
		return filter.SavedFilter{}, false, err
	}
	return filter.SavedFilter{Name: e.Name, Static: e.Kind == db.Static, Input: e.input}, true, e.err
}

// All returns all segments, in no particular order.
func (l *Library) All() ([]*db.Segment, error) {
	s, err := l.shelves()
	var all []*db.Segment
	for _, e := range s.byID {
		all = append(all, e.Segment)
	}
	return all, err
}

// UsedBy returns the segments of which the filter refers to the segment, by name.
func (l *Library) UsedBy(id string) ([]*db.Segment, error) {
	s, err := l.shelves()
	return s.users[id], err
}

// UsersOfField returns the segments of which the filter asks for what is at the path or below it, by name. A filter that
// cannot be read asks for nothing.
func (l *Library) UsersOfField(path filter.Path) ([]*db.Segment, error) {
	s, err := l.shelves()
	var users []*db.Segment
	for _, e := range s.byID {
		uses := func(used string) bool { return used == path.String() || strings.HasPrefix(used, path.String()+".") }
		if slices.ContainsFunc(filter.Paths(e.input), uses) {
			users = append(users, e.Segment)
		}
	}
	slices.SortFunc(users, func(a, b *db.Segment) int { return order().Compare(key(a), key(b)) })
	return users, err
}

// allUsers returns the segments that refer to the segment, directly or by others.
func (s shelves) allUsers(id string) []*db.Segment {
	seen := map[string]bool{id: true}
	var found []*db.Segment
	var add func(id string)
	add = func(id string) {
		for _, user := range s.users[id] {
			if !seen[user.ID] {
				seen[user.ID] = true
				found = append(found, user)
				add(user.ID)
			}
		}
	}
	add(id)
	return found
}

// with returns the library in which the segment has another filter.
func (l *Library) with(id string, changed db.SegmentPatch) *Library {
	return &Library{sync.OnceValues(func() (shelves, error) {
		s, err := l.shelves()
		if e, known := s.byID[id]; known {
			segment := *e.Segment
			segment.Filter, segment.Format = changed.Filter, filter.Format
			in, err := input(&segment)
			s.byID = maps.Clone(s.byID)
			s.byID[id] = entry{&segment, in, err}
		}
		return s, err
	})}
}

// CheckUsers says whether the segments that refer to the one with the ID, directly or by others, stay valid when it
// gets another filter. Those that are not valid anyway do not count.
func CheckUsers(p Parser, id string, changed db.SegmentPatch) error {
	shelves, err := p.Library.shelves()
	if err != nil {
		return err
	}
	after := p
	after.Library = p.Library.with(id, changed)
	after.Segments = after.Library
	for _, s := range shelves.allUsers(id) {
		if _, err := Node(p, s); err != nil {
			continue
		}
		if _, err := Node(after, s); err != nil {
			return db.Errorf(db.BadInput, "with this filter another segment would not be valid any more: %s", err).At("filter")
		}
	}
	return nil
}

// CheckStatic says whether members can be added to the segment, and removed.
func CheckStatic(s *db.Segment) error {
	if s.Kind != db.Static {
		return db.Errorf(db.BadInput, "the segment %q is dynamic: its members are those who match its filter; create a segment of the kind STATIC to list members", s.Name)
	}
	return nil
}

// Delete deletes a segment, unless the filter of another refers to it.
func Delete(ctx context.Context, w db.Workspace, id string) error {
	users, err := NewLibrary(ctx, w).UsedBy(id)
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
