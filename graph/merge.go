package graph

import (
	"context"

	"segmentql/db"
)

// MergedContact shapes a db.MergedContact for the schema.
type MergedContact struct{ db.MergedContact }

// Email is null where there was none.
func (m *MergedContact) Email() *string { return optional(m.MergedContact.Email) }

// StatusChanges are the statuses that it had.
func (m *MergedContact) StatusChanges() []*StatusChange {
	return statusChanges(m.MergedContact.StatusChanges)
}

// MergedFrom are the contacts that became part of this one.
func (c *Contact) MergedFrom() []*MergedContact {
	merged := make([]*MergedContact, len(c.Merged))
	for i, m := range c.Merged {
		merged[i] = &MergedContact{m}
	}
	return merged
}

// merge merges two contacts, or shows what they would become.
func (r *request) merge(ctx context.Context, in MergeContactsInput) (*db.Contact, error) {
	version := version(in.Version.Value())
	if dryRun := in.DryRun.Value(); dryRun == nil || !*dryRun {
		return r.workspace.MergeContacts(ctx, in.Survivor, in.Duplicate, version)
	}
	contacts, err := r.workspace.ContactsByID(ctx, []string{in.Survivor, in.Duplicate})
	if err != nil {
		return nil, err
	}
	for i, name := range []string{"survivor", "duplicate"} {
		if contacts[i] == nil {
			return nil, db.NoSuchContact().At(name)
		}
	}
	merged, err := db.Merge(*contacts[0], *contacts[1], version, db.ActorOf(ctx), db.Now(ctx, r.now))
	return &merged, err
}
