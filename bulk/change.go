package bulk

import (
	"context"
	"errors"
	"strings"

	"segmentql/db"
	"segmentql/filter"
)

// Change is what is done to each contact of a target.
type Change struct {
	patch   db.ContactPatch
	deletes bool
	needed  filter.Node // holds for contacts that the change does not leave as they are
}

// Update applies a patch, which is not for a contact of a certain version.
func Update(p db.ContactPatch) Change { return Change{patch: p, needed: filter.Const(true)} }

// Delete deletes the contacts.
func Delete() Change { return Change{deletes: true, needed: filter.Const(true)} }

// Tag adds tags, and then removes others.
func Tag(add, remove []string) Change {
	p := db.ContactPatch{AddTags: add, RemoveTags: remove}
	var needed filter.Or
	for _, tag := range add {
		needed = append(needed, filter.Not{Node: hasTag(tag)})
	}
	for _, tag := range remove {
		needed = append(needed, hasTag(tag))
	}
	return Change{patch: p, needed: needed}
}

// Join makes the contacts members of a static segment.
func Join(segment string) Change {
	p := db.ContactPatch{AddSegments: []string{segment}}
	return Change{patch: p, needed: filter.Complement(filter.MemberOf(segment))}
}

// Leave makes the contacts members of a static segment no more.
func Leave(segment string) Change {
	p := db.ContactPatch{RemoveSegments: []string{segment}}
	return Change{patch: p, needed: filter.MemberOf(segment)}
}

func hasTag(tag string) filter.Node {
	return filter.Has{Path: filter.MustPath("tags"), Test: filter.NewOneOf([]any{strings.TrimSpace(tag)}, false)}
}

// within returns the filter of those that match and need the change.
func (c Change) within(n filter.Node) filter.Node { return filter.Conjunction(n, c.needed) }

// needing returns the IDs of those of the contacts that there are and that need the change, each once.
func (c Change) needing(ctx context.Context, ws db.Workspace, ids []string) ([]string, error) {
	contacts, err := ws.ContactsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	needing, seen := []string{}, map[string]bool{}
	for _, contact := range contacts {
		if contact != nil && !seen[contact.ID] && filter.Match(c.needed, contact) {
			seen[contact.ID] = true
			needing = append(needing, contact.ID)
		}
	}
	return needing, nil
}

// apply changes contacts. That one has been deleted in the meantime is no failure.
func (c Change) apply(ctx context.Context, ws db.Workspace, ids []string, done *Outcome) error {
	if len(ids) == 0 {
		return nil
	}
	if c.deletes {
		deleted, err := ws.DeleteContacts(ctx, ids)
		done.Changed += int64(len(deleted))
		return err
	}
	results, err := ws.UpdateContacts(ctx, ids, c.patch)
	if err != nil {
		return err
	}
	for i, r := range results {
		fault, _ := errors.AsType[*db.Error](r.Err)
		switch {
		case fault == nil:
			done.Changed++
		case fault.Code != db.NotFound:
			done.fail(ids[i], fault)
		}
	}
	return nil
}
