package index

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/filter"
)

// answer says which rows have a long text that passes the test.
func (l *longTexts) answer(rows int, t filter.Test) answer {
	switch t := t.(type) {
	case filter.AllOf:
		return l.allOf(rows, t)
	case filter.Present, filter.NotBlank:
		return exactly(l.set)
	case filter.OfKind:
		if slices.Contains(t, filter.KindText) {
			return exactly(l.set)
		}
	case filter.OneOf:
		return l.oneOf(rows, t)
	case filter.TextMatch:
		return l.match(rows, t)
	case filter.Pattern:
		return l.pattern(rows, t)
	case filter.NumberRange, filter.DateRange, filter.CalendarPart, filter.Within:
	}
	return exactly(none())
}

// allOf knows for sure only of rows with a single text, of which all tests are asked then.
func (l *longTexts) allOf(rows int, tests filter.AllOf) answer {
	all := exactly(l.set)
	for _, t := range tests {
		all = all.and(l.answer(rows, t))
	}
	if len(tests) < 2 || len(l.rows) == int(l.set.GetCardinality()) {
		return all
	}
	return answer{none(), all.possible}
}

// oneOf narrows by the words of the values, of which only long ones can be equal to a long text. In the folded form a
// text may have three times its bytes, or a third of them.
func (l *longTexts) oneOf(rows int, t filter.OneOf) answer {
	const folded = 3
	var answers []answer
	for _, v := range t.Values {
		s, ok := v.(string)
		if !ok || len(s) <= maxText && !t.Fold || len(s)*folded <= maxText {
			continue
		}
		whole := l.match(rows, filter.NewTextMatch(filter.AtStart, s, t.Fold))
		answers = append(answers, answer{none(), whole.possible})
	}
	return union(answers...)
}

// match asks the words.
func (l *longTexts) match(rows int, t filter.TextMatch) answer {
	if t.Text == "" {
		return exactly(l.set)
	}
	tests, exact := wordTests(t)
	if exact && l.clipped.IsEmpty() {
		return exactly(l.having(rows, tests[0]))
	}
	possible := l.set
	for _, word := range tests {
		possible = roaring.And(possible, roaring.Or(l.having(rows, word), l.clipped))
	}
	if exact {
		return answer{l.having(rows, tests[0]), possible}
	}
	return answer{none(), possible}
}

// pattern narrows by the parts of a text that a match must have.
func (l *longTexts) pattern(rows int, t filter.Pattern) answer {
	possible := l.set
	for _, part := range t.Parts() {
		possible = roaring.And(possible, l.match(rows, part).possible)
	}
	return answer{none(), possible}
}

// having returns the rows with a word that passes the test.
func (l *longTexts) having(rows int, test filter.Test) *roaring.Bitmap {
	set := newSetBuilder(rows)
	passing(l.words.values, test, func(s span) { set.addSpan(&l.words, s) })
	return set.set()
}
