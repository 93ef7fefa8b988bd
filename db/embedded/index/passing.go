package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"segmentql/filter"
)

// passing calls yield with the values of a run that pass a test: ranges of positions, ascending.
func passing(in values, t filter.Test, yield func(span)) {
	all := func() { yield(span{0, in.len()}) }
	switch t := t.(type) {
	case filter.AllOf:
		passingAll(in, t, yield)
		return
	case filter.Present:
		all()
		return
	case filter.OfKind:
		if slices.Contains(t, in.kind()) {
			all()
		}
		return
	case filter.OneOf:
		if in.kind() != filter.KindText || !t.Fold {
			equal(in, t.Values, yield)
			return
		}
	case filter.TextMatch:
		texts, ok := in.(*textValues)
		switch {
		case !ok:
			return
		case t.Text == "":
		case t.Fold && t.Where == filter.AtStart:
			beginningFolded(&texts.texts, span{0, texts.len()}, "", t.Text, yield)
			return
		case t.Fold:
		case t.Where == filter.AtStart:
			beginning(&texts.texts, t.Text, yield)
			return
		case t.Where == filter.AtEnd:
			ending(&texts.texts, t.Text, yield)
			return
		default:
			containing(&texts.texts, t.Text, yield)
			return
		}
	case filter.Pattern:
		if texts, ok := in.(*textValues); ok {
			matching(texts, t, yield)
		}
		return
	case filter.NumberRange:
		if n, ok := in.(*numbers); ok {
			n.within(t, yield)
		}
		return
	case filter.DateRange:
		if n, ok := in.(*ints); ok {
			n.within(t, yield)
		}
		return
	case filter.NotBlank:
		switch in := in.(type) {
		case *textValues:
			empty := 0
			if in.texts.at(0) == "" {
				empty = 1
			}
			nonEmpty(span{empty, in.len()}, yield)
			return
		case *numbers, *ints:
			all()
			return
		}
	case filter.CalendarPart:
		if kind := in.kind(); kind != filter.KindDate && kind != filter.KindDateTime {
			return
		}
	case filter.Within:
		return // it asks points
	}
	oneByOne(in, t, yield)
}

// passingAll is passing for values that pass all tests.
func passingAll(in values, tests filter.AllOf, yield func(span)) {
	passed := []span{{0, in.len()}}
	for _, t := range tests {
		var more []span
		passing(in, t, func(s span) { more = append(more, s) })
		passed = intersect(passed, more)
	}
	for _, s := range passed {
		nonEmpty(s, yield)
	}
}

// oneByOne asks the test of every value.
func oneByOne(in values, t filter.Test, yield func(span)) {
	if texts, ok := in.(*textValues); ok {
		passes, start := filter.OfText(t), uint32(0)
		for i, end := range texts.ends {
			if passes(texts.data[start:end]) {
				yield(span{i, i + 1})
			}
			start = end
		}
		return
	}
	for i := range in.len() {
		if filter.Passes(t, in.at(i)) {
			yield(span{i, i + 1})
		}
	}
}

// matching finds the texts in which a pattern does. It looks for the longest part that a match must have first.
func matching(t *textValues, p filter.Pattern, yield func(span)) {
	parts := p.Parts()
	if len(parts) == 0 {
		oneByOne(t, p, yield)
		return
	}
	longest := slices.MaxFunc(parts, func(a, b filter.TextMatch) int { return cmp.Compare(len(a.Text), len(b.Text)) })
	passing(t, longest, func(s span) {
		for i := s.from; i < s.to; i++ {
			if p.MatchString(t.texts.at(i)) {
				yield(span{i, i + 1})
			}
		}
	})
}

// containing finds the texts that contain a part. It looks for the part in all texts at once: that takes less time than
// looking in one after the other.
func containing(t *texts, part string, yield func(span)) {
	i := 0
	for from := 0; ; {
		next := strings.Index(t.data[from:], part)
		if next < 0 {
			return
		}
		start := from + next
		for int(t.ends[i]) <= start {
			i++
		}
		if from = start + 1; start+len(part) <= int(t.ends[i]) {
			yield(span{i, i + 1})
			from = int(t.ends[i])
		}
	}
}

// ending finds the texts that end with a suffix. It compares the last bytes of each as one number first.
func ending(t *texts, suffix string, yield func(span)) {
	const tail = 8 // bytes of a number
	last := suffix[max(0, len(suffix)-tail):]
	sought, mask := uint64(0), ^uint64(0)<<(8*(tail-len(last)))
	for i := range len(last) {
		sought = sought>>8 | uint64(last[i])<<(8*(tail-1))
	}
	start := uint32(0)
	for i, end := range t.ends {
		// Of the first few texts there are too few bytes.
		if end < tail || littleEndian(t.data[end-tail:end])&mask == sought {
			if strings.HasSuffix(t.data[start:end], suffix) {
				yield(span{i, i + 1})
			}
		}
		start = end
	}
}

func littleEndian(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// equal finds those of the values that there are.
func equal(in values, sought []any, yield func(span)) {
	var at []int
	for _, v := range sought {
		if i, ok := find(in, v); ok {
			at = append(at, i)
		}
	}
	slices.Sort(at)
	for _, i := range at {
		yield(span{i, i + 1})
	}
}

// beginning finds the texts that begin with a prefix: sorted texts have them together.
func beginning(t *texts, prefix string, yield func(span)) {
	beginningWithin(t, span{0, t.len()}, prefix, yield)
}

func beginningWithin(t *texts, within span, prefix string, yield func(span)) {
	from := t.searchWithin(within, prefix)
	to := within.to
	if next, ok := following(prefix); ok {
		to = t.searchWithin(span{from, to}, next)
	}
	nonEmpty(span{from, to}, yield)
}

// beginningFolded finds the texts that begin with a prefix ignoring case, among those that begin with what is done of
// it. It goes rune by rune, on with those cases of it only that there are.
func beginningFolded(t *texts, within span, done, rest string, yield func(span)) {
	if rest == "" {
		yield(within)
		return
	}
	first, size := utf8.DecodeRuneInString(rest)
	cases := []rune{first}
	for other := unicode.SimpleFold(first); other != first; other = unicode.SimpleFold(other) {
		cases = append(cases, other)
	}
	slices.Sort(cases)
	for _, r := range cases {
		longer := done + string(r)
		beginningWithin(t, within, longer, func(s span) { beginningFolded(t, s, longer, rest[size:], yield) })
	}
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

func (n *numbers) within(r filter.NumberRange, yield func(span)) {
	s := span{0, n.len()}
	if r.From != nil {
		s.from = n.below(r.From.Value, !r.From.Inclusive)
	}
	if r.To != nil {
		s.to = n.below(r.To.Value, r.To.Inclusive)
	}
	nonEmpty(s, yield)
}

func (n *ints) within(r filter.DateRange, yield func(span)) {
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
		return
	}
	nonEmpty(s, yield)
}

func nonEmpty(s span, yield func(span)) {
	if s.from < s.to {
		yield(s)
	}
}

func intersect(a, b []span) []span {
	var both []span
	for len(a) > 0 && len(b) > 0 {
		nonEmpty(span{max(a[0].from, b[0].from), min(a[0].to, b[0].to)}, func(s span) { both = append(both, s) })
		if a[0].to < b[0].to {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}
