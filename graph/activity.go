package graph

import (
	"context"
	"math"
	"strconv"

	"segmentql/db"
)

// maxActivity is how much is on a page: what was done may be told in a hundred kilobytes.
const maxActivity = db.MaxActivity - 1

// activity returns a page of what was done to a contact, or to one that became part of another.
func (r *request) activity(ctx context.Context, contact string, args db.PageArgs) (*ActivityConnection, error) {
	if args.First != nil && *args.First > maxActivity {
		return nil, db.Errorf(db.LimitExceeded, "first is at most %d; read further pages with the cursors", maxActivity).At("first")
	}
	version := func(a db.Activity) string { return strconv.FormatInt(a.Version, 10) }
	done, err := forward(args, version, func(after string, limit int) ([]db.Activity, error) {
		below := int64(math.MaxInt64)
		if after != "" {
			var err error
			if below, err = strconv.ParseInt(after, 10, 64); err != nil || below < 0 {
				return nil, db.Errorf(db.BadInput, "the cursor is not valid here; use one that the same list returned").At("after")
			}
		}
		return r.workspace.Activity(ctx, db.ActivityQuery{Contact: contact, Below: below, Since: r.since, Limit: limit})
	})
	return &ActivityConnection{done}, err
}

// Activity shapes a db.Activity for the schema.
type Activity struct{ db.Activity }

// Actor is null where nobody is known.
func (a *Activity) Actor() *Actor {
	if a.By == (db.Actor{}) {
		return nil
	}
	return &Actor{a.By}
}

// OmittedChanges is how many more there were.
func (a *Activity) OmittedChanges() int32 { return int32(a.Omitted) }

// Actor shapes a db.Actor for the schema.
type Actor struct{ db.Actor }

// ID is null where the kind says all.
func (a *Actor) ID() *string { return optional(a.Actor.ID) }

// ActivityConnection is a page of what was done to a contact.
type ActivityConnection struct{ connection[db.Activity] }

// Nodes are what was done.
func (c *ActivityConnection) Nodes() []*Activity {
	nodes := make([]*Activity, len(c.items))
	for i, a := range c.items {
		nodes[i] = &Activity{a}
	}
	return nodes
}

// Edges are what was done, with the cursors.
func (c *ActivityConnection) Edges() []*ActivityEdge {
	edges := make([]*ActivityEdge, len(c.items))
	for i, a := range c.items {
		edges[i] = &ActivityEdge{Cursor: c.cursor(a), Node: &Activity{a}}
	}
	return edges
}

// StatusChange shapes a db.StatusChange for the schema.
type StatusChange struct{ db.StatusChange }

// Source is null where it is not known.
func (s *StatusChange) Source() *string { return optional(s.StatusChange.Source) }

// StatusChanges are the statuses that the contact has had.
func (c *Contact) StatusChanges() []*StatusChange { return statusChanges(c.StatusHistory()) }

func statusChanges(history []db.StatusChange) []*StatusChange {
	changes := make([]*StatusChange, len(history))
	for i, s := range history {
		changes[i] = &StatusChange{s}
	}
	return changes
}
