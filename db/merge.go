package db

import (
	"cmp"
	"slices"
	"time"

	"segmentql/filter"
)

// MaxMerged is how many contacts may have been merged into one.
const MaxMerged = 100

// MergedContact is a contact that became part of another, which from then on is found by its ID, too.
type MergedContact struct {
	ID            string
	Email         string // that it had, "" for none
	At            time.Time
	StatusChanges []StatusChange // its own
}

// Merging is the mark of a contact of which a store is about to make a part of another one. Nobody else may change it.
type Merging struct {
	Into    string // ID of the survivor
	Version int64  // of the survivor, to which it must be merged: a later one no more
	By      Actor
}

// Merge returns the survivor with what it lacks of the duplicate, and with the tags, memberships and IDs of both. It fails
// with Conflict where the survivor has not the version, if there is one, and with LimitExceeded where there would be too much
// of something. Neither is changed. The result is signed; each of the two keeps its own history of statuses.
func Merge(survivor, duplicate Contact, version *int64, by Actor, now time.Time) (Contact, error) {
	if survivor.ID == duplicate.ID {
		return Contact{}, SameContact()
	}
	if version != nil && *version != survivor.Version {
		return Contact{}, staleVersion(survivor.Version)
	}
	c := survivor
	c.Email = cmp.Or(survivor.Email, duplicate.Email)
	c.Phone = cmp.Or(survivor.Phone, duplicate.Phone)
	c.FirstName = cmp.Or(survivor.FirstName, duplicate.FirstName)
	c.LastName = cmp.Or(survivor.LastName, duplicate.LastName)
	c.Status = stricter(survivor.Status, duplicate.Status)
	c.SubscribedAt = earlier(survivor.SubscribedAt, duplicate.SubscribedAt)
	c.StatusChanges = survivor.StatusHistory()
	c.statusSource = "merged with " + duplicate.ID
	if duplicate.CreatedAt.Before(survivor.CreatedAt) {
		c.CreatedAt, c.CreatedBy = duplicate.CreatedAt, duplicate.CreatedBy
	}
	c.Tags = altered(survivor.Tags, duplicate.Tags, nil)
	c.Segments = altered(survivor.Segments, duplicate.Segments, nil)
	c.Custom = filled(survivor.Custom, duplicate.Custom)
	c.From = later(survivor.From, duplicate.From)
	now = millis(now)
	c.Merged = slices.Concat(survivor.Merged, duplicate.Merged,
		[]MergedContact{{duplicate.ID, duplicate.Email, now, duplicate.StatusHistory()}})
	c.UpdatedAt = now
	c.Version++
	if err := c.normalise(); err != nil {
		return Contact{}, tooMuch(err)
	}
	if len(c.Merged) > MaxMerged {
		return Contact{}, Errorf(LimitExceeded, "at most %d contacts can be merged into one; keep the rest apart", MaxMerged)
	}
	c.Sign(&survivor, by)
	return c, nil
}

// SameContact is the error for a merge of a contact with itself.
func SameContact() *Error {
	return Errorf(BadInput, "both IDs name the same contact; a contact cannot be merged with itself")
}

// tooMuch says what to do about a limit, which is not about a field of the input.
func tooMuch(err error) error {
	if CodeOf(err) != LimitExceeded {
		return err
	}
	return Errorf(LimitExceeded, "%s; nothing was merged: first remove from one of the two what is not needed", err)
}

// stricter returns the status that allows less. Whoever has said in one place not to be written to must not be
// written to because of another place.
func stricter(a, b Status) Status {
	for _, s := range []Status{Complained, Bounced, Unsubscribed, Pending} {
		if a == s || b == s {
			return s
		}
	}
	return a
}

// earlier returns the earlier of two instants, nil where there is neither.
func earlier(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}

// later returns the row that was applied later: jobs of a workspace run one after the other.
func later(a, b *JobRow) *JobRow {
	if a == nil || b != nil && cmp.Or(cmp.Compare(b.Job, a.Job), cmp.Compare(b.Row, a.Row)) > 0 {
		return b
	}
	return a
}

// filled returns the object with those fields of another that it lacks or has as null, in objects of both as well.
func filled(o, other filter.Object) filter.Object {
	more := filter.Object{}
	for key, v := range other {
		own := o[key]
		mine, isObject := own.(filter.Object)
		inner, bothObjects := v.(filter.Object)
		switch {
		case own == nil:
			more[key] = v
		case isObject && bothObjects:
			more[key] = filled(mine, inner)
		}
	}
	return merged(o, more)
}

// IDs are those by which the contact is reached: its own and those of all that became part of it.
func (c *Contact) IDs() []string {
	ids := []string{c.ID}
	for _, m := range c.Merged {
		ids = append(ids, m.ID)
	}
	return ids
}

// HasMerged says whether the contact with the ID became part of this one.
func (c *Contact) HasMerged(id string) bool {
	return slices.ContainsFunc(c.Merged, func(m MergedContact) bool { return m.ID == id })
}

// mergedWith returns when a contact with the email became part of this one last, the zero time where none did.
func (c *Contact) mergedWith(email string) (at time.Time) {
	for _, m := range c.Merged {
		if m.Email == email && m.At.After(at) {
			at = m.At
		}
	}
	return at
}

// ByMergedEmail returns for each of the emails the contact of which one that had it became part, the last one where there
// are several.
func ByMergedEmail(contacts []*Contact, emails []string) map[string]*Contact {
	found := map[string]*Contact{}
	for _, c := range contacts {
		for _, m := range c.Merged {
			if m.Email == "" || !slices.Contains(emails, m.Email) {
				continue
			}
			known := found[m.Email]
			if known == nil || cmp.Or(c.mergedWith(m.Email).Compare(known.mergedWith(m.Email)), cmp.Compare(c.ID, known.ID)) > 0 {
				found[m.Email] = c
			}
		}
	}
	return found
}
