package filter

import (
	"strings"
	"unicode"
)

// fold maps every rune to the least one that Unicode simple case folding makes equal to it, so that two texts
// are equal ignoring case exactly when their folds are equal. MongoDB's regex option i folds in the same way.
func fold(s string) string { return strings.Map(foldRune, s) }

func foldRune(r rune) rune {
	if r < unicode.MaxASCII {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}
