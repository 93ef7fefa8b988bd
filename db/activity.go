package db

import (
	"context"
	"slices"
	"time"
)

// Limits of activities.
const (
	MaxChanges    = 50      // that one activity tells
	MaxChangeSize = 1_000   // bytes that are kept of a value before or after a change, roughly as JSON
	MaxActivity   = 100 + 1 // in one answer: a page, and whether there is more
)

// Action is what somebody did to a contact.
type Action string

// The actions.
const (
	Created Action = "CREATED"
	Updated Action = "UPDATED"
	Merged  Action = "MERGED" // another contact became part of it
)

// Activity is one thing that was done to a contact. The contact has the last one itself, so that both are written
// at once; those before it are in the log of the store.
type Activity struct {
	Version int64 // of the contact, since then
	At      time.Time
	By      Actor
	Action  Action
	Changes []FieldChange // at most MaxChanges; none of a creation
	Omitted int           // how many more there were
}

// FieldChange is what has changed of a contact. For tags and static segments each that was added is a change without
// Before, and each that was removed one without After.
type FieldChange struct {
	Path          string // of a field, or what is new or gone of an object: custom.address.zip
	Before, After any    // nil where there is no value
	Cut           bool   // one of them was larger than MaxChangeSize: this is its beginning
}

// Activities are what was done to contacts.
type Activities interface {
	// Activity returns what was done to a contact, newest first, or to one that became part of another, until then; nothing
	// where there is no such contact.
	Activity(ctx context.Context, q ActivityQuery) ([]Activity, error)

	// ForgetActivity deletes some of what was done before the time from the log, and says whether there may be more
	// of it. A call takes no longer than others can wait.
	ForgetActivity(ctx context.Context, before time.Time) (more bool, err error)
}

// ActivityQuery asks for a part of what was done to a contact.
type ActivityQuery struct {
	Contact string
	Below   int64     // only what made it a lower version; math.MaxInt64 asks for the newest
	Since   time.Time // nothing that was done before
	Limit   int       // from 1 to MaxActivity
}

// Check fails where the query asks for more than one answer can have.
func (q ActivityQuery) Check() error {
	if q.Limit < 1 || q.Limit > MaxActivity {
		return Errorf(LimitExceeded, "activities are read 1 to %d at once", MaxActivity)
	}
	return nil
}

// Answer is what the contact itself tells, and between that the log, of which read returns the newest entries as the
// query that it is given asks. A contact always tells of its creation. The contact has to be read before the log: then
// nothing is missed of what moves from one into the other. What was done to a contact that became part of it is in the log.
// So are the creations of both, which has become that of the older one.
func (q ActivityQuery) Answer(c *Contact, read func(ActivityQuery) ([]Activity, error)) ([]Activity, error) {
	if c.ID != q.Contact {
		return read(q)
	}
	all := []Activity{}
	if last := c.LastChange; last != nil && last.Version < q.Below {
		if !last.At.Before(q.Since) {
			all = append(all, *last)
		}
		q.Below = last.Version // the log may have it already
	}
	if q.Limit -= len(all); q.Limit == 0 {
		return all, nil
	}
	logged, err := read(q)
	if err != nil {
		return nil, err
	}
	all = append(all, logged...)
	creation := c.creation()
	known := len(c.Merged) > 0 || slices.ContainsFunc(all, func(a Activity) bool { return a.Version <= creation.Version })
	if len(logged) < q.Limit && creation.Version < q.Below && !known && !creation.At.Before(q.Since) {
		all = append(all, creation)
	}
	return all, nil
}

// creation of the contact.
func (c *Contact) creation() Activity {
	return Activity{Version: 1, At: c.CreatedAt, By: c.CreatedBy, Action: Created}
}

// Activities are those that the contact itself tells. They are for the log when it is merged.
func (c *Contact) Activities() []Activity {
	var all []Activity
	if len(c.Merged) == 0 {
		all = append(all, c.creation())
	}
	if c.LastChange != nil {
		all = append(all, *c.LastChange)
	}
	return all
}

// Sign has a contact say who made it of what it was before, nil where it is new, and what has changed. All else of it
// must be settled. Where nothing has changed it gets the version that it had: there is nothing to write.
func (c *Contact) Sign(before *Contact, by Actor) {
	source := c.statusSource
	c.statusSource = ""
	if before == nil {
		c.CreatedBy = by
		if source != "" {
			c.StatusChanges = []StatusChange{{c.Status, c.CreatedAt, source}}
		}
		return
	}
	changes, omitted := changesOf(before, c)
	action := Updated
	if len(c.Merged) > len(before.Merged) {
		action = Merged
	}
	if len(changes) == 0 && action == Updated {
		c.UpdatedAt = before.UpdatedAt
		if c.From == before.From {
			c.Version = before.Version
		}
		return
	}
	c.LastChange = &Activity{Version: c.Version, At: c.UpdatedAt, By: by, Action: action, Changes: changes, Omitted: omitted}
	if c.Status != before.Status {
		if source == "" {
			source = by.words()
		}
		c.StatusChanges = append(before.StatusHistory(), StatusChange{c.Status, c.UpdatedAt, source})
		if len(c.StatusChanges) > MaxStatusChanges {
			c.StatusChanges = slices.Delete(c.StatusChanges, 1, 2)
		}
	}
}
