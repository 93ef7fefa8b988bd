package filter

import (
	"regexp"
	"time"
)

// Node is a core node: what stores translate. The set is sealed; every operator of the language lowers to it.
//
//sumtype:decl
type Node interface{ node() }

type (
	// Const holds for every contact, or for none.
	Const bool

	// And holds when all of its nodes hold; an empty one holds for every contact.
	And []Node

	// Or holds when any of its nodes holds; an empty one holds for no contact.
	Or []Node

	// Not holds when its node does not: it is always the exact complement.
	Not struct{ Node Node }

	// Has holds when some value at the path passes the test.
	Has struct {
		Path Path
		Test Test
	}

	// Any holds when some array at the path has an element for which Match holds. The paths in Match are
	// relative to the element, and the whole of Match is asked of one element. An element that is an array
	// itself has no fields; elements that are neither objects nor arrays do not count.
	Any struct {
		Path  Path
		Match Node
	}

	// Many holds when there are from Min to Max of what Of asks for one: values that pass the test of a Has, or
	// elements, of all arrays at the path together, that match an Any. Max is 1 or greater, or nil: any number.
	Many struct {
		Of  Countable
		Min int
		Max *int
	}
)

// Countable is a node that holds when there is one of something: Has or Any.
//
//sumtype:decl
type Countable interface {
	Node
	countable()
}

func (Has) countable() {}
func (Any) countable() {}

func (Const) node() {}
func (And) node()   {}
func (Or) node()    {}
func (Not) node()   {}
func (Has) node()   {}
func (Any) node()   {}
func (Many) node()  {}

// Test is what one value must pass. The set is sealed.
//
//sumtype:decl
type Test interface{ test() }

type (
	// AllOf passes a value that passes each of its tests.
	AllOf []Test

	// Present passes every value, null too.
	Present struct{}

	// OfKind passes a value of one of the kinds, which are kinds of scalars.
	OfKind []Kind

	// NotBlank passes a value that is not null, "" or [].
	NotBlank struct{}

	// OneOf passes a value that equals one of Values, which are all of one kind: text, number or boolean. Fold
	// compares text ignoring case. It is made by NewOneOf.
	OneOf struct {
		Values []any
		Fold   bool
		set    map[any]struct{}
	}

	// TextMatch passes a text that has Text at the given place. Fold ignores case. It is made by NewTextMatch.
	TextMatch struct {
		Where  Place
		Text   string
		Fold   bool
		sought string
	}

	// Pattern passes a text in which the regular expression finds a match. Its String is written so that RE2
	// and PCRE read it alike; see ParsePattern.
	Pattern struct{ *regexp.Regexp }

	// NumberRange passes a number within the bounds.
	NumberRange struct{ From, To *NumberBound }

	// DateRange passes an instant within Instants and a calendar day within Days.
	DateRange struct {
		Instants Span[time.Time]
		Days     Span[Date]
	}

	// CalendarPart passes a calendar day of which the part is in one of the ranges, and an instant that falls on
	// such a day in Zone.
	CalendarPart struct {
		Part Part
		In   []PartRange
		Zone *time.Location
	}

	// Within passes a point that is no more than RadiusKm kilometres from Centre, on a sphere of EarthRadius. An
	// infinite radius passes every point.
	Within struct {
		Centre   Point
		RadiusKm float64
	}
)

func (AllOf) test()        {}
func (Present) test()      {}
func (OfKind) test()       {}
func (NotBlank) test()     {}
func (OneOf) test()        {}
func (TextMatch) test()    {}
func (Pattern) test()      {}
func (NumberRange) test()  {}
func (DateRange) test()    {}
func (CalendarPart) test() {}
func (Within) test()       {}

// NewOneOf makes a OneOf of the values, each of them once.
func NewOneOf(values []any, fold bool) OneOf {
	t := OneOf{Fold: fold, set: make(map[any]struct{}, len(values))}
	for _, v := range values {
		key := t.key(v)
		if _, seen := t.set[key]; !seen {
			t.set[key] = struct{}{}
			t.Values = append(t.Values, v)
		}
	}
	return t
}

// NewTextMatch makes a TextMatch.
func NewTextMatch(where Place, text string, ignoreCase bool) TextMatch {
	t := TextMatch{Where: where, Text: text, Fold: ignoreCase, sought: text}
	if ignoreCase {
		t.sought = fold(text)
	}
	return t
}

// Place is where in a text another is looked for.
type Place uint8

// The places.
const (
	Anywhere Place = iota
	AtStart
	AtEnd
)

// NumberBound is one end of a NumberRange; Value is an int64 or a float64.
type NumberBound struct {
	Value     any
	Inclusive bool
}

// Span is a half-open range [From, To); a nil end is open. It may be empty.
type Span[T any] struct{ From, To *T }
