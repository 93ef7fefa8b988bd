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

// The operands, each with what reading one gives.
const (
	TextOperand        Operand = iota // string
	TextListOperand                   // []any of string
	PatternOperand                    // Pattern
	NumberOperand                     // int64 or float64
	NumberListOperand                 // []any of int64 or float64
	BooleanOperand                    // bool
	MomentOperand                     // Moment
	MomentRangeOperand                // momentRange
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
	case MomentOperand:
		return "DayOrInstant"
	case MomentRangeOperand:
		return "DayOrInstantRange"
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
	case MomentOperand:
		return r.moment(v, s)
	case MomentRangeOperand:
		return r.momentRange(v, s)
	}
	panic("filter: unknown operand")
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
	return text, true
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
	return n, err == nil
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

func (r *reading) moment(v any, s scope) (any, bool) {
	text, ok := v.(string)
	if !ok {
		r.problem(s, BadInput, "expected a day or an instant, got %s", describe(v))
		return Moment{}, false
	}
	if !strings.ContainsAny(text, "Tt") {
		day, err := ParseDate(text)
		if err != nil {
			r.problem(s, BadInput, "%s, nor an instant like 2026-03-01T09:00:00Z", err)
		}
		return Moment{isDay: true, day: day}, err == nil
	}
	instant, err := ParseInstant(text)
	if err != nil {
		r.problem(s, BadInput, "%s, nor a day like 2026-03-01", err)
	}
	return Moment{instant: instant}, err == nil
}

func (r *reading) momentRange(v any, s scope) (any, bool) {
	fields, ok := r.object(v, s)
	if !ok {
		return nil, false
	}
	ends := [2]Moment{}
	for i, name := range []string{"from", "to"} {
		m, sound := r.moment(fields[name], s.in(name))
		ends[i], ok = m.(Moment), ok && sound
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != "from" && name != "to" {
			r.unknownName(s.in(name), "a range", name, []string{"from", "to"})
			ok = false
		}
	}
	if ok && ends[0].isDay != ends[1].isDay {
		r.problem(s, BadInput, "from and to are both days or both instants")
		ok = false
	}
	return momentRange{ends[0], ends[1]}, ok
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
