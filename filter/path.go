package filter

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Limits of a path.
const (
	MaxPathLength = 512 // bytes
	MaxPathSteps  = 32
)

// CustomField is the field under which all custom fields of a contact live.
const CustomField = "custom"

// SegmentsField is the field of contacts that has the IDs of the static segments of which they are members. Filters ask
// for it by a segment condition only.
const SegmentsField = "segments"

// DateKey is reserved: stores that have no type for calendar days keep one as {DateKey: midnight UTC}, so no
// document may use it as a key and no path can address it.
const DateKey = "_day"

// Path addresses values in a document: keys from the outside in. Array positions are not addressed.
type Path struct {
	text  string
	steps []string
}

// String returns the path in its dotted form.
func (p Path) String() string { return p.text }

// MarshalText returns the path in its dotted form.
func (p Path) MarshalText() ([]byte, error) { return []byte(p.text), nil }

// UnmarshalText reads what MarshalText has written.
func (p *Path) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePath(string(text))
	return err
}

// Steps returns the keys of the path; do not modify them.
func (p Path) Steps() []string { return p.steps }

// ParsePath reads a dotted path such as custom.address.city. It checks the form of the path only; whether a
// contact can have such a field is said by CheckContactPath.
func ParsePath(text string) (Path, error) {
	if text == "" {
		return Path{}, fmt.Errorf("a path must not be empty; write a field such as email or custom.plan")
	}
	if len(text) > MaxPathLength {
		return Path{}, fmt.Errorf("a path has at most %d bytes, this one has %d", MaxPathLength, len(text))
	}
	steps := strings.Split(text, ".")
	if len(steps) > MaxPathSteps {
		return Path{}, fmt.Errorf("a path has at most %d steps, this one has %d", MaxPathSteps, len(steps))
	}
	for _, step := range steps {
		if err := CheckKey(step); err != nil {
			return Path{}, fmt.Errorf("the path %q is not valid: %w", text, err)
		}
	}
	return Path{text: text, steps: steps}, nil
}

// MustPath is ParsePath for paths that are constants of the program.
func MustPath(text string) Path {
	p, err := ParsePath(text)
	if err != nil {
		panic(err)
	}
	return p
}

// CheckKey says whether a document may have the key, and so whether a path may name it.
func CheckKey(key string) error {
	switch {
	case key == "":
		return fmt.Errorf("a key must not be empty")
	case strings.HasPrefix(key, "$"):
		return fmt.Errorf("the key %q must not start with $", key)
	case strings.ContainsAny(key, ".\x00"):
		return fmt.Errorf("the key %q must not contain a dot or a NUL character", key)
	case key == DateKey:
		return fmt.Errorf("the key %q is reserved", key)
	}
	return nil
}

// StandardField is a field that every contact may have, outside of custom.
type StandardField struct {
	Name string
	Kind Kind // of its values; a list has values of this kind
	List bool
	// Required says that every contact has a value.
	Required bool
	// Values are the possible values of a field that has only few.
	Values []string
}

// StandardFields returns the standard fields of a contact.
func StandardFields() []StandardField {
	return []StandardField{
		{Name: "email", Kind: KindText},
		{Name: "phone", Kind: KindText},
		{Name: "firstName", Kind: KindText},
		{Name: "lastName", Kind: KindText},
		{Name: "status", Kind: KindText, Required: true, Values: []string{"SUBSCRIBED", "UNSUBSCRIBED", "PENDING", "BOUNCED", "COMPLAINED"}},
		{Name: "subscribedAt", Kind: KindDateTime},
		{Name: "tags", Kind: KindText, List: true},
		{Name: "createdAt", Kind: KindDateTime, Required: true},
		{Name: "updatedAt", Kind: KindDateTime, Required: true},
	}
}

// Standard returns the standard field that the path names.
func (p Path) Standard() (StandardField, bool) {
	fields := StandardFields()
	i := slices.IndexFunc(fields, func(f StandardField) bool { return f.Name == p.text })
	if i < 0 {
		return StandardField{}, false
	}
	return fields[i], true
}

// CheckContactPath says whether the path starts where fields of contacts are: at a standard field or below custom.
func CheckContactPath(p Path) error {
	if _, ok := p.Standard(); ok {
		return nil
	}
	if p.steps[0] == CustomField && len(p.steps) > 1 {
		return nil
	}
	return fmt.Errorf("there is no field %q: standard fields are %s; every other field is below custom, as in custom.%s",
		p, standardNames(), p)
}

func standardNames() string {
	var names []string
	for _, f := range StandardFields() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// under returns the path of a field within the elements at base.
func (p Path) under(base Path) Path {
	if base.text == "" {
		return p
	}
	return Path{text: base.text + "." + p.text, steps: slices.Concat(base.steps, p.steps)}
}

// Child returns the path of a key of what is at p.
func (p Path) Child(key string) Path { return Path{text: key, steps: []string{key}}.under(p) }

// IsPosition says whether a key looks like an array position: digits only. Within or below an array such a
// key addresses nothing (see each), because there MongoDB would read it as a position.
func IsPosition(key string) bool {
	return strings.Trim(key, "0123456789") == ""
}

// Document is what a filter is asked of.
type Document interface {
	// Field returns the value of a top-level field and whether there is one.
	Field(name string) (any, bool)
}

// element makes an array element a Document.
type element Object

func (e element) Field(name string) (any, bool) {
	v, ok := e[name]
	return v, ok
}

// AsDocument makes an object a Document.
func AsDocument(o Object) Document { return element(o) }

// each calls yield with every value at the path until yield returns true, and returns whether it did. The rules
// are MongoDB's for queries: a step that meets an array goes on into each element that is an object; an array at
// the end contributes its elements; an array directly inside an array is a value of its own and not entered.
func each(d Document, p Path, yield func(any) bool) bool {
	return eachField(d, p, func(v any) bool {
		if list, ok := v.([]any); ok {
			return slices.ContainsFunc(list, yield)
		}
		return yield(v)
	})
}

// Values iterates over the values at the path: those of which a Has asks.
func Values(d Document, p Path) iter.Seq[any] {
	return func(yield func(any) bool) {
		each(d, p, func(v any) bool { return !yield(v) })
	}
}

// eachField is each, but an array at the end is handed on as it is.
func eachField(d Document, p Path, yield func(any) bool) bool {
	v, ok := d.Field(p.steps[0])
	return ok && walk(v, p.steps[1:], false, yield)
}

func walk(v any, steps []string, inArray bool, yield func(any) bool) bool {
	if len(steps) == 0 {
		return yield(v)
	}
	switch v := v.(type) {
	case Object:
		if inArray && IsPosition(steps[0]) {
			return false
		}
		next, ok := v[steps[0]]
		return ok && walk(next, steps[1:], inArray, yield)
	case []any:
		return slices.ContainsFunc(v, func(item any) bool {
			o, ok := item.(Object)
			return ok && walk(o, steps, true, yield)
		})
	}
	return false
}

// Single returns the value at the path, nil where there is none, and whether it is a single one: it is not where it
// or anything on the way to it is a list, or where it is an object.
func Single(d Document, p Path) (v any, single bool) {
	v, ok := d.Field(p.steps[0])
	if !ok {
		return nil, true
	}
	for _, step := range p.steps[1:] {
		if _, isList := v.([]any); isList {
			return nil, false
		}
		o, _ := v.(Object)
		v = o[step]
	}
	switch KindOf(v) {
	case KindObject, KindList:
		return nil, false
	default:
		return v, true
	}
}

// Value returns what is at the path: the list of all values where the path leads through a list, nil where there is
// nothing.
func Value(d Document, p Path) any {
	v, ok := d.Field(p.steps[0])
	if !ok {
		return nil
	}
	for i, step := range p.steps[1:] {
		if _, isList := v.([]any); isList {
			values := []any{}
			walk(v, p.steps[1+i:], false, func(v any) bool {
				values = append(values, v)
				return false
			})
			return values
		}
		o, _ := v.(Object)
		v = o[step]
	}
	return v
}
