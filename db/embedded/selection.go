package embedded

import (
	"slices"

	"segmentql/db"
)

// selection picks the contacts of one page out of contacts that are offered in any order. It remembers no more than
// a few times as many keys as the page has contacts.
type selection struct {
	sort db.Sort
	page db.Page
	keys []db.Key
	cut  bool // keys begins with the best ones so far, as many as it may keep, and has dropped others
}

// offer says whether the contact is within the bounds of the page.
func (s *selection) offer(c *db.Contact) bool {
	key := s.sort.Key(c)
	if s.page.After != nil && s.sort.Compare(key, *s.page.After) <= 0 ||
		s.page.Before != nil && s.sort.Compare(key, *s.page.Before) >= 0 {
		return false
	}
	if s.cut && s.compare(key, s.keys[s.most()-1]) > 0 {
		return true
	}
	s.keys = append(s.keys, key)
	if len(s.keys) >= 2*s.most() {
		s.prune()
	}
	return true
}

// merge adds what another selection for the same page picked.
func (s *selection) merge(o *selection) {
	s.keys = append(s.keys, o.keys...)
	s.prune()
}

// found returns the page.
func (s *selection) found() found {
	s.prune()
	f := found{more: len(s.keys) > s.page.Limit}
	for _, key := range s.keys[:min(len(s.keys), s.page.Limit)] {
		f.ids = append(f.ids, key.ID)
	}
	if s.page.Backward {
		slices.Reverse(f.ids)
	}
	return f
}

// most is how many keys are worth keeping: those of the page, and one to show that there are more.
func (s *selection) most() int { return s.page.Limit + 1 }

func (s *selection) prune() {
	slices.SortFunc(s.keys, s.compare)
	if len(s.keys) >= s.most() {
		s.keys, s.cut = s.keys[:s.most()], true
	}
}

// compare orders keys from the end at which the page is taken.
func (s *selection) compare(a, b db.Key) int {
	if s.page.Backward {
		a, b = b, a
	}
	return s.sort.Compare(a, b)
}
