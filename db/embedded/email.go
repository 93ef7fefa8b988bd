package embedded

import (
	"segmentql/db"
	"segmentql/db/embedded/index"
)

// emails says whose an email is, to a transaction that writes: what it wrote itself, and for all else the index.
type emails struct {
	index *index.Index
	own   map[string]string // IDs by email, "" for an email that is nobody's any more
}

// owner returns the ID of the contact that has the email.
func (e *emails) owner(email string) (id string, ok bool) {
	if email == "" {
		return "", false
	}
	if id, own := e.own[email]; own {
		return id, id != ""
	}
	ref, ok := e.index.ByEmail(email)
	return ref.ID, ok
}

// changed takes note of a contact that was written; before is nil if it was not there.
func (e *emails) changed(before, after *db.Contact) {
	if before != nil && before.Email == after.Email {
		return
	}
	if e.own == nil {
		e.own = map[string]string{}
	}
	if before != nil && before.Email != "" {
		e.own[before.Email] = ""
	}
	if after.Email != "" {
		e.own[after.Email] = after.ID
	}
}
