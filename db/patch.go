package db

import (
	"maps"
	"slices"
	"time"

	"segmentql/filter"
)

// ContactPatch is a change of a contact. A nil field is left as it is; a text of "" and a zero time clear theirs.
type ContactPatch struct {
	Email        *string
	Phone        *string
	FirstName    *string
	LastName     *string
	Status       *Status
	StatusSource string // where a new status comes from, in words; "" for who does it
	SubscribedAt *time.Time
	Tags         *[]string     // replaces all tags
	Custom       filter.Object // each of its fields replaces the custom field of that name as a whole
	Unset        []filter.Path // fields below custom to remove; they go before any is set
	Purge        []filter.Path // as Unset, and from elements of lists, too
	Version      *int64        // fails with Conflict where the contact has another version
	From         *JobRow       // what the patch comes from; nil for what is no row of a job
	PhoneRegion  string        // of a phone without a country code, see ParsePhoneRegion

	// Of what the contact has by then.
	AddTags        []string // those that it has already stay where they are
	RemoveTags     []string
	AddSegments    []string // IDs of static segments
	RemoveSegments []string
	Set            []FieldValue
	Increments     []FieldIncrement

	prepared bool
}

// Prepared returns the patch after that of Apply's work which takes long and needs no contact, so that many goroutines may
// share it before contacts are written.
func (p ContactPatch) Prepared() ContactPatch {
	if p.Phone != nil && !p.prepared {
		p.Phone = new(normalisePhone(*p.Phone, p.PhoneRegion))
	}
	p.prepared = true
	return p
}

// FieldValue sets the field at a path below custom, and the objects on the way there that do not exist.
type FieldValue struct {
	Path  filter.Path
	Value any
}

// FieldIncrement adds a number to the one at a path below custom; nothing there counts as 0.
type FieldIncrement struct {
	Path filter.Path
	By   any
}

// NewContact makes a contact of a patch. Its status is Pending unless the patch says otherwise: that somebody
// wants to be written to is never assumed.
func NewContact(p ContactPatch, now time.Time) (Contact, error) {
	now = millis(now)
	c := Contact{ID: NewID(ContactID, now), Status: Pending, Custom: filter.Object{}, CreatedAt: now}
	if p.From != nil {
		id, err := p.From.contactID()
		if err != nil {
			return Contact{}, err
		}
		c.ID = id
	}
	p.Version = nil
	return p.Apply(c, now)
}

// Apply returns the contact with the patch applied, normalised and checked. The contact itself is not changed; the
// returned one has values in common with it and with the patch, so none of them may be changed in place.
func (p ContactPatch) Apply(c Contact, now time.Time) (Contact, error) {
	if p.Version != nil && *p.Version != c.Version {
		return Contact{}, staleVersion(c.Version)
	}
	if err := c.setEmail(p.Email); err != nil {
		return Contact{}, err
	}
	set(&c.Phone, p.Prepared().Phone)
	set(&c.FirstName, p.FirstName)
	set(&c.LastName, p.LastName)
	set(&c.Status, p.Status)
	c.statusSource = p.StatusSource
	set(&c.Tags, p.Tags)
	c.Tags = altered(c.Tags, trimmed(p.AddTags), trimmed(p.RemoveTags))
	c.Segments = altered(c.Segments, p.AddSegments, p.RemoveSegments)
	if p.From != nil {
		c.From = p.From
	}
	if p.SubscribedAt != nil {
		c.SubscribedAt = nil
		if !p.SubscribedAt.IsZero() {
			at := millis(*p.SubscribedAt)
			c.SubscribedAt = &at
		}
	}
	if err := p.applyFields(&c); err != nil {
		return Contact{}, err
	}
	c.UpdatedAt = millis(now)
	c.Version++
	return c, c.normalise()
}

// Update returns the contact with the patch applied, to be stored, or the contact itself where the patch comes from a row
// that was applied to it before.
func (p ContactPatch) Update(c *Contact, now time.Time) (*Contact, error) {
	if c.HasApplied(p.From) {
		return c, nil
	}
	next, err := p.Apply(*c, now)
	if err != nil {
		return nil, err
	}
	return &next, nil
}

// applyFields applies what the patch says of fields below custom.
func (p ContactPatch) applyFields(c *Contact) error {
	for _, path := range p.Unset {
		steps, err := customSteps(path, "unset")
		if err != nil {
			return err.At("unset")
		}
		c.Custom = without(c.Custom, steps)
	}
	for _, path := range p.Purge {
		steps, err := customSteps(path, "unset")
		if err != nil {
			return err.At("purge")
		}
		if less, changed := purged(c.Custom, steps); changed {
			c.Custom = less.(filter.Object)
		}
	}
	c.Custom = merged(c.Custom, p.Custom)
	for i, f := range p.Set {
		if err := c.change(f.Path, func(any) (any, *Error) { return f.Value, nil }); err != nil {
			return err.At("set", i)
		}
	}
	for i, f := range p.Increments {
		if err := c.change(f.Path, f.add); err != nil {
			return err.At("increment", i)
		}
	}
	return nil
}

// change changes the value at a path, which is nil where there is none.
func (c *Contact) change(path filter.Path, change func(any) (any, *Error)) *Error {
	steps, err := customSteps(path, "set")
	if err == nil {
		c.Custom, err = with(c.Custom, steps, change)
	}
	return err
}

// Has says whether the contact has something at a path below custom, and be it null or an empty list.
func (c *Contact) Has(path filter.Path) bool {
	steps, err := customSteps(path, "asked for")
	if err != nil {
		return false
	}
	_, has := purged(c.Custom, steps)
	return has
}

// customSteps returns the path within custom of a field that is changed so.
func customSteps(path filter.Path, changed string) ([]string, *Error) {
	steps := path.Steps()
	if steps[0] != filter.CustomField || len(steps) < 2 {
		return nil, Errorf(BadInput, "only fields below custom can be %s, %s is not one", changed, path)
	}
	return steps[1:], nil
}

// add returns the sum with what is there.
func (f FieldIncrement) add(v any) (any, *Error) {
	var n normaliser
	by, _, err := n.value(f.By, 0)
	a, aWhole := v.(int64)
	b, bWhole := by.(int64)
	switch {
	case err != nil:
		return nil, err
	case filter.KindOf(by) != filter.KindNumber:
		return nil, Errorf(BadInput, "a field is incremented by a number, not by %s", filter.KindOf(by))
	case v == nil:
		return by, nil
	case filter.KindOf(v) != filter.KindNumber:
		return nil, Errorf(BadInput, "%s is %s; only a number can be incremented", f.Path, filter.KindOf(v))
	case !aWhole || !bWhole:
		return float(v) + float(by), nil
	case (b > 0) != (a+b > a) && b != 0:
		return nil, Errorf(BadInput, "%s would be a number beyond 64 bits", f.Path)
	}
	return a + b, nil
}

func float(number any) float64 {
	if whole, ok := number.(int64); ok {
		return float64(whole)
	}
	f, _ := number.(float64)
	return f
}

// altered returns the texts with those that are added and less those that are removed, each once, nil where none is
// left. The texts themselves are not changed.
func altered(texts, add, remove []string) []string {
	if len(add) == 0 && len(remove) == 0 {
		return texts
	}
	texts = slices.DeleteFunc(slices.Concat(texts, add), func(t string) bool { return slices.Contains(remove, t) })
	if len(texts) == 0 {
		return nil
	}
	return unique(texts)
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
	less := maps.Clone(o)
	if len(steps) == 1 {
		delete(less, steps[0])
	} else if inner, ok := next.(filter.Object); ok {
		less[steps[0]] = without(inner, steps[1:])
	}
	return less
}

// purged returns the value less the field; lists on the way to it are gone through as filters do.
func purged(v any, steps []string) (less any, changed bool) {
	switch v := v.(type) {
	case filter.Object:
		inner, ok := v[steps[0]]
		if ok && len(steps) == 1 {
			return without(v, steps), true
		}
		if ok {
			inner, ok = purged(inner, steps[1:])
		}
		if ok {
			return merged(v, filter.Object{steps[0]: inner}), true
		}
	case []any:
		list, _ := changeList(v, func(_ int, item any) (any, bool, *Error) {
			if _, isList := item.([]any); isList {
				return item, false, nil
			}
			less, changed := purged(item, steps)
			return less, changed, nil
		})
		return list, list != nil
	}
	return v, false
}

// with returns the object in which a field is changed; the object itself is not.
func with(o filter.Object, steps []string, change func(any) (any, *Error)) (filter.Object, *Error) {
	v, err := o[steps[0]], (*Error)(nil)
	if len(steps) > 1 {
		inner, isObject := v.(filter.Object)
		if v != nil && !isObject {
			return nil, Errorf(BadInput, "%q has a value that is %s; only an object can have a field %q", steps[0], filter.KindOf(v), steps[1])
		}
		v, err = with(inner, steps[1:], change)
	} else {
		v, err = change(v)
	}
	if err != nil {
		return nil, err
	}
	return merged(o, filter.Object{steps[0]: v}), nil
}
