package filter

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Operand is the form of what an operator takes.
type Operand uint8

// The operands, each with what reading one gives. The last three are read with the whole of their condition.
const (
	TextOperand        Operand = iota // string
	TextListOperand                   // []any of string
	PatternOperand                    // Pattern
	NumberOperand                     // int64 or float64
	NumberListOperand                 // []any of int64 or float64
	BooleanOperand                    // bool
	CountOperand                      // intRange
	MomentOperand                     // Moment
	MomentRangeOperand                // momentRange
	AmountOperand                     // amount
	PeriodOperand                     // Unit of the calendar
	AnniversaryOperand                // anniversary
	WeekdaysOperand                   // []int, 1 for Monday
	MonthsOperand                     // []int
	CircleOperand                     // Within
	FilterOperand
	SegmentOperand
)

// String returns the GraphQL type of the operand.
func (o Operand) String() string {
	switch o {
	case TextOperand, PatternOperand:
		return "String"
	case TextListOperand:
		return "[String!]"
	case NumberOperand:
		return "Float"
	case NumberListOperand:
		return "[Float!]"
	case BooleanOperand:
		return "Boolean"
	case CountOperand:
		return "IntRange"
	case MomentOperand:
		return "DayOrInstant"
	case MomentRangeOperand:
		return "DayOrInstantRange"
	case AmountOperand:
		return "TimeAmount"
	case PeriodOperand:
		return "CalendarUnit"
	case AnniversaryOperand:
		return "AnniversaryInput"
	case WeekdaysOperand:
		return "[Weekday!]"
	case MonthsOperand:
		return "[Int!]"
	case CircleOperand:
		return "GeoCircle"
	case FilterOperand:
		return "FilterInput"
	case SegmentOperand:
		return "ID"
	}
	return ""
}

// read checks an operand and returns it in the Go type above. On a mistake it reports it and returns false.
func (o Operand) read(r *reading, v any, s scope) (any, bool) {
	switch o {
	case TextOperand:
		return r.text(v, s)
	case TextListOperand:
		return r.list(v, s, r.text)
	case PatternOperand:
		return r.pattern(v, s)
	case NumberOperand:
		return r.number(v, s)
	case NumberListOperand:
		return r.list(v, s, r.number)
	case BooleanOperand:
		b, ok := v.(bool)
		if !ok {
			r.problem(s, BadInput, "expected true or false, got %s", describe(v))
		}
		return b, ok
	case CountOperand:
		i, ok := r.intRange(v, s)
		return i, ok
	case MomentOperand:
		return r.moment(v, s)
	case MomentRangeOperand:
		return r.momentRange(v, s)
	case AmountOperand:
		return r.amount(v, s)
	case PeriodOperand:
		return r.period(v, s)
	case AnniversaryOperand:
		return r.anniversary(v, s)
	case WeekdaysOperand:
		return r.list(v, s, r.weekday)
	case MonthsOperand:
		return r.list(v, s, func(v any, s scope) (any, bool) { return r.integer(v, s, 1, 12) })
	case CircleOperand:
		return r.circle(v, s)
	case FilterOperand, SegmentOperand:
	}
	panic("filter: not the operand of an operator with a test or a rule")
}

func (r *reading) text(v any, s scope) (any, bool) {
	text, ok := v.(string)
	if !ok {
		r.problem(s, BadInput, "expected a text, got %s", describe(v))
		return nil, false
	}
	if !utf8.ValidString(text) {
		r.problem(s, BadInput, "the text is not valid UTF-8")
		return nil, false
	}
	if len(text) > r.Limits.Text {
		r.problem(s, LimitExceeded, "a text has at most %d bytes, this one has %d", r.Limits.Text, len(text))
		return nil, false
	}
	return text, r.fits(len(text), s)
}

func (r *reading) list(v any, s scope, item func(any, scope) (any, bool)) (any, bool) {
	values, isList := v.([]any)
	if !isList {
		// GraphQL takes a single value for a list of one.
		one, ok := item(v, s)
		return []any{one}, ok
	}
	if len(values) > r.Limits.Values {
		r.problem(s, LimitExceeded, "a list has at most %d values, this one has %d", r.Limits.Values, len(values))
		return nil, false
	}
	read, sound := make([]any, len(values)), true
	for i, v := range values {
		if r.full {
			return nil, false
		}
		one, ok := item(v, s.in(i))
		read[i], sound = one, sound && ok
	}
	return read, sound
}

func (r *reading) pattern(v any, s scope) (any, bool) {
	text, ok := r.text(v, s)
	if !ok {
		return nil, false
	}
	if n := utf8.RuneCountInString(text.(string)); n > r.Limits.Pattern {
		r.problem(s, LimitExceeded, "a pattern has at most %d characters, this one has %d", r.Limits.Pattern, n)
		return nil, false
	}
	p, err := ParsePattern(text.(string))
	if err != nil {
		r.problem(s, BadInput, "%s", err)
		return nil, false
	}
	return p, true
}

func (r *reading) number(v any, s scope) (any, bool) {
	n, err := numberOf(v)
	if err != nil {
		r.problem(s, BadInput, "%s", err)
	}
	return n, err == nil && r.fits(0, s)
}

// fits counts the bytes of a value, and says once when there are too many.
func (r *reading) fits(bytes int, s scope) bool {
	if r.full {
		return false
	}
	const each = 8 // beside its own bytes
	if r.size += bytes + each; r.size > MaxSize {
		r.full = true
		r.problem(s, LimitExceeded, "the filter has more than %d bytes of values; use fewer or shorter ones", MaxSize)
		return false
	}
	return true
}

func numberOf(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		return ParseNumber(v)
	case int:
		return int64(v), nil
	case int64:
		return v, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%v is not a finite number", v)
		}
		return v, nil
	}
	return nil, fmt.Errorf("expected a number, got %s", describe(v))
}

// integer reads a whole number from least to most.
func (r *reading) integer(v any, s scope, least, most int) (any, bool) {
	n, err := numberOf(v)
	i, whole := Canonical(n).(int64)
	if err != nil || !whole || i < int64(least) || i > int64(most) {
		r.problem(s, BadInput, "expected a whole number from %d to %d, got %s", least, most, describe(v))
		return nil, false
	}
	return int(i), true
}

// record reads an object with no other members than those named. It is nil where there is none.
func (r *reading) record(v any, s scope, where string, names ...string) (Object, bool) {
	fields, ok := v.(Object)
	if !ok {
		r.problem(s, BadInput, "expected {%s}, got %s", strings.Join(names, ", "), describe(v))
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(names, name) {
			r.unknownName(s.in(name), where, name, names)
			ok = false
		}
	}
	return fields, ok
}

// required reads a member that must be there.
func (r *reading) required(fields Object, name string, s scope, where string, read func(any, scope) (any, bool)) (any, bool) {
	if fields[name] == nil {
		r.problem(s.in(name), BadInput, "%s needs %s", where, name)
		return nil, false
	}
	return read(fields[name], s.in(name))
}

// describe names an input value in a message.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		return fmt.Sprintf("the text %q", abbreviate(v))
	case bool:
		return fmt.Sprintf("%t", v)
	case Object:
		return "an object"
	case []any:
		return "a list"
	case json.Number, int, int64, float64:
		return fmt.Sprintf("the number %v", v)
	}
	return "a value of another type"
}
