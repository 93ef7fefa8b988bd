package bulk

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// Change is what is done to each contact of a target.
type Change struct {
	title   string // of a job that makes it
	patch   db.ContactPatch
	deletes bool
}

// Update applies a patch, which is not for a contact of a certain version.
func Update(p db.ContactPatch) Change { return Change{title: "Update contacts", patch: p} }

// Delete deletes the contacts.
func Delete() Change { return Change{title: "Delete contacts", deletes: true} }

// Tag adds tags, and then removes others.
func Tag(add, remove []string) Change {
	return Change{title: "Tag contacts", patch: db.ContactPatch{AddTags: add, RemoveTags: remove}}
}

// Join makes the contacts members of a static segment.
func Join(s *db.Segment) Change {
	return Change{title: `Add contacts to "` + s.Name + `"`, patch: db.ContactPatch{AddSegments: []string{s.ID}}}
}

// Leave makes the contacts members of a static segment no more.
func Leave(s *db.Segment) Change {
	return Change{title: `Remove contacts from "` + s.Name + `"`, patch: db.ContactPatch{RemoveSegments: []string{s.ID}}}
}

// check fails where the change would for every contact.
func (c Change) check() error {
	_, err := c.patch.Apply(db.Contact{Status: db.Pending}, time.Time{})
	return err
}

// needed holds for contacts that the change does not leave as they are, as far as that can be told.
func (c Change) needed() filter.Node {
	others := c.patch
	others.AddTags, others.RemoveTags, others.AddSegments, others.RemoveSegments = nil, nil, nil, nil
	if c.deletes || !reflect.DeepEqual(others, db.ContactPatch{}) {
		return filter.Const(true)
	}
	var needed []filter.Node
	for _, tag := range c.patch.AddTags {
		needed = append(needed, filter.Complement(hasTag(tag)))
	}
	for _, tag := range c.patch.RemoveTags {
		needed = append(needed, hasTag(tag))
	}
	for _, id := range c.patch.AddSegments {
		needed = append(needed, filter.Complement(filter.MemberOf(id)))
	}
	for _, id := range c.patch.RemoveSegments {
		needed = append(needed, filter.MemberOf(id))
	}
	return filter.Disjunction(needed...)
}

func hasTag(tag string) filter.Node {
	return filter.Has{Path: filter.MustPath("tags"), Test: filter.NewOneOf([]any{strings.TrimSpace(tag)}, false)}
}

// apply changes contacts. It says of each why that was not done, NotFound where somebody else has deleted it, and nil
// where it was.
func (c Change) apply(ctx context.Context, ws db.Workspace, ids []string) ([]*db.Error, error) {
	faults := make([]*db.Error, len(ids))
	if c.deletes {
		deleted, err := ws.DeleteContacts(ctx, ids)
		if err != nil {
			return nil, err
		}
		gone := map[string]bool{}
		for _, id := range deleted {
			gone[id] = true
		}
		for i, id := range ids {
			if !gone[id] {
				faults[i] = db.NoSuchContact()
			}
		}
		return faults, nil
	}
	results, err := ws.UpdateContacts(ctx, ids, c.patch)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		if db.StoreFailed(r.Err) {
			return nil, r.Err
		}
		faults[i], _ = errors.AsType[*db.Error](r.Err)
	}
	return faults, nil
}
