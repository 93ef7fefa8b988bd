// Package segment is what segments can do beyond storage: their filters in the workspace's context, the segments of
// a contact, search.
package segment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"segmentql/bulk"
	"segmentql/db"
	"segmentql/filter"
)

// Parser reads filters over the contacts of a workspace: fields that these never had are mistakes, and so are segments
// that there are not.
type Parser struct {
	filter.Parser
	Catalogue *db.Catalogue
	Library   *Library
}

// NewParser returns a parser to which the workspace is as it is now. Dates may be relative to that.
func NewParser(ctx context.Context, w db.Workspace, now time.Time) (Parser, error) {
	fields, err := w.Catalogue(ctx)
	if err != nil {
		return Parser{}, err
	}
	library := NewLibrary(ctx, w)
	return Parser{filter.Parser{Fields: fields, Segments: library, Now: now}, fields, library}, nil
}

// Node returns the node that holds for the members of a segment: the saved filter of a dynamic one. A filter that is not
// valid any more is an error, so that the segment matches nobody.
func Node(p Parser, s *db.Segment) (filter.Node, error) {
	if s.Kind == db.Static {
		return filter.MemberOf(s.ID), nil
	}
	input, err := input(s)
	if err != nil {
		return nil, err
	}
	p.Of = s.ID
	n, err := p.Parse(input)
	if problems, ok := errors.AsType[filter.Problems](err); ok {
		return nil, db.Errorf(db.Code(problems[0].Code), "the filter of the segment %q is not valid any more: %s", s.Name, problems)
	}
	return n, err
}

// input returns the saved filter in its input form, with its numbers exact; a static segment has none.
func input(s *db.Segment) (any, error) {
	if s.Kind == db.Static {
		return nil, nil
	}
	if s.Format > filter.Format {
		return nil, db.Errorf(db.Unavailable, "the filter of the segment %q was saved by a newer SegmentQL; use that one", s.Name)
	}
	decoder := json.NewDecoder(bytes.NewReader(s.Filter))
	decoder.UseNumber()
	var input any
	if err := decoder.Decode(&input); err != nil {
		return nil, db.Errorf(db.Internal, "the saved filter of the segment %q cannot be read", s.Name).Because(err)
	}
	return input, nil
}

// Of returns those of the segments of which the contact is a member. A segment whose filter is not valid any more
// has no members.
func Of(c *db.Contact, compiled []Compiled) []*db.Segment {
	var segments []*db.Segment
	for _, s := range compiled {
		if s.Node != nil && filter.Match(s.Node, c) {
			segments = append(segments, s.Segment)
		}
	}
	return segments
}

// Compiled is a segment with its filter as a node, nil where that is not valid any more.
type Compiled struct {
	*db.Segment
	Node filter.Node
}

// Compile returns the segments with their nodes.
func Compile(p Parser, segments []*db.Segment) []Compiled {
	compiled := make([]Compiled, len(segments))
	for i, s := range segments {
		compiled[i].Segment = s
		if n, err := Node(p, s); err == nil {
			compiled[i].Node = n
		}
	}
	return compiled
}

// Find returns the segment with the ID. It fails with NotFound.
func Find(ctx context.Context, w db.Workspace, id string) (*db.Segment, error) {
	found, err := w.SegmentsByID(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if found[0] == nil {
		return nil, db.NoSuchSegment()
	}
	return found[0], nil
}

// Duplicate creates a segment with the filter of another, or of a static one with its members: where these are many, a
// job of the queue adds them. Without a name it is a copy by its name, too.
func Duplicate(ctx context.Context, w db.Workspace, queue bulk.Queue, id string, name *string) (*db.Segment, *db.Job, error) {
	original, err := Find(ctx, w, id)
	if err != nil {
		return nil, nil, err
	}
	if name == nil {
		name = copyName(original.Name)
	}
	copied, err := w.CreateSegment(ctx, db.SegmentPatch{
		Name: name, Description: &original.Description, Kind: original.Kind, Filter: original.Filter, Format: original.Format,
	})
	if err != nil || original.Kind != db.Static {
		return copied, nil, err
	}
	members, err := bulk.Members(filter.Parser{Segments: NewLibrary(ctx, w)}, id)
	if err != nil {
		return nil, nil, err
	}
	done, err := bulk.Apply(ctx, w, queue, members, bulk.Join(copied))
	return copied, done.Job, err
}

// copyName cuts the name to the length that names may have.
func copyName(name string) *string {
	r := []rune("Copy of " + name)
	for len(string(r)) > db.MaxSegmentName {
		r = r[:len(r)-1]
	}
	name = string(r)
	return &name
}
