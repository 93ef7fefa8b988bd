package db

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// UpsertMode says which of the patches of an upsert are applied. Those that are not are skipped.
type UpsertMode string

// The modes.
const (
	Upsert     UpsertMode = ""       // all of them
	CreateOnly UpsertMode = "create" // those with the email of no contact, and those without one
	UpdateOnly UpsertMode = "update" // those with the email of a contact
)

// UpsertResult says what became of one patch: it created a contact, updated one, was skipped or failed.
type UpsertResult struct {
	Contact *Contact // as it is stored now; nil where Err is set, and where the patch was skipped for want of a contact
	Created bool
	Skipped bool
	Err     error
}

// JobRow is a row of the file that a job imports, or the one change that a job makes to many contacts. A contact keeps the
// one that was applied to it last, so that a job which was interrupted may do its last work once more: what was applied
// already changes nothing.
type JobRow struct {
	Job string
	Row int64 // from 1; a job applies its rows in order
}

// contactID is that of the contact which the row creates: it has the job's time, 5 bytes that tell jobs of the same
// millisecond apart, and the row in 5 more. So contacts have the order of their rows, and a row that is applied once more
// finds what it created, whatever became of its email.
func (r JobRow) contactID() (string, error) {
	id, err := ulid.ParseStrict(strings.ToUpper(strings.TrimPrefix(r.Job, JobID)))
	if err != nil {
		return "", Errorf(Internal, "%q is not the ID of a job", r.Job).Because(err)
	}
	job := sha256.Sum256(id[:])
	row := binary.BigEndian.AppendUint64(nil, uint64(r.Row)) //nolint:gosec // it is positive
	if err := id.SetEntropy(slices.Concat(job[:5], row[3:])); err != nil {
		return "", Errorf(Internal, "the job %s gives its contacts no IDs", r.Job).Because(err)
	}
	return ContactID + strings.ToLower(id.String()), nil
}

// CreatedID is the ID of the contact that the patch creates, if it creates one, where that is known before: "" is where
// it is not.
func (p ContactPatch) CreatedID() string {
	if p.From == nil {
		return ""
	}
	id, _ := p.From.contactID()
	return id
}

// MatchEmail is the email of the contact to which an upsert applies the patch, "" where it has none.
func (p ContactPatch) MatchEmail() string {
	if p.Email == nil {
		return ""
	}
	return NormaliseEmail(*p.Email)
}

// Upsert says what becomes of the patch where stored is the contact with its MatchEmail or CreatedID, or of which one with
// that became part, nil if there is none.
// Next is that contact with the patch applied. Unless it is skipped, the store admits it, and where it is the result's
// contact, too, writes it: else the result has what is stored.
func (p ContactPatch) Upsert(stored *Contact, mode UpsertMode, now time.Time) (next *Contact, result UpsertResult, err error) {
	if p.MatchEmail() == "" && mode != CreateOnly {
		return nil, UpsertResult{}, NoEmail()
	}
	if stored != nil && stored.Email != p.MatchEmail() {
		p.Email = nil // one that had it became part of this one, which keeps its own
	}
	var c Contact
	if stored == nil {
		c, err = NewContact(p, now)
	} else {
		c, err = p.Apply(*stored, now)
	}
	if err != nil {
		return nil, UpsertResult{}, err
	}
	switch {
	case stored != nil && stored.isCreatedBy(p):
		return &c, UpsertResult{Contact: stored, Created: true}, nil
	case stored == nil && mode == UpdateOnly, stored != nil && mode == CreateOnly:
		return &c, UpsertResult{Contact: stored, Skipped: true}, nil
	case stored != nil && stored.HasApplied(p.From):
		return &c, UpsertResult{Contact: stored}, nil
	default:
		return &c, UpsertResult{Contact: &c, Created: stored == nil}, nil
	}
}

// isCreatedBy says whether the patch created the contact, or one that became part of it.
func (c *Contact) isCreatedBy(p ContactPatch) bool {
	id := p.CreatedID()
	return id != "" && (c.ID == id || c.HasMerged(id))
}

// HasApplied says whether the row was applied to the contact, and no row of another job since.
func (c *Contact) HasApplied(r *JobRow) bool {
	return r != nil && c.From != nil && c.From.Job == r.Job && c.From.Row >= r.Row
}
