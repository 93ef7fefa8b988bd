package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// batchSize is how many contacts are written together; other writers come in between.
const batchSize = 500

// Target says which contacts: some by their IDs, or those that match a filter.
type Target struct {
	ids    []string // nil where there is a filter
	node   filter.Node
	source source
}

// Contacts are those with the IDs.
func Contacts(ids ...string) Target { return Target{ids: append([]string{}, ids...)} }

// Matching are those that match a filter in its input form, which stands at the path. It fails as the parser does.
func Matching(p filter.Parser, input any, at ...any) (Target, error) {
	n, err := p.Parse(input, at...)
	return Target{node: n, source: source{p, input}}, err
}

// Members are those of a segment.
func Members(p filter.Parser, segment string) (Target, error) {
	t, err := Matching(p, filter.Object{"segment": filter.Object{"id": segment}})
	if problems, ok := errors.AsType[filter.Problems](err); ok {
		return t, db.Errorf(db.Code(problems[0].Code), "%s", problems[0].Message)
	}
	return t, err
}

// source is what the filter of a target was made of.
type source struct {
	parser filter.Parser
	input  any
}

// saved is a source as a job keeps it, so that the filter means the same whenever the job runs: the same moment and
// time zone, and the segments to which it refers as they were.
type saved struct {
	Format   int       `json:"format"` // of the filter and of those of the segments, see filter.Format
	Filter   any       `json:"filter"`
	Segments frozen    `json:"segments,omitempty"`
	Now      time.Time `json:"now"`
	Zone     string    `json:"zone,omitempty"`
}

// frozen are segments as they were, by ID.
type frozen map[string]filter.SavedFilter

// Segment returns a segment.
func (f frozen) Segment(id string) (filter.SavedFilter, bool, error) {
	s, known := f[id]
	return s, known, nil
}

// add adds the segments to which a filter refers, and those to which these do.
func (f frozen) add(input any, from filter.Segments) error {
	for _, id := range filter.References(input) {
		if _, known := f[id]; known {
			continue
		}
		s, _, err := from.Segment(id)
		if err != nil {
			return err
		}
		f[id] = s
		if err := f.add(s.Input, from); err != nil {
			return err
		}
	}
	return nil
}

// save returns the source as a job keeps it.
func (s source) save() (json.RawMessage, error) {
	kept := saved{Format: filter.Format, Filter: s.input, Segments: frozen{}, Now: s.parser.Now}
	if s.parser.Zone != nil {
		kept.Zone = s.parser.Zone.String()
	}
	if err := kept.Segments.add(s.input, s.parser.Segments); err != nil {
		return nil, err
	}
	return json.Marshal(kept)
}

// node returns the filter once more. Its fields were known when it was saved.
func (s saved) node() (filter.Node, error) {
	if s.Format > filter.Format {
		return nil, db.Errorf(db.BadInput, "the job was made by a newer SegmentQL; resume it with that one")
	}
	p := filter.Parser{Segments: s.Segments, Now: s.Now}
	if s.Zone != "" {
		var err error
		if p.Zone, err = filter.ParseZone(s.Zone); err != nil {
			return nil, db.Errorf(db.BadInput, "%s", err)
		}
	}
	n, err := p.Parse(s.Filter)
	if err != nil {
		return nil, db.Errorf(db.BadInput, "the filter of the job is not valid any more: %s", err)
	}
	return n, nil
}

// batches yields the IDs of the contacts of the target that a change needs, each once and some at a time.
func (t Target) batches(ctx context.Context, ws db.Workspace, needed filter.Node) iter.Seq2[[]string, error] {
	if t.ids == nil {
		return matching(ctx, ws, filter.Conjunction(t.node, needed), "")
	}
	return func(yield func([]string, error) bool) {
		needing, err := needing(ctx, ws, t.ids, needed)
		for start := 0; start < len(needing) && err == nil; start += batchSize {
			if !yield(needing[start:min(start+batchSize, len(needing))], nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// matching yields the IDs of the contacts that match and come after the ID, as they are when it is their turn. It goes
// by ID, so that contacts which do not match any more once they are changed move no others to another batch.
func matching(ctx context.Context, ws db.Workspace, n filter.Node, after string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		query := db.ContactQuery{Filter: n, Page: db.Page{Limit: batchSize}, Fields: []string{}}
		for more := true; more; {
			if after != "" {
				query.Page.After = &db.Key{ID: after}
			}
			pages, err := ws.FindContacts(ctx, []db.ContactQuery{query})
			if err != nil {
				yield(nil, err)
				return
			}
			var ids []string
			for _, c := range pages[0].Contacts {
				ids = append(ids, c.ID)
			}
			if len(ids) == 0 || !yield(ids, nil) {
				return
			}
			more, after = pages[0].HasMore, ids[len(ids)-1]
		}
	}
}

// needing returns the IDs of those of the contacts that there are and that match, each once.
func needing(ctx context.Context, ws db.Workspace, ids []string, n filter.Node) ([]string, error) {
	contacts, err := ws.ContactsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	needing, seen := []string{}, map[string]bool{}
	for _, c := range contacts {
		if c != nil && !seen[c.ID] && filter.Match(n, c) {
			seen[c.ID] = true
			needing = append(needing, c.ID)
		}
	}
	return needing, nil
}
