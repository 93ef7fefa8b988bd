package db

import (
	"cmp"

	"segmentql/filter"
)

// Limits of the values that are suggested for a field.
const (
	DefaultValues = 20
	MaxValues     = 100
	// MaxValueLength is in bytes: nobody chooses a longer text from a list.
	MaxValueLength = 128
)

// ValuesQuery asks which values contacts have at a path: those of which a filter.Has asks there, the elements of lists
// among them.
type ValuesQuery struct {
	Path   filter.Path
	Prefix string // of text, ignoring case; with one, all values are text
	First  int    // how many values, at most MaxValues
}

// Check says whether there is an answer.
func (q ValuesQuery) Check() error {
	if q.First < 0 || q.First > MaxValues {
		return Errorf(BadInput, "there are 0 to %d values at a time", MaxValues).At("first")
	}
	if len(q.Prefix) > MaxValueLength {
		return Errorf(BadInput, "a prefix has at most %d bytes, because longer texts are not suggested", MaxValueLength).At("prefix")
	}
	return nil
}

// Test is what a value must pass: it is a text that is not empty, a number or a truth value. A text must have at most
// MaxValueLength bytes, too.
func (q ValuesQuery) Test() filter.Test {
	if q.Prefix != "" {
		return filter.NewTextMatch(filter.AtStart, q.Prefix, true)
	}
	return filter.AllOf{filter.OfKind{filter.KindNumber, filter.KindText, filter.KindBoolean}, filter.NotBlank{}}
}

// ValueCount is a value and how many contacts have it. Numbers that are equal are one value.
type ValueCount struct {
	Value any
	Count int64
}

// Compare says whether a stands before b: the more frequent value does, and of equally frequent ones the lesser.
func (a ValueCount) Compare(b ValueCount) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), filter.Compare(a.Value, b.Value))
}

// ValueRange is the least and the greatest of some values, which are all of one kind.
type ValueRange struct{ Min, Max any }

// RangeKinds are the kinds of values of which there are ranges, in the order of filter.Kind.
func RangeKinds() []filter.Kind {
	return []filter.Kind{filter.KindNumber, filter.KindDate, filter.KindDateTime}
}

// Ranges are the ranges of values, one for each kind of RangeKinds that is among them. The zero value is of no values.
type Ranges map[filter.Kind]ValueRange

// Include takes a value into account.
func (r Ranges) Include(v any) {
	kind := filter.KindOf(v)
	known, ok := r[kind]
	if !ok || filter.Compare(v, known.Min) < 0 {
		known.Min = v
	}
	if !ok || filter.Compare(v, known.Max) > 0 {
		known.Max = v
	}
	switch kind {
	case filter.KindNumber, filter.KindDate, filter.KindDateTime:
		r[kind] = known
	case filter.KindNull, filter.KindText, filter.KindObject, filter.KindList, filter.KindBoolean:
	}
}

// Of returns the range that stands for a field: that of its declared type or, where there is none, of the first kind in
// the order of RangeKinds that has one; nil where there is no range.
func (r Ranges) Of(declared filter.Kind) *ValueRange {
	for _, kind := range append([]filter.Kind{declared}, RangeKinds()...) {
		if found, ok := r[kind]; ok {
			return &found
		}
	}
	return nil
}
