package graph

import (
	"segmentql/db"
	"segmentql/filter"
)

// Contact shapes a db.Contact for the schema: what it does not have is null.
type Contact struct{ *db.Contact }

// IsNode makes it a Node.
func (Contact) IsNode() {}

func newContacts(contacts []*db.Contact) []*Contact {
	shaped := make([]*Contact, len(contacts))
	for i, c := range contacts {
		shaped[i] = &Contact{c}
	}
	return shaped
}

// Email is null where there is none.
func (c *Contact) Email() *string { return optional(c.Contact.Email) }

// Phone is null where there is none.
func (c *Contact) Phone() *string { return optional(c.Contact.Phone) }

// FirstName is null where there is none.
func (c *Contact) FirstName() *string { return optional(c.Contact.FirstName) }

// LastName is null where there is none.
func (c *Contact) LastName() *string { return optional(c.Contact.LastName) }

// Custom is an object of the custom fields.
func (c *Contact) Custom() any { return c.Contact.Custom }

// Version counts the changes.
func (c *Contact) Version() int32 { return int32(c.Contact.Version) }

// Value returns the value at a path.
func (c *Contact) Value(path filter.Path) (any, error) {
	if err := filter.CheckContactPath(path); err != nil {
		return nil, db.Errorf(db.UnknownField, "%s", err).At("path")
	}
	return filter.Value(c.Contact, path), nil
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// patch of what a created contact has, with its phone of the region.
func (in CreateContactInput) patch(region string) (db.ContactPatch, error) {
	custom, err := customObject(in.Custom.Value())
	return db.ContactPatch{
		Email: in.Email.Value(), Phone: in.Phone.Value(), FirstName: in.FirstName.Value(), LastName: in.LastName.Value(),
		Status: in.Status.Value(), StatusSource: deref(in.StatusSource.Value()),
		SubscribedAt: in.SubscribedAt.Value(), Tags: given(in.Tags.Value()), Custom: custom, PhoneRegion: region,
	}, err
}

// patch of what an update changes, with its phone of the region: null removes.
func (in UpdateContactInput) patch(region string) (db.ContactPatch, error) {
	p := db.ContactPatch{
		Email: cleared(in.Email.ValueOK()), Phone: cleared(in.Phone.ValueOK()),
		FirstName: cleared(in.FirstName.ValueOK()), LastName: cleared(in.LastName.ValueOK()),
		SubscribedAt: cleared(in.SubscribedAt.ValueOK()), Status: in.Status.Value(), StatusSource: deref(in.StatusSource.Value()),
		Version: version(in.Version.Value()), PhoneRegion: region,
	}
	for _, path := range in.Unset.Value() {
		p.Unset = append(p.Unset, *path)
	}
	if _, isSet := in.Status.ValueOK(); isSet && p.Status == nil {
		return p, db.Errorf(db.BadInput, "a contact always has a status; leave it out to keep it").At("status")
	}
	if tags, isSet := in.Tags.ValueOK(); isSet {
		p.Tags = &tags
	}
	var err error
	p.Custom, err = customObject(in.Custom.Value())
	return p, err
}

// cleared turns a null that was sent into the zero value, which clears the field.
func cleared[T any](value *T, isSet bool) *T {
	if isSet && value == nil {
		return new(T)
	}
	return value
}

func given(tags []string) *[]string {
	if tags == nil {
		return nil
	}
	return &tags
}

func version(sent *int32) *int64 {
	if sent == nil {
		return nil
	}
	v := int64(*sent)
	return &v
}

func customObject(v any) (filter.Object, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // no custom fields
	}
	object, ok := v.(filter.Object)
	if !ok {
		return nil, db.Errorf(db.BadInput, "custom is an object of fields, like {\"plan\": \"pro\"}").At("custom")
	}
	return object, nil
}
