package index

import (
	"slices"
	"sort"
	"strings"
)

// texts are texts one behind the other: a few bytes more than they have themselves, and nothing for the garbage
// collector to follow.
type texts struct {
	data string
	ends []uint32
}

func (t *texts) len() int { return len(t.ends) }

func (t *texts) at(i int) string {
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.data[start:t.ends[i]]
}

// search returns where the text stands in sorted ones, or would stand, and whether it is there.
func (t *texts) search(s string) (int, bool) {
	return sort.Find(t.len(), func(i int) int { return strings.Compare(s, t.at(i)) })
}

// searchWithin returns where among sorted texts the text stands, or would stand if it were there.
func (t *texts) searchWithin(s span, text string) int {
	return s.from + sort.Search(s.to-s.from, func(i int) bool { return t.at(s.from+i) >= text })
}

func (t *texts) bytes() int64 { return int64(len(t.data)) + 4*int64(cap(t.ends)) }

// textsBuilder makes texts.
type textsBuilder struct {
	data []byte
	ends []uint32
}

func newTextsBuilder(count, size int) *textsBuilder {
	return &textsBuilder{data: make([]byte, 0, size), ends: make([]uint32, 0, count)}
}

func (b *textsBuilder) add(s []byte) {
	b.data = append(b.data, s...)
	b.ends = append(b.ends, uint32(len(b.data)))
}

func (b *textsBuilder) at(i int) []byte {
	start := uint32(0)
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.data[start:b.ends[i]]
}

func (b *textsBuilder) reset() { b.data, b.ends = b.data[:0], b.ends[:0] }

func (b *textsBuilder) texts() texts { return texts{data: string(b.data), ends: slices.Clone(b.ends)} }
