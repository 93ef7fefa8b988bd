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
		return ok && t.Matches(s)
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

// PassesText is Passes for a text; it makes no interface value of it.
func PassesText(t Test, s string) bool {
	switch t := t.(type) {
	case AllOf:
		return !slices.ContainsFunc(t, func(u Test) bool { return !PassesText(u, s) })
	case Present:
		return true
	case OfKind:
		return slices.Contains(t, KindText)
	case NotBlank:
		return s != ""
	case OneOf:
		return t.hasText(s)
	case TextMatch:
		return t.Matches(s)
	case Pattern:
		return t.MatchString(s)
	case NumberRange, DateRange, CalendarPart, Within:
		return false
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
	_, ok := t.set[canonical(v)]
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
	return canonical(v)
}

// Matches says whether a text passes.
func (t TextMatch) Matches(s string) bool {
	if t.Fold && !isASCII(s) {
		s = fold(s)
	} else if t.Fold {
		return t.matchesASCII(s)
	}
	switch t.Where {
	case Anywhere:
		return strings.Contains(s, t.sought)
	case AtStart:
		return strings.HasPrefix(s, t.sought)
	case AtEnd:
		return strings.HasSuffix(s, t.sought)
	}
	panic("filter: unknown place")
}

// matchesASCII is Matches for a text of ASCII characters, ignoring case; it takes no memory.
func (t TextMatch) matchesASCII(s string) bool {
	last := len(s) - len(t.sought)
	if last < 0 {
		return false
	}
	switch t.Where {
	case Anywhere:
		for i := range last + 1 {
			if foldsTo(s[i:], t.sought) {
				return true
			}
		}
		return false
	case AtStart:
		return foldsTo(s, t.sought)
	case AtEnd:
		return foldsTo(s[last:], t.sought)
	}
	panic("filter: unknown place")
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
