package index

import (
	"slices"
	"sort"
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
	return sort.Find(t.len(), func(i int) int { return compareTexts(s, t.at(i)) })
}

func (t *texts) bytes() int64 { return int64(len(t.data)) + 4*int64(cap(t.ends)) }

func compareTexts(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

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

func (b *textsBuilder) texts() texts { return texts{data: string(b.data), ends: slices.Clone(b.ends)} }
