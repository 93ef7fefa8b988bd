package db

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"segmentql/filter"
)

// Limits of a contact.
const (
	MaxTextLength  = 1_000     // bytes of a standard text field or tag
	MaxTags        = 1_000     // tags of one contact
	MaxCustomSize  = 512 << 10 // bytes that the custom fields of one contact take, roughly as JSON
	MaxCustomDepth = 32        // nesting of objects and lists within custom
)

// Status says whether a contact may be written to.
type Status string

// The statuses.
const (
	Subscribed   Status = "SUBSCRIBED"
	Unsubscribed Status = "UNSUBSCRIBED"
	Pending      Status = "PENDING"
	Bounced      Status = "BOUNCED"
	Complained   Status = "COMPLAINED"
)

// Known says whether the status is one of these.
func (s Status) Known() bool {
	switch s {
	case Subscribed, Unsubscribed, Pending, Bounced, Complained:
		return true
	}
	return false
}

// Contact is a person in a workspace. Text fields are "" where the contact has none.
type Contact struct {
	ID           string
	Email        string // see NormaliseEmail; unique in its workspace
	Phone        string // in E.164 where it is a number that there may be
	FirstName    string
	LastName     string
	Status       Status
	SubscribedAt *time.Time
	Tags         []string // in the order in which they were given, each once
	Segments     []string // the static segments of which the contact is a member, by ID
	Custom       filter.Object
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Version      int64           // counts the writes, from 1
	From         *JobRow         // that was applied last; for jobs only, neither shown nor filtered by
	Merged       []MergedContact // that became part of this one, and those that were parts of them; not filtered by
	Merging      *Merging        // while a store makes it a part of another one

	// What Sign keeps of what was done to the contact. None of it is filtered by.
	CreatedBy     Actor
	StatusChanges []StatusChange // see StatusHistory
	LastChange    *Activity      // nil where there was none since the creation

	statusSource string // of the patch, for Sign
}

// Field makes a contact a filter.Document.
func (c *Contact) Field(name string) (any, bool) {
	switch name {
	case "email":
		return c.Email, c.Email != ""
	case "phone":
		return c.Phone, c.Phone != ""
	case "firstName":
		return c.FirstName, c.FirstName != ""
	case "lastName":
		return c.LastName, c.LastName != ""
	case "status":
		return string(c.Status), true
	case "subscribedAt":
		if c.SubscribedAt == nil {
			return nil, false
		}
		return *c.SubscribedAt, true
	case "tags":
		return list(c.Tags), true
	case filter.SegmentsField:
		return list(c.Segments), len(c.Segments) > 0
	case "createdAt":
		return c.CreatedAt, true
	case "updatedAt":
		return c.UpdatedAt, true
	case filter.CustomField:
		return c.Custom, true
	}
	return nil, false
}

func list(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}

// normalise brings the fields into the form in which they are stored, or says what is wrong with them.
func (c *Contact) normalise() error {
	for _, field := range [...]struct {
		name string
		text *string
	}{{"phone", &c.Phone}, {"firstName", &c.FirstName}, {"lastName", &c.LastName}, {"statusSource", &c.statusSource}} {
		*field.text = strings.TrimSpace(*field.text)
		if err := checkText(*field.text); err != nil {
			return err.At(field.name)
		}
	}
	if !c.Status.Known() {
		standard, _ := filter.MustPath("status").Standard()
		return Errorf(BadInput, "%q is not a status; it is one of %s", c.Status, strings.Join(standard.Values, ", ")).At("status")
	}
	var err error
	if c.Tags, err = normaliseTags(c.Tags); err != nil {
		return err
	}
	var n normaliser
	custom, _, mistake := n.value(c.Custom, 0)
	if mistake != nil {
		return mistake.At(filter.CustomField)
	}
	c.Custom = custom.(filter.Object)
	return nil
}

func checkText(text string) *Error {
	if len(text) > MaxTextLength {
		return Errorf(BadInput, "the text has %d bytes; it may have %d", len(text), MaxTextLength)
	}
	if !utf8.ValidString(text) {
		return Errorf(BadInput, "the text is not valid UTF-8")
	}
	return nil
}

func normaliseTags(tags []string) ([]string, error) {
	tags = trimmed(tags)
	for i, tag := range tags {
		if err := checkText(tag); err != nil {
			return nil, err.At("tags", i)
		}
		if tag == "" {
			return nil, Errorf(BadInput, "a tag must not be empty").At("tags", i)
		}
	}
	if tags = unique(tags); len(tags) > MaxTags {
		return nil, Errorf(LimitExceeded, "a contact has at most %d tags, this one would have %d", MaxTags, len(tags)).At("tags")
	}
	return tags, nil
}

func trimmed(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = strings.TrimSpace(text)
	}
	return all
}

// unique leaves each text once among the texts, whose memory it uses.
func unique(texts []string) []string {
	seen := make(map[string]bool, len(texts))
	return slices.DeleteFunc(texts, func(text string) bool {
		twice := seen[text]
		seen[text] = true
		return twice
	})
}

// millis is the precision of instants in every store.
func millis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return fmt.Sprintf("%s…", string(r[:most]))
	}
	return s
}

// NoSuchContact is the error for an ID or email that names no contact of the workspace.
func NoSuchContact() *Error { return Errorf(NotFound, "there is no such contact") }

// EmailTaken is the error for a contact with the email of another.
func EmailTaken() *Error { return Errorf(Conflict, "another contact has this email").At("email") }

// NoEmail is the error for an upsert without an email.
func NoEmail() *Error {
	return Errorf(BadInput, "a contact needs an email to be matched by").At("email")
}
