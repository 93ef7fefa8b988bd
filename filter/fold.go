package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold maps every rune to the least one that Unicode simple case folding makes equal to it, so that two texts
// are equal ignoring case exactly when their folds are equal. MongoDB's regex option i folds in the same way.
func fold(s string) string { return strings.Map(foldRune, s) }

func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(foldByte(byte(r)))
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

func foldByte(b byte) byte {
	if 'a' <= b && b <= 'z' {
		return b - 'a' + 'A'
	}
	return b
}
