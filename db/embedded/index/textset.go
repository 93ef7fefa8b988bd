package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// textSet collects texts with their rows. It recognises a text that it had lately, which is enough for those that are
// frequent, and finds the others out when it sorts: a map of all of them would take more time than all else.
type textSet struct {
	textsBuilder // some of them several times
	pairs        []textPair
	seed         maphash.Seed
	known        []uint32 // by hash, one more than the number of a text, or 0
}

// How many texts are recognised at most: few as long as there are few.
const (
	knownFirst = 1 << 6
	knownMost  = 1 << 12
)

func (s *textSet) reset() {
	s.textsBuilder.reset()
	s.pairs = s.pairs[:0]
	clear(s.known)
}

// add adds a text of a row.
func (s *textSet) add(text []byte, row uint32) {
	s.pairs = append(s.pairs, textPair{s.number(text), row})
}

func (s *textSet) number(text []byte) uint32 {
	switch {
	case s.known == nil:
		s.known, s.seed = make([]uint32, knownFirst), maphash.MakeSeed()
	case len(s.ends) > len(s.known) && len(s.known) < knownMost:
		s.known = make([]uint32, knownMost)
	}
	known := &s.known[maphash.Bytes(s.seed, text)%uint64(len(s.known))]
	if *known != 0 && bytes.Equal(s.at(int(*known-1)), text) {
		return *known - 1
	}
	s.textsBuilder.add(text)
	*known = uint32(len(s.ends))
	return *known - 1
}

// sorted returns the distinct texts in their order, and for each number the place of its text.
func (s *textSet) sorted() (sorted texts, places []uint32) {
	type numbered struct {
		beginning uint64 // of the text: it settles most comparisons
		number    uint32
	}
	order := make([]numbered, len(s.ends))
	for i := range order {
		var beginning [8]byte
		copy(beginning[:], s.at(i))
		order[i] = numbered{binary.BigEndian.Uint64(beginning[:]), uint32(i)}
	}
	slices.SortFunc(order, func(a, b numbered) int {
		if a.beginning != b.beginning {
			return cmp.Compare(a.beginning, b.beginning)
		}
		return bytes.Compare(s.at(int(a.number)), s.at(int(b.number)))
	})
	places = make([]uint32, len(order))
	count, size := 0, 0
	for i, n := range order {
		if text := s.at(int(n.number)); i == 0 || !bytes.Equal(text, s.at(int(order[i-1].number))) {
			count++
			size += len(text)
		}
		places[n.number] = uint32(count - 1)
	}
	b := newTextsBuilder(count, size)
	for _, n := range order {
		if int(places[n.number]) == len(b.ends) {
			b.add(s.at(int(n.number)))
		}
	}
	return b.texts(), places
}

// run sorts the pairs by their texts and rows; with once, a row has a text once however often it was added.
func (s *textSet) run(rows int, once bool) run {
	sorted, places := s.sorted()
	byRow := func(a, b textPair) int { return cmp.Compare(a.row, b.row) }
	if !slices.IsSortedFunc(s.pairs, byRow) {
		slices.SortFunc(s.pairs, byRow)
	}
	ends := make([]uint32, sorted.len())
	for _, p := range s.pairs {
		ends[places[p.value]]++
	}
	next := make([]uint32, len(ends)) // where the next row of each text goes
	start := uint32(0)
	for i, count := range ends {
		next[i] = start
		start += count
		ends[i] = start
	}
	of := make([]uint32, len(s.pairs))
	for _, p := range s.pairs {
		place := places[p.value]
		of[next[place]] = p.row
		next[place]++
	}
	if once {
		of = compactEach(of, ends)
	}
	return newRun(&textValues{sorted}, ends, of, rows)
}

// compactEach leaves out rows that a value has again, and moves the ends.
func compactEach(of, ends []uint32) []uint32 {
	kept, start := 0, uint32(0)
	for i, end := range ends {
		kept += copy(of[kept:], slices.Compact(of[start:end]))
		start, ends[i] = end, uint32(kept)
	}
	return of[:kept]
}
