package embedded

import (
	"segmentql/db"
	"segmentql/db/embedded/index"
)

// emails says whose an email is, to a transaction that writes. It asks the index of each email once: that does not
// change while the transaction writes.
type emails struct {
	index *index.Index
	known map[string]string // IDs by email, "" for an email that is nobody's
}

// owner returns the ID of the contact that has the email.
func (e *emails) owner(email string) (id string, ok bool) {
	if email == "" {
		return "", false
	}
	id, known := e.known[email]
	if !known {
		ref, _ := e.index.ByEmail(email)
		id = ref.ID
		e.set(email, id)
	}
	return id, id != ""
}

func (e *emails) set(email, id string) {
	if e.known == nil {
		e.known = map[string]string{}
	}
	e.known[email] = id
}

// changed takes note of a contact that was written; before is nil if it was not there.
func (e *emails) changed(before, after *db.Contact) {
	if before != nil && before.Email == after.Email {
		return
	}
	if before != nil {
		e.set(before.Email, "")
	}
	e.set(after.Email, after.ID)
}
