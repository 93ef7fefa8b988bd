package graph

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/segment"
)

// Segment shapes a db.Segment for the schema.
type Segment struct {
	*db.Segment

	parse sync.Once
	node  filter.Node
	err   error // why there is no node
}

// IsNode makes it a Node.
func (*Segment) IsNode() {}

func newSegments(segments []*db.Segment) []*Segment {
	shaped := make([]*Segment, len(segments))
	for i, s := range segments {
		shaped[i] = &Segment{Segment: s}
	}
	return shaped
}

// Description is null where there is none.
func (s *Segment) Description() *string { return optional(s.Segment.Description) }

// Filter is the saved filter, nil where there is none.
func (s *Segment) Filter() json.RawMessage { return s.Segment.Filter }

// Version counts the changes.
func (s *Segment) Version() int32 { return int32(s.Segment.Version) }

// SegmentPreview is a filter that is not saved.
type SegmentPreview struct {
	node       filter.Node
	conditions []filter.Condition
}

// preview counts each condition by itself, all in one call of the store.
func (r *request) preview(ctx context.Context, conditions []filter.Condition) ([]*ConditionPreview, error) {
	nodes := []filter.Node{everybody}
	for _, c := range conditions {
		nodes = append(nodes, c.Holds, c.Present)
	}
	counts, err := r.workspace.CountContacts(ctx, nodes)
	if err != nil {
		return nil, err
	}
	contacts, previews := counts[0], make([]*ConditionPreview, len(conditions))
	for i, c := range conditions {
		holds, present := counts[1+2*i], counts[2+2*i]
		var path *filter.Path
		if c.Path.String() != "" {
			path = &c.Path
		}
		previews[i] = &ConditionPreview{
			At: texts(c.At), Path: path,
			Matching: int32(holds), NotMatching: int32(contacts - holds), Missing: int32(contacts - present),
		}
	}
	return previews, nil
}

// ofKind returns those of the segments that are of the kind, if it is given.
func ofKind(segments []*db.Segment, kind *db.SegmentKind) []*db.Segment {
	return slices.DeleteFunc(segments, func(s *db.Segment) bool { return kind != nil && s.Kind != *kind })
}

// newSegment checks a segment that is created.
func (r *request) newSegment(in CreateSegmentInput) (db.SegmentPatch, error) {
	kind, f := in.Kind.Value(), in.Filter.Value()
	static := kind != nil && *kind == db.Static
	switch {
	case static && f != nil:
		return db.SegmentPatch{}, db.Errorf(db.BadInput, "a static segment has no filter; leave it out, and add the contacts that match it as members").At("input", "filter")
	case !static && f == nil:
		return db.SegmentPatch{}, db.Errorf(db.BadInput, "a dynamic segment needs a filter").At("input", "filter")
	}
	p, err := r.segmentPatch("", &in.Name, in.Description.Value(), f)
	if static {
		p.Kind = db.Static
	}
	return p, err
}

// audience returns the filter of an audience.
func (r *request) audience(a segment.Audience) (filter.Node, error) {
	parser, err := r.parser()
	if err != nil {
		return nil, err
	}
	return a.Node(parser)
}

// ContactSet is the contacts that match a filter.
type ContactSet struct{ node filter.Node }

// tryUpdate returns the segment with the patch applied, which is not stored, and what that would do to its members. A
// segment that is not valid any more has none before.
func (r *request) tryUpdate(ctx context.Context, id string, p db.SegmentPatch) (*UpdateSegmentPayload, error) {
	stored, err := segment.Find(ctx, r.workspace, id)
	if err != nil {
		return nil, at(err, "input", "id")
	}
	parser, err := r.parser()
	if err != nil {
		return nil, err
	}
	changed, err := p.Apply(*stored, parser.Now)
	if err != nil {
		return nil, inInput(err)
	}
	after, err := segment.Node(parser, &changed)
	if err != nil {
		return nil, err
	}
	before, err := segment.Node(parser, stored)
	if err != nil {
		before = filter.Const(false)
	}
	return &UpdateSegmentPayload{&Segment{Segment: &changed}, &SegmentEffect{
		Entering: &ContactSet{filter.Conjunction(after, filter.Complement(before))},
		Leaving:  &ContactSet{filter.Conjunction(before, filter.Complement(after))},
		Staying:  &ContactSet{filter.Conjunction(before, after)},
	}}, nil
}

// segmentPatch checks the filter of a segment that is created or, where it has an ID, updated. The filter stands at
// input.filter.
func (r *request) segmentPatch(id string, name, description *string, f *FilterInput) (db.SegmentPatch, error) {
	p := db.SegmentPatch{Name: name, Description: description}
	if f == nil {
		return p, nil
	}
	defer r.forget()
	parser, err := r.parser()
	if err != nil {
		return p, err
	}
	sent := parser
	sent.Of, sent.Limits = id, r.limits
	if _, err := sent.Parse(f.input, "input", "filter"); err != nil {
		return p, err
	}
	if p.Filter, err = f.saved(); err != nil {
		return p, err
	}
	return p, inInput(segment.CheckUsers(parser, id, p))
}
