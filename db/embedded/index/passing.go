package index

import (
	"slices"

	"segmentql/filter"
)

// passing returns the values of a run that pass a test: ascending ranges of positions, no two of which touch.
func passing(in values, t filter.Test) []span {
	all, nothing := []span{{0, in.len()}}, []span(nil)
	switch t := t.(type) {
	case filter.AllOf:
		spans := all
		for _, u := range t {
			spans = intersect(spans, passing(in, u))
		}
		return spans
	case filter.Present:
		return all
	case filter.OfKind:
		if slices.Contains(t, in.kind()) {
			return all
		}
		return nothing
	case filter.OneOf:
		if in.kind() != filter.KindText || !t.Fold {
			return equal(in, t.Values)
		}
	case filter.TextMatch:
		texts, ok := in.(*textValues)
		if !ok {
			return nothing
		}
		if t.Where == filter.AtStart && !t.Fold {
			return beginning(&texts.texts, t.Text)
		}
	case filter.Pattern:
		if in.kind() != filter.KindText {
			return nothing
		}
	case filter.NumberRange:
		if n, ok := in.(*numbers); ok {
			return within(n, t)
		}
		return nothing
	case filter.DateRange:
		if n, ok := in.(*ints); ok {
			return n.within(t)
		}
		return nothing
	case filter.NotBlank:
		switch in := in.(type) {
		case *textValues:
			empty := 0
			if in.texts.at(0) == "" {
				empty = 1
			}
			return nonEmpty(span{empty, in.len()})
		case *numbers, *ints:
			return all
		}
	case filter.CalendarPart:
		if kind := in.kind(); kind != filter.KindDate && kind != filter.KindDateTime {
			return nothing
		}
	case filter.Within:
		return nothing // it asks points
	}
	return oneByOne(in, t)
}

// oneByOne asks the test of every value.
func oneByOne(in values, t filter.Test) []span {
	var spans []span
	add := func(i int) {
		if last := len(spans) - 1; last >= 0 && spans[last].to == i {
			spans[last].to++
		} else {
			spans = append(spans, span{i, i + 1})
		}
	}
	if texts, ok := in.(*textValues); ok {
		passes, start := filter.OfText(t), uint32(0)
		for i, end := range texts.ends {
			if passes(texts.data[start:end]) {
				add(i)
			}
			start = end
		}
		return spans
	}
	for i := range in.len() {
		if filter.Passes(t, in.at(i)) {
			add(i)
		}
	}
	return spans
}

// equal returns those of the values that there are.
func equal(in values, sought []any) []span {
	var at []int
	for _, v := range sought {
		if i, ok := find(in, v); ok {
			at = append(at, i)
		}
	}
	slices.Sort(at)
	spans := make([]span, len(at))
	for i, n := range at {
		spans[i] = span{n, n + 1}
	}
	return spans
}

// beginning returns the texts that begin with a prefix: sorted texts have them together.
func beginning(t *texts, prefix string) []span {
	from, _ := t.search(prefix)
	to := t.len()
	if next, ok := following(prefix); ok {
		to, _ = t.search(next)
	}
	return nonEmpty(span{from, to})
}

// following returns the first text behind all that begin with the prefix.
func following(prefix string) (string, bool) {
	b := []byte(prefix)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i]++; b[i] != 0 {
			return string(b[:i+1]), true
		}
	}
	return "", false
}

func within(n *numbers, r filter.NumberRange) []span {
	s := span{0, n.len()}
	if r.From != nil {
		s.from = n.below(r.From.Value, !r.From.Inclusive)
	}
	if r.To != nil {
		s.to = n.below(r.To.Value, r.To.Inclusive)
	}
	return nonEmpty(s)
}

func (n *ints) within(r filter.DateRange) []span {
	s := span{0, n.len()}
	switch n.of {
	case filter.KindDate:
		if r.Days.From != nil {
			s.from = n.from(int64(*r.Days.From))
		}
		if r.Days.To != nil {
			s.to = n.from(int64(*r.Days.To))
		}
	case filter.KindDateTime:
		if r.Instants.From != nil {
			s.from, _ = find(n, *r.Instants.From)
		}
		if r.Instants.To != nil {
			s.to, _ = find(n, *r.Instants.To)
		}
	default:
		return nil
	}
	return nonEmpty(s)
}

func nonEmpty(s span) []span {
	if s.from >= s.to {
		return nil
	}
	return []span{s}
}

func intersect(a, b []span) []span {
	var both []span
	for len(a) > 0 && len(b) > 0 {
		if s := (span{max(a[0].from, b[0].from), min(a[0].to, b[0].to)}); s.from < s.to {
			both = append(both, s)
		}
		if a[0].to < b[0].to {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}
