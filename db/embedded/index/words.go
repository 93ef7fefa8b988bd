package index

import (
	"unicode"
	"unicode/utf8"

	"segmentql/db"
	"segmentql/filter"
)

// Limits of texts and words, in bytes.
const (
	maxText = db.MaxValueLength // a longer text is kept by its words: it is not suggested either
	maxWord = 40                // a longer word is not kept: filters with a part of a text ask its text itself
)

// isWord says whether the rune is part of a word. Runes that are equal ignoring case are so alike: a ypogegrammeni,
// a mark by itself, is a case of iota.
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	if unicode.IsLetter(r) || unicode.IsNumber(r) {
		return true
	}
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		if unicode.IsLetter(other) || unicode.IsNumber(other) {
			return true
		}
	}
	return false
}

// eachWord calls yield with the words of a text: its longest parts of which every rune is part of a word.
func eachWord(text string, yield func(start, end int)) {
	start := -1
	for i, r := range text {
		switch {
		case isWord(r) && start < 0:
			start = i
		case !isWord(r) && start >= 0:
			yield(start, i)
			start = -1
		}
	}
	if start >= 0 {
		yield(start, len(text))
	}
}

// wordTests returns what the words of a text must pass, each of them by some word, if the text passes the test. Where
// the test looks for a part of a word, it is exact: the text passes if a word does.
func wordTests(t filter.TextMatch) (tests []filter.Test, exact bool) {
	eachWord(t.Text, func(start, end int) {
		word := t.Text[start:end]
		openLeft, openRight := start == 0 && t.Where != filter.AtStart, end == len(t.Text) && t.Where != filter.AtEnd
		switch {
		case openLeft && openRight:
			tests = append(tests, filter.NewTextMatch(filter.Anywhere, word, t.Fold))
			exact = true
		case openLeft:
			tests = append(tests, filter.NewTextMatch(filter.AtEnd, word, t.Fold))
		case openRight:
			tests = append(tests, filter.NewTextMatch(filter.AtStart, word, t.Fold))
		default:
			tests = append(tests, filter.NewOneOf([]any{word}, t.Fold))
		}
	})
	return tests, exact
}
