package index

import (
	"container/heap"
	"context"
	"slices"

	"segmentql/db"
	"segmentql/filter"
)

// Values returns the values that the most contacts have. Blocks count theirs side by side; then all are merged in the
// order of values, so that equal ones meet and no more are kept than are asked for.
func (v *Version) Values(ctx context.Context, q db.ValuesQuery, fetch Fetch) ([]db.ValueCount, error) {
	test := q.Test()
	ofBlocks := make([][]tally, len(v.blocks))
	ofFresh := census{}
	err := v.each(ctx, func(ctx context.Context, i int, p part) (err error) {
		ofBlocks[i], err = p.tallies(ctx, q.Path, test, fetch)
		return err
	}, func(c *db.Contact) { ofFresh.addContact(c, q.Path, test) })
	if err != nil {
		return nil, err
	}
	return mostFrequent(ctx, slices.Concat(append(ofBlocks, ofFresh.tallies())...), q.First)
}

// tally has values in their order, each with how many contacts have it.
type tally struct {
	value  func(i int) any
	counts []uint32 // 0 says that nobody has the value any more
}

// tallies counts the contacts of a block.
func (p part) tallies(ctx context.Context, path filter.Path, test filter.Test, fetch Fetch) ([]tally, error) {
	at := p.places(path)
	unread := census{}
	err := p.eachUnread(ctx, &at, fetch, func(c *db.Contact) { unread.addContact(c, path, test) })
	if err != nil {
		return nil, err
	}
	if len(at.all) > 1 { // a contact may have a value in several
		several := newHolders()
		for _, place := range at.all {
			several.add(&at, place, test)
		}
		return append(unread.tallies(), several.tallies()...), nil
	}
	all := unread.tallies()
	for _, place := range at.all {
		for i := range place.runs {
			r := &place.runs[i]
			passing(r.values, test, func(s span) {
				counts := make([]uint32, s.to-s.from)
				for i := range counts {
					counts[i] = at.count(place, r, s.from+i)
				}
				all = append(all, tally{func(i int) any { return r.values.at(s.from + i) }, counts})
			})
		}
	}
	return all, nil
}

// eachUnread calls yield with the contacts of which the block does not know what is at the places.
func (p part) eachUnread(ctx context.Context, at *places, fetch Fetch, yield func(*db.Contact)) error {
	if at.unread.IsEmpty() {
		return nil
	}
	return fetch(ctx, p.refs(at.unread.ToArray()), func(_ int, c *db.Contact) { yield(c) })
}

// census counts contacts one by one.
type census map[any]uint32

func (c census) addContact(contact *db.Contact, path filter.Path, test filter.Test) {
	var seen []any
	for v := range filter.Values(contact, path) {
		if !filter.Passes(test, v) {
			continue
		}
		if v = filter.Canonical(v); !slices.Contains(seen, v) {
			seen = append(seen, v)
			c[v]++
		}
	}
}

func (c census) tallies() []tally {
	values := make([]any, 0, len(c))
	for v := range c {
		values = append(values, v)
	}
	slices.SortFunc(values, filter.Compare)
	counts := make([]uint32, len(values))
	for i, v := range values {
		counts[i] = c[v]
	}
	return []tally{{func(i int) any { return values[i] }, counts}}
}

// holders are the contacts that have each value, where it may be in several places.
type holders struct{ of map[any][]uint32 }

func newHolders() holders { return holders{map[any][]uint32{}} }

func (h holders) add(at *places, where place, test filter.Test) {
	for i := range where.runs {
		r := &where.runs[i]
		passing(r.values, test, func(s span) {
			for value := s.from; value < s.to; value++ {
				v := filter.Canonical(r.values.at(value))
				at.each(where, r, value, func(contact uint32) { h.of[v] = append(h.of[v], contact) })
			}
		})
	}
}

func (h holders) tallies() []tally {
	counted := census{}
	for v, contacts := range h.of {
		slices.Sort(contacts)
		counted[v] = uint32(len(slices.Compact(contacts)))
	}
	return counted.tallies()
}

// cursor is where the merging is in a tally.
type cursor struct {
	tally
	next  int
	value any // of next
}

// advance moves on to the next value that somebody has, if there is one.
func (c *cursor) advance() bool {
	for c.next++; c.next < len(c.counts); c.next++ {
		if c.counts[c.next] == 0 {
			continue
		}
		c.value = c.tally.value(c.next)
		if text, ok := c.value.(string); !ok || len(text) <= db.MaxValueLength { // emails are kept whole
			return true
		}
	}
	return false
}

// cursors are a heap, with the least value first.
type cursors []*cursor

func (c cursors) Len() int           { return len(c) }
func (c cursors) Less(i, j int) bool { return filter.Compare(c[i].value, c[j].value) < 0 }
func (c cursors) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *cursors) Push(x any)        { *c = append(*c, x.(*cursor)) }

func (c *cursors) Pop() any {
	last := len(*c) - 1
	popped := (*c)[last]
	*c = (*c)[:last]
	return popped
}

// mostFrequent merges tallies.
func mostFrequent(ctx context.Context, tallies []tally, first int) ([]db.ValueCount, error) {
	var open cursors
	for _, t := range tallies {
		if c := (&cursor{tally: t, next: -1}); c.advance() {
			open = append(open, c)
		}
	}
	heap.Init(&open)
	found := best[db.ValueCount]{most: first, compare: db.ValueCount.Compare}
	const valuesBetweenChecks = 1 << 12
	for merged := 1; len(open) > 0; merged++ {
		if merged%valuesBetweenChecks == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		least := db.ValueCount{Value: open[0].value}
		for len(open) > 0 && filter.Compare(open[0].value, least.Value) == 0 {
			c := open[0]
			least.Count += int64(c.counts[c.next])
			if c.advance() {
				heap.Fix(&open, 0)
			} else {
				heap.Pop(&open)
			}
		}
		least.Value = filter.Canonical(least.Value)
		found.offer(least)
	}
	return found.sorted(), nil
}
