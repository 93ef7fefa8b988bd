package db

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"segmentql/filter"
)

// Shape says what kinds of values were seen at a path, as a set. The elements of lists count as values; that a
// value was a list is in the set too.
type Shape uint16

// ShapeOf returns the set of the kinds.
func ShapeOf(kinds ...filter.Kind) Shape {
	var s Shape
	for _, k := range kinds {
		s |= 1 << k
	}
	return s
}

// NestedList is in a Shape where a list was seen directly inside a list.
const NestedList Shape = 1 << 15

// AnyShape is what is assumed of a path of which nothing is known.
const AnyShape = ^Shape(0)

// Has says whether values of the kind were seen.
func (s Shape) Has(k filter.Kind) bool { return s&(1<<k) != 0 }

func (s Shape) includes(o Shape) bool { return s|o == s }

// shapeOfValue returns what a value adds to the shape of its field.
func shapeOfValue(v any) Shape {
	shape := ShapeOf(filter.KindOf(v))
	list, _ := v.([]any)
	for _, item := range list {
		shape |= ShapeOf(filter.KindOf(item))
		if filter.KindOf(item) == filter.KindList {
			shape |= NestedList
		}
	}
	return shape
}

// Kinds returns the kinds in the set.
func (s Shape) Kinds() []filter.Kind {
	var kinds []filter.Kind
	for k := filter.KindNull; k <= filter.KindDateTime; k++ {
		if s.Has(k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// Field is what is known of the contacts' values at one path below custom. A step * stands for any key: see
// HasDataForKeys.
type Field struct {
	Path        string
	Shape       Shape
	MapLike     bool        // there are objects whose keys are data; it follows from other fields and is not stored
	Type        filter.Kind // as declared; KindNull where it is not
	Label       string
	Description string
}

// FieldDeclaration declares a field.
type FieldDeclaration struct {
	Path        filter.Path
	Type        filter.Kind // Text, Number, Boolean, Date or DateTime
	Label       string
	Description string
}

// Check says whether the field can be declared so.
func (d FieldDeclaration) Check() error {
	if _, standard := d.Path.Standard(); standard {
		return Errorf(BadInput, "%s is a standard field; its type is fixed", d.Path).At("path")
	}
	if err := filter.CheckContactPath(d.Path); err != nil {
		return Errorf(BadInput, "%s", err).At("path")
	}
	if d.Path.Steps()[1] == AnyKey {
		return Errorf(BadInput, "the keys of custom are the names of fields; a step * stands for any key of an object in it").At("path")
	}
	switch d.Type {
	case filter.KindText, filter.KindNumber, filter.KindBoolean, filter.KindDate, filter.KindDateTime:
		return nil
	case filter.KindNull, filter.KindObject, filter.KindList:
	}
	return Errorf(BadInput, "a field is declared as TEXT, NUMBER, BOOLEAN, DATE or DATETIME").At("type")
}

// conform returns the value, which is no list, as one of the declared type: text is parsed where the type has a form in
// text, null is let through, anything else is refused.
func conform(v any, declared filter.Kind) (conformed any, changed bool, err *Error) {
	switch t := v.(type) {
	case nil:
		return nil, false, nil
	case string:
		if declared == filter.KindText {
			return v, false, nil
		}
		parsed, err := ParseText(t, declared)
		if err != nil {
			return nil, false, Errorf(BadInput, "the field is declared %s and %s", declared, err)
		}
		return parsed, true, nil
	}
	if filter.KindOf(v) != declared {
		return nil, false, Errorf(BadInput, "the field is declared %s, the value is %s", declared, filter.KindOf(v))
	}
	return v, false, nil
}

// ParseText reads a text as a value of the kind: the forms are 12.5, true, 2026-03-01 and 2026-03-01T09:00:00Z. A
// blank text is null.
func ParseText(text string, kind filter.Kind) (any, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil //nolint:nilnil // blank is null
	}
	switch kind {
	case filter.KindNumber:
		if !json.Valid([]byte(text)) || strings.ContainsAny(text[:1], `"[{tfn`) {
			return nil, fmt.Errorf("%q is not a number like 12.5", short(text))
		}
		return filter.ParseNumber(json.Number(text))
	case filter.KindBoolean:
		if b, ok := map[string]bool{"true": true, "false": false}[strings.ToLower(text)]; ok {
			return b, nil
		}
		return nil, fmt.Errorf("%q is neither true nor false", short(text))
	case filter.KindDate:
		return filter.ParseDate(text)
	case filter.KindDateTime:
		t, err := filter.ParseInstant(text)
		return t.Truncate(time.Millisecond), err
	case filter.KindText, filter.KindNull, filter.KindObject, filter.KindList:
	}
	return text, nil
}
