package db

import (
	"slices"
	"time"
)

// MaxStatusChanges is how many a contact keeps: the first one and those that were last.
const MaxStatusChanges = 100

// StatusChange says since when a contact had a status, and where that came from. Unlike activities, these stay with
// the contact as long as it is there: somebody may have to prove that a contact wanted to be written to.
type StatusChange struct {
	Status Status
	At     time.Time
	Source string // in words, of the client or of who did it; "" where nothing is known
}

// StatusHistory returns the status changes, newest last. It begins with the status of the creation, unless the contact is
// from before status changes were kept. The caller may append to it.
func (c *Contact) StatusHistory() []StatusChange {
	if len(c.StatusChanges) == 0 && c.CreatedBy != (Actor{}) {
		return []StatusChange{{c.Status, c.CreatedAt, c.CreatedBy.words()}}
	}
	return slices.Clip(slices.Clone(c.StatusChanges))
}
