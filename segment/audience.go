package segment

import (
	"errors"

	"segmentql/db"
	"segmentql/filter"
)

// maxAudience bounds the segments that an audience includes, and those that it excludes.
const maxAudience = 100

// Audience says whom a campaign reaches.
type Audience struct {
	Include        []string // IDs of segments: members of any of them belong to it
	Exclude        []string // IDs of segments: members of any of them do not
	SubscribedOnly bool     // only contacts that want to be written to, and have an email to which
}

// Node returns the filter of the audience. A segment that there is not, and one whose filter is not valid any more, is an
// error: with either the audience would be another one, and an excluded one must not let its members in.
func (a Audience) Node(p Parser) (filter.Node, error) {
	if len(a.Include) == 0 {
		return nil, db.Errorf(db.BadInput, "an audience includes at least one segment").At("include")
	}
	included, err := members(p, a.Include, "include")
	if err != nil {
		return nil, err
	}
	excluded, err := members(p, a.Exclude, "exclude")
	if err != nil {
		return nil, err
	}
	n := filter.Conjunction(included, filter.Complement(excluded))
	if a.SubscribedOnly {
		n = filter.Conjunction(n, reachable())
	}
	return n, nil
}

// members returns the filter of those who are members of any of the segments, which stand in the argument.
func members(p Parser, ids []string, argument string) (filter.Node, error) {
	if len(ids) > maxAudience {
		return nil, db.Errorf(db.LimitExceeded, "%s has at most %d segments; make one of several by a filter of segment conditions", argument, maxAudience).At(argument)
	}
	shelves, err := p.Library.shelves()
	if err != nil {
		return nil, err
	}
	var nodes []filter.Node
	for i, id := range ids {
		s, known := shelves.byID[id]
		if !known {
			return nil, db.NoSuchSegment().At(argument, i)
		}
		n, err := Node(p, s.Segment)
		if e, ok := errors.AsType[*db.Error](err); ok {
			return nil, e.At(argument, i)
		}
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return filter.Disjunction(nodes...), nil
}

func reachable() filter.Node {
	return filter.And{
		filter.Has{Path: filter.MustPath("status"), Test: filter.NewOneOf([]any{string(db.Subscribed)}, false)},
		filter.Has{Path: filter.MustPath("email"), Test: filter.Present{}},
	}
}
