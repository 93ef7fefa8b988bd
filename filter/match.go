package filter

import (
	"slices"
	"strings"
	"time"
)

// Match says whether the filter holds for the document. It is the reference for what filters mean.
func Match(n Node, d Document) bool {
	switch n := n.(type) {
	case Const:
		return bool(n)
	case And:
		return !slices.ContainsFunc(n, func(m Node) bool { return !Match(m, d) })
	case Or:
		return slices.ContainsFunc(n, func(m Node) bool { return Match(m, d) })
	case Not:
		return !Match(n.Node, d)
	case Has:
		return each(d, n.Path, func(v any) bool { return Passes(n.Test, v) })
	case Any:
		return elements(d, n, func() bool { return true })
	case Many:
		found := 0
		decided := func() bool {
			found++
			return n.Max == nil && found == n.Min || n.Max != nil && found > *n.Max
		}
		switch of := n.Of.(type) {
		case Has:
			each(d, of.Path, func(v any) bool { return Passes(of.Test, v) && decided() })
		case Any:
			elements(d, of, decided)
		}
		return found >= n.Min && (n.Max == nil || found <= *n.Max)
	}
	panic("filter: unknown node")
}

// elements calls yield for each element that matches until yield returns true, and returns whether it did.
func elements(d Document, n Any, yield func() bool) bool {
	return eachField(d, n.Path, func(v any) bool {
		list, _ := v.([]any)
		return slices.ContainsFunc(list, func(item any) bool { return matchElement(n.Match, item) && yield() })
	})
}

func matchElement(n Node, item any) bool {
	switch item := item.(type) {
	case Object:
		return Match(n, element(item))
	case []any:
		return Match(n, element{})
	}
	return false
}

// Passes says whether one value passes the test.
func Passes(t Test, v any) bool {
	switch t := t.(type) {
	case AllOf:
		return !slices.ContainsFunc(t, func(u Test) bool { return !Passes(u, v) })
	case Present:
		return true
	case OfKind:
		return slices.Contains(t, KindOf(v))
	case NotBlank:
		return !isBlank(v)
	case OneOf:
		return t.has(v)
	case TextMatch:
		s, ok := v.(string)
		return ok && t.matches(s)
	case Pattern:
		s, ok := v.(string)
		return ok && t.MatchString(s)
	case NumberRange:
		return KindOf(v) == KindNumber && t.contains(v)
	case DateRange:
		switch v := v.(type) {
		case time.Time:
			return t.Instants.contains(v, time.Time.Compare)
		case Date:
			return t.Days.contains(v, compareDates)
		}
		return false
	case CalendarPart:
		switch v := v.(type) {
		case time.Time:
			return t.contains(DateOf(v, t.Zone))
		case Date:
			return t.contains(v)
		}
		return false
	case Within:
		return t.contains(v)
	}
	panic("filter: unknown test")
}

// OfText returns Passes for texts, to ask the test of many of them.
func OfText(t Test) func(string) bool {
	switch t := t.(type) {
	case AllOf:
		tests := make([]func(string) bool, len(t))
		for i, u := range t {
			tests[i] = OfText(u)
		}
		return func(s string) bool {
			return !slices.ContainsFunc(tests, func(passes func(string) bool) bool { return !passes(s) })
		}
	case Present:
		return func(string) bool { return true }
	case OfKind:
		isText := slices.Contains(t, KindText)
		return func(string) bool { return isText }
	case NotBlank:
		return func(s string) bool { return s != "" }
	case OneOf:
		return t.hasText
	case TextMatch:
		return t.matches
	case Pattern:
		return t.MatchString
	case NumberRange, DateRange, CalendarPart, Within:
		return func(string) bool { return false }
	}
	panic("filter: unknown test")
}

func isBlank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

func (t OneOf) has(v any) bool {
	switch v := v.(type) {
	case Object, []any:
		return false
	case string:
		return t.hasText(v)
	}
	_, ok := t.set[Canonical(v)]
	return ok
}

// few values are compared one by one, which takes no memory.
const few = 8

func (t OneOf) hasText(s string) bool {
	if len(t.Values) > few {
		if t.Fold {
			s = fold(s)
		}
		_, ok := t.set[s]
		return ok
	}
	return slices.ContainsFunc(t.Values, func(v any) bool {
		text, ok := v.(string)
		return ok && (text == s || t.Fold && strings.EqualFold(text, s))
	})
}

// key is what values that are equal to t have in common.
func (t OneOf) key(v any) any {
	if s, ok := v.(string); ok && t.Fold {
		return fold(s)
	}
	return Canonical(v)
}

func (r NumberRange) contains(v any) bool {
	if b := r.From; b != nil {
		if c := compareNumbers(v, b.Value); c < 0 || c == 0 && !b.Inclusive {
			return false
		}
	}
	if b := r.To; b != nil {
		if c := compareNumbers(v, b.Value); c > 0 || c == 0 && !b.Inclusive {
			return false
		}
	}
	return true
}

func (s Span[T]) contains(v T, compare func(T, T) int) bool {
	return (s.From == nil || compare(v, *s.From) >= 0) && (s.To == nil || compare(v, *s.To) < 0)
}
