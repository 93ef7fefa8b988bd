package filter

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxDescribed is how many values of a list a description shows.
const maxDescribed = 5

// Describe says in one line what a node asks, for people who read how a filter was answered. The nodes within And, Or,
// Not and Any are left to lines of their own.
func Describe(n Node) string {
	switch n := n.(type) {
	case Const:
		if n {
			return "always"
		}
		return "never"
	case And:
		return "and"
	case Or:
		return "or"
	case Not:
		return "not"
	case Has:
		return fmt.Sprintf("%s: %s", n.Path, describeTest(n.Test))
	case Any:
		return fmt.Sprintf("%s: any element", n.Path)
	case Many:
		return describeMany(n)
	}
	panic("filter: unknown node")
}

func describeMany(n Many) string {
	var count string
	switch {
	case n.Max == nil:
		count = fmt.Sprintf("at least %d", n.Min)
	case n.Min == *n.Max:
		count = fmt.Sprintf("exactly %d", n.Min)
	case n.Min == 0:
		count = fmt.Sprintf("at most %d", *n.Max)
	default:
		count = fmt.Sprintf("%d to %d", n.Min, *n.Max)
	}
	switch of := n.Of.(type) {
	case Has:
		return fmt.Sprintf("%s: %s values, each %s", of.Path, count, describeTest(of.Test))
	case Any:
		return fmt.Sprintf("%s: %s elements", of.Path, count)
	}
	panic("filter: unknown countable")
}

func describeTest(t Test) string {
	switch t := t.(type) {
	case AllOf:
		if len(t) == 0 {
			return "any value"
		}
		return joined(t, " and ", describeTest)
	case Present:
		return "any value"
	case OfKind:
		return joined(t, " or ", func(k Kind) string { return strings.ToLower(k.String()) })
	case NotBlank:
		return "not empty"
	case OneOf:
		return "one of " + describeValues(t.Values) + ignoringCase(t.Fold)
	case TextMatch:
		return fmt.Sprintf("%s %q", t.Where.verb(), abbreviate(t.Text)) + ignoringCase(t.Fold)
	case Pattern:
		return fmt.Sprintf("matches %q", abbreviate(t.String()))
	case NumberRange:
		return t.describe()
	case DateRange:
		return describeSpan("day", t.Days, Date.String) + ", or " +
			describeSpan("instant", t.Instants, func(at time.Time) string { return at.Format(time.RFC3339Nano) })
	case CalendarPart:
		return fmt.Sprintf("%s %s in %s", t.Part, joined(t.In, " or ", PartRange.String), t.Zone)
	case Within:
		if math.IsInf(t.RadiusKm, 1) {
			return "a point"
		}
		return fmt.Sprintf("within %s km of %s, %s", number(t.RadiusKm), number(t.Centre.Latitude), number(t.Centre.Longitude))
	}
	panic("filter: unknown test")
}

func joined[T any](items []T, by string, describe func(T) string) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = describe(item)
	}
	return strings.Join(texts, by)
}

// describeValues shows the first of the values, which are all of one kind.
func describeValues(values []any) string {
	if len(values) == 0 {
		return "none"
	}
	text := joined(values[:min(len(values), maxDescribed)], ", ", func(v any) string {
		switch v := v.(type) {
		case string:
			return strconv.Quote(abbreviate(v))
		case bool:
			return strconv.FormatBool(v)
		default:
			return number(v)
		}
	})
	if more := len(values) - maxDescribed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func ignoringCase(fold bool) string {
	if fold {
		return ", ignoring case"
	}
	return ""
}

func (p Place) verb() string {
	switch p {
	case Anywhere:
		return "contains"
	case AtStart:
		return "starts with"
	case AtEnd:
		return "ends with"
	}
	panic("filter: unknown place")
}

func (r NumberRange) describe() string {
	var ends []string
	if b := r.From; b != nil {
		ends = append(ends, b.describe(">"))
	}
	if b := r.To; b != nil {
		ends = append(ends, b.describe("<"))
	}
	return strings.TrimSpace("number " + strings.Join(ends, " and "))
}

func (b NumberBound) describe(sign string) string {
	if b.Inclusive {
		sign += "="
	}
	return sign + " " + number(b.Value)
}

// number writes an int64 or a float64 without an exponent.
func number(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func describeSpan[T any](name string, s Span[T], describe func(T) string) string {
	var ends []string
	if s.From != nil {
		ends = append(ends, ">= "+describe(*s.From))
	}
	if s.To != nil {
		ends = append(ends, "< "+describe(*s.To))
	}
	return strings.TrimSpace(name + " " + strings.Join(ends, " and "))
}

// String names the part.
func (p Part) String() string {
	switch p {
	case Weekday:
		return "weekday"
	case MonthOfDay:
		return "month"
	case DayOfYear:
		return "month and day"
	}
	panic("filter: unknown part of a day")
}

// String returns the range as 1 to 5, or 1.
func (r PartRange) String() string {
	if r.From == r.To {
		return strconv.Itoa(r.From)
	}
	return fmt.Sprintf("%d to %d", r.From, r.To)
}
