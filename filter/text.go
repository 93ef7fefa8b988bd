package filter

import (
	"strings"
	"unicode/utf8"
)

// matches says whether a text passes.
func (t TextMatch) matches(s string) bool {
	if t.Fold && isASCII(s) {
		return t.matchesASCII(s)
	}
	if t.Fold {
		s = fold(s)
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

// matchesASCII is matches for an ASCII text, ignoring case. It needs no memory.
func (t TextMatch) matchesASCII(s string) bool {
	if len(s) < len(t.sought) {
		return false
	}
	switch t.Where {
	case Anywhere:
		return containsFold(s, t.sought)
	case AtStart:
		return foldsTo(s, t.sought)
	case AtEnd:
		return foldsTo(s[len(s)-len(t.sought):], t.sought)
	}
	panic("filter: unknown place")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// containsFold says whether a part of an ASCII text folds to folded.
func containsFold(s, folded string) bool {
	if folded == "" {
		return true
	}
	first, lower := folded[0], folded[0]
	if 'A' <= first && first <= 'Z' {
		lower += 'a' - 'A'
	}
	for len(s) >= len(folded) {
		start := strings.IndexByte(s, first)
		if lower != first {
			// Where the other case comes earlier, only up to there is of interest.
			if other := strings.IndexByte(s[:max(start, 0)], lower); start >= 0 && other >= 0 {
				start = other
			} else if start < 0 {
				start = strings.IndexByte(s, lower)
			}
		}
		if start < 0 || len(s)-start < len(folded) {
			return false
		}
		if foldsTo(s[start:], folded) {
			return true
		}
		s = s[start+1:]
	}
	return false
}

// foldsTo says whether s, which is as long as folded or longer, begins with what folds to it.
func foldsTo(s, folded string) bool {
	for i := range len(folded) {
		if foldByte(s[i]) != folded[i] {
			return false
		}
	}
	return true
}
