package db

import (
	"fmt"
	"maps"
	"net/mail"
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
	MaxEmailLength = 254       // RFC 5321, 4.5.3.1.3, less the angle brackets
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

func (s Status) known() bool {
	switch s {
	case Subscribed, Unsubscribed, Pending, Bounced, Complained:
		return true
	}
	return false
}

// Contact is a person in a workspace. Text fields are "" where the contact has none.
type Contact struct {
	ID           string
	Email        string // lower case, unique in its workspace
	Phone        string
	FirstName    string
	LastName     string
	Status       Status
	SubscribedAt *time.Time
	Tags         []string // in the order in which they were given, each once
	Custom       filter.Object
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Version      int64 // counts the writes, from 1
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
		tags := make([]any, len(c.Tags))
		for i, tag := range c.Tags {
			tags[i] = tag
		}
		return tags, true
	case "createdAt":
		return c.CreatedAt, true
	case "updatedAt":
		return c.UpdatedAt, true
	case filter.CustomField:
		return c.Custom, true
	}
	return nil, false
}

// ContactPatch is a change of a contact. A nil field is left as it is; a text of "" and a zero time clear theirs.
type ContactPatch struct {
	Email        *string
	Phone        *string
	FirstName    *string
	LastName     *string
	Status       *Status
	SubscribedAt *time.Time
	Tags         *[]string     // replaces all tags
	Custom       filter.Object // each of its fields replaces the custom field of that name as a whole
	Unset        []filter.Path // fields below custom to remove; they go before Custom is set
	Version      *int64        // fails with Conflict where the contact has another version
}

// NewContact makes a contact of a patch. Its status is Pending unless the patch says otherwise: that somebody
// wants to be written to is never assumed.
func NewContact(p ContactPatch, now time.Time) (Contact, error) {
	now = millis(now)
	c := Contact{ID: NewID(ContactID, now), Status: Pending, Custom: filter.Object{}, CreatedAt: now}
	p.Version = nil
	return p.Apply(c, now)
}

// Apply returns the contact with the patch applied, normalised and checked. The contact itself is not changed; the
// returned one has values in common with it and with the patch, so none of them may be changed in place.
func (p ContactPatch) Apply(c Contact, now time.Time) (Contact, error) {
	if p.Version != nil && *p.Version != c.Version {
		return Contact{}, staleVersion(c.Version)
	}
	set(&c.Email, p.Email)
	set(&c.Phone, p.Phone)
	set(&c.FirstName, p.FirstName)
	set(&c.LastName, p.LastName)
	set(&c.Status, p.Status)
	set(&c.Tags, p.Tags)
	if p.SubscribedAt != nil {
		c.SubscribedAt = nil
		if !p.SubscribedAt.IsZero() {
			at := millis(*p.SubscribedAt)
			c.SubscribedAt = &at
		}
	}
	custom := c.Custom
	for _, path := range p.Unset {
		if path.Steps()[0] != filter.CustomField || len(path.Steps()) < 2 {
			return Contact{}, Errorf(BadInput, "only fields below custom can be unset, %s is not one", path).At("unset")
		}
		custom = without(custom, path.Steps()[1:])
	}
	c.Custom = merged(custom, p.Custom)
	c.UpdatedAt = millis(now)
	c.Version++
	return c, c.normalise()
}

func set[T any](field *T, change *T) {
	if change != nil {
		*field = *change
	}
}

// merged returns an object with the fields of both, which may be one of them. Where they have a field in common, the
// change has the last word.
func merged(o, change filter.Object) filter.Object {
	switch {
	case len(change) == 0:
		return o
	case len(o) == 0:
		return change
	}
	all := make(filter.Object, len(o)+len(change))
	maps.Copy(all, o)
	maps.Copy(all, change)
	return all
}

// without returns the object less the field; the object itself is not changed.
func without(o filter.Object, steps []string) filter.Object {
	next, ok := o[steps[0]]
	if !ok {
		return o
	}
	less := make(filter.Object, len(o))
	for key, v := range o {
		less[key] = v
	}
	if len(steps) == 1 {
		delete(less, steps[0])
	} else if inner, ok := next.(filter.Object); ok {
		less[steps[0]] = without(inner, steps[1:])
	}
	return less
}

// normalise brings the fields into the form in which they are stored, or says what is wrong with them.
func (c *Contact) normalise() error {
	c.Email = filter.NormaliseEmail(c.Email)
	if err := checkEmail(c.Email); err != nil {
		return err
	}
	for _, field := range [...]struct {
		name string
		text *string
	}{{"phone", &c.Phone}, {"firstName", &c.FirstName}, {"lastName", &c.LastName}} {
		*field.text = strings.TrimSpace(*field.text)
		if err := checkText(*field.text); err != nil {
			return err.At(field.name)
		}
	}
	if !c.Status.known() {
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

func checkEmail(email string) error {
	if email == "" {
		return nil
	}
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || len(email) > MaxEmailLength {
		return Errorf(BadInput, "%q is not an email address like ada@example.com", short(email)).At("email")
	}
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
	unique := make([]string, 0, len(tags))
	seen := map[string]bool{}
	for i, tag := range tags {
		tag = strings.TrimSpace(tag)
		if err := checkText(tag); err != nil {
			return nil, err.At("tags", i)
		}
		if tag == "" {
			return nil, Errorf(BadInput, "a tag must not be empty").At("tags", i)
		}
		if !seen[tag] {
			seen[tag] = true
			unique = append(unique, tag)
		}
	}
	if len(unique) > MaxTags {
		return nil, Errorf(LimitExceeded, "a contact has at most %d tags, this one would have %d", MaxTags, len(unique)).At("tags")
	}
	return unique, nil
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
