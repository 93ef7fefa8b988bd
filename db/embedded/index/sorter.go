package index

import (
	"cmp"

	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/db"
)

// bound is a key in terms of the rows of one block.
type bound struct {
	outside bool
	marks   []int // by term
	row     int   // mark
}

// sorter finds the first rows of a page, in the direction in which the page is taken.
type sorter struct {
	b        *block
	sort     db.Sort
	backward bool
	most     int
	terms    []ordering
	outside  *roaring.Bitmap
	from, to *bound
	rows     [][]uint32 // by term, but the first, the position of each row
}

// placed is a row that was found.
type placed struct {
	row     uint32
	first   int // its position in the first term
	outside bool
}

func newSorter(b *block, q db.ContactQuery) *sorter {
	s := &sorter{b: b, sort: q.Sort, backward: q.Page.Backward, most: q.Page.Limit + 1}
	sets := make([]*roaring.Bitmap, len(q.Sort))
	for i, term := range q.Sort {
		s.terms = append(s.terms, b.ordering(term.Path))
		sets[i] = s.terms[i].outside
	}
	s.outside = roaring.FastOr(sets...)
	s.from, s.to = s.bound(q.Page.After), s.bound(q.Page.Before)
	if s.backward {
		s.from, s.to = s.to, s.from
	}
	return s
}

func (s *sorter) bound(key *db.Key) *bound {
	if key == nil {
		return nil
	}
	b := &bound{outside: key.Outside}
	i, found := s.b.ids.search(key.ID)
	if b.row = 2 * i; found {
		b.row = markOf(i)
	}
	for i := range s.terms {
		b.marks = append(b.marks, s.terms[i].mark(key.Values[i]))
	}
	return b
}

// unknown returns the rows that cannot be placed by the index.
func (s *sorter) unknown() *roaring.Bitmap {
	sets := make([]*roaring.Bitmap, len(s.terms))
	for i := range s.terms {
		sets[i] = s.terms[i].unknown
	}
	return roaring.FastOr(sets...)
}

// first returns the first of the members, all of which can be placed.
func (s *sorter) first(members *roaring.Bitmap) []placed {
	if len(s.terms) == 0 {
		return s.inGroup(nil, placed{}, members)
	}
	inside, outside := roaring.AndNot(members, s.outside), roaring.And(members, s.outside)
	var found []placed
	if s.backward {
		found = s.inGroup(found, placed{outside: true}, outside)
	}
	found = s.inside(found, inside)
	if !s.backward {
		found = s.inGroup(found, placed{outside: true}, outside)
	}
	return found
}

// ascending says whether positions of a term are taken from the lowest on.
func (s *sorter) ascending(term int) bool { return s.sort[term].Descending == s.backward }

// inside walks through the values of the first term.
func (s *sorter) inside(found []placed, members *roaring.Bitmap) []placed {
	term := &s.terms[0]
	position, step, end := 0, 1, term.positions()
	if !s.ascending(0) {
		position, step, end = end-1, -1, -1
	}
	if s.from != nil && !s.from.outside {
		if start := s.from.marks[0] / 2; s.ascending(0) || start < position {
			position = start
		}
	}
	if members.IsEmpty() {
		return found
	}
	is := make([]uint64, (s.b.rows+wordSize-1)/wordSize)
	members.WriteDenseTo(is)
	for ; position != end && len(found) < s.most; position += step {
		if position >= term.positions() {
			break
		}
		of := placed{first: position}
		if s.to != nil && s.against(of, s.to) > 0 {
			break
		}
		found = s.atPosition(found, of, members, is)
	}
	return found
}

// atPosition adds the members that have one value in the first term.
func (s *sorter) atPosition(found []placed, of placed, members *roaring.Bitmap, is []uint64) []placed {
	term := &s.terms[0]
	if of.first == 0 {
		return s.inGroup(found, of, roaring.AndNot(members, term.valued))
	}
	r, i := term.at(of.first)
	if dense := r.denseBetween(span{i, i + 1}); len(dense) > 0 {
		return s.inGroup(found, of, roaring.And(dense[0].rows, members))
	}
	rows := r.between(span{i, i + 1})
	var kept []uint32
	for _, row := range rows {
		if is[row/wordSize]&(1<<(row%wordSize)) != 0 {
			kept = append(kept, row)
		}
	}
	if len(kept) == 0 {
		return found
	}
	set := roaring.New()
	set.AddMany(kept)
	return s.inGroup(found, of, set)
}

// inGroup adds members that have the same value in the first term, or are all outside.
func (s *sorter) inGroup(found []placed, of placed, members *roaring.Bitmap) []placed {
	if len(found) >= s.most || s.from != nil && s.against(of, s.from) < 0 || s.to != nil && s.against(of, s.to) > 0 {
		return found
	}
	group := best[placed]{most: s.most - len(found), compare: s.compare}
	byRow := of.outside || len(s.terms) < 2
	next := s.walk(members)
	for row, ok := next(); ok; row, ok = next() {
		p := of
		p.row = row
		if s.from != nil && s.compareBound(p, s.from) <= 0 || s.to != nil && s.compareBound(p, s.to) >= 0 {
			continue
		}
		if group.offer(p); byRow && len(group.items) >= group.most {
			break // all others come later
		}
	}
	return append(found, group.sorted()...)
}

// walk returns a function that returns the members one after the other, in the direction of the page.
func (s *sorter) walk(members *roaring.Bitmap) func() (uint32, bool) {
	if s.backward {
		it := members.ReverseIterator()
		return func() (uint32, bool) {
			if !it.HasNext() {
				return 0, false
			}
			return it.Next(), true
		}
	}
	it := members.Iterator()
	if len(s.terms) == 0 && s.from != nil {
		it.AdvanceIfNeeded(uint32(s.from.row / 2))
	}
	return func() (uint32, bool) {
		if !it.HasNext() {
			return 0, false
		}
		return it.Next(), true
	}
}

// against compares a group with a bound by what they have in the first term, in the direction of the page: 0 says that
// its rows may be on either side.
func (s *sorter) against(of placed, b *bound) int {
	if of.outside != b.outside {
		return s.directed(compareTrue(of.outside, b.outside))
	}
	if of.outside || len(s.terms) == 0 {
		return 0
	}
	return s.directedTerm(0, cmp.Compare(markOf(of.first), b.marks[0]))
}

// directed turns a comparison around where the page is taken from the back.
func (s *sorter) directed(c int) int {
	if s.backward {
		return -c
	}
	return c
}

func (s *sorter) directedTerm(term, c int) int {
	if s.ascending(term) {
		return c
	}
	return -c
}

// position returns where a row stands in a term.
func (s *sorter) position(p placed, term int) int {
	if term == 0 {
		return p.first
	}
	if s.rows == nil {
		s.rows = make([][]uint32, len(s.terms))
	}
	if s.rows[term] == nil {
		s.rows[term] = s.terms[term].byRow(s.b.rows)
	}
	return int(s.rows[term][p.row])
}

// compare compares rows of one group.
func (s *sorter) compare(a, b placed) int {
	if !a.outside {
		for term := 1; term < len(s.terms); term++ {
			if c := cmp.Compare(s.position(a, term), s.position(b, term)); c != 0 {
				return s.directedTerm(term, c)
			}
		}
	}
	return s.directed(cmp.Compare(a.row, b.row))
}

// compareBound compares a row with a bound.
func (s *sorter) compareBound(p placed, b *bound) int {
	if c := s.against(p, b); c != 0 {
		return c
	}
	if !p.outside {
		for term := 1; term < len(s.terms); term++ {
			if c := cmp.Compare(markOf(s.position(p, term)), b.marks[term]); c != 0 {
				return s.directedTerm(term, c)
			}
		}
	}
	return s.directed(cmp.Compare(markOf(p.row), b.row))
}

// key returns where a row stands among the contacts of all blocks.
func (s *sorter) key(p placed) db.Key {
	k := db.Key{ID: s.b.ids.at(int(p.row)), Outside: p.outside, Values: make([]any, len(s.terms))}
	if !p.outside {
		for term := range s.terms {
			k.Values[term] = s.terms[term].value(s.position(p, term))
		}
	}
	return k
}
