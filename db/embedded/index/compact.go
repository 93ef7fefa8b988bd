package index

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

// limits say when what is compacted.
type limits struct {
	fresh     int // so many fresh contacts become a block
	mostFresh int // with so many a writer waits until they are
	tiers     int // so many blocks of one tier become one; each tier has blocks of so many times the rows
}

func usualLimits() limits { return limits{fresh: 256, mostFresh: 4096, tiers: 8} }

// compactor compacts an index in the background. It has a goroutine while there is something to do.
type compactor struct {
	mu      sync.Mutex
	step    sync.Cond // when something was compacted, or nothing more will be
	running bool
	closed  bool
	done    sync.WaitGroup
}

// wake sees to it that the index is compacted, and waits while too much is left to do.
func (c *compactor) wake(x *Index) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || x.task() == nil {
		return
	}
	if !c.running {
		c.running = true
		c.done.Go(func() { c.run(x) })
	}
	for c.running && len(x.Current().fresh.entries) >= x.limits.mostFresh {
		c.step.Wait()
	}
}

// run compacts until there is nothing to do.
func (c *compactor) run(x *Index) {
	for task := c.next(x); task != nil; task = c.next(x) {
		made := task()
		x.mu.Lock()
		x.publish(made)
		x.mu.Unlock()
	}
}

// next returns the next task, nil if there is none.
func (c *compactor) next(x *Index) func() compacted {
	c.mu.Lock()
	defer c.mu.Unlock()
	task := x.task()
	if c.closed {
		task = nil
	}
	c.running = task != nil
	c.step.Broadcast()
	return task
}

// close ends it, after the task that it is at.
func (c *compactor) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.done.Wait()
}

// compacted is a block that was made of parts, or of fresh contacts.
type compacted struct {
	block *block
	of    []part
	rows  [][]uint32 // for each part, the row that each of its rows became; gone if none
	fresh []uint32   // the row that each of so many first fresh contacts became
}

// gone says that a row or a fresh contact was dead already.
const gone = ^uint32(0)

// task returns what is to be compacted next, nil if nothing is.
func (x *Index) task() func() compacted {
	v := x.Current()
	if len(v.fresh.entries) >= x.limits.fresh {
		return v.flush
	}
	if of := x.limits.mergeable(v.blocks); of != nil {
		return func() compacted { return merge(of) }
	}
	return nil
}

// mergeable returns parts of which one block is to be made: one with many dead, or several small ones.
func (l limits) mergeable(blocks []part) []part {
	byTier := map[int][]part{}
	for _, p := range blocks {
		if p.alive()*2 < p.rows {
			return []part{p}
		}
		tier := 0
		for size := l.fresh * l.tiers; size <= p.rows && size <= maxRows/2; size *= l.tiers {
			tier++
		}
		byTier[tier] = append(byTier[tier], p)
	}
	for _, of := range byTier {
		if len(of) < l.tiers {
			continue
		}
		slices.SortFunc(of, func(a, b part) int { return cmp.Compare(a.alive(), b.alive()) })
		rows, n := 0, 0
		for n < l.tiers && rows+of[n].alive() <= maxRows {
			rows += of[n].alive()
			n++
		}
		// The largest do not go together; two that are half as large do.
		if n == l.tiers || n > 1 && rows > maxRows*3/4 {
			return of[:n]
		}
	}
	return nil
}

// flush makes a block of the fresh contacts.
func (v *Version) flush() compacted {
	type living struct {
		entry
		position int
	}
	made := compacted{fresh: make([]uint32, len(v.fresh.entries))}
	var all []living
	for i, e := range v.fresh.entries {
		if made.fresh[i] = gone; v.fresh.dead == nil || !v.fresh.dead.ContainsInt(i) {
			all = append(all, living{e, i})
		}
	}
	slices.SortFunc(all, func(a, b living) int { return strings.Compare(a.contact.ID, b.contact.ID) })
	b := &blockBuilder{}
	for row, l := range all {
		if err := b.add(l.document); err != nil {
			panic(err) // it was made by this process a moment ago
		}
		made.fresh[l.position] = uint32(row)
	}
	made.block = b.block()
	return made
}

// publish puts a block in the place of what it was made of. What died meanwhile is dead in it, too.
func (x *Index) publish(made compacted) {
	v := x.Current()
	w := x.write()
	result := part{block: made.block}
	died := roaring.New()
	for i, old := range made.of {
		dead := old.all // it is not there any more if all of it died
		isOld := func(p part) bool { return p.block == old.block }
		if now := slices.IndexFunc(v.blocks, isOld); now >= 0 {
			dead = v.blocks[now].dead
		}
		eachOf(dead, made.rows[i], func(row uint32) { died.Add(row) })
		w.blocks = slices.DeleteFunc(w.blocks, isOld)
	}
	if n := len(made.fresh); n > 0 {
		dead := roaring.New()
		if v.fresh.dead != nil {
			for it := v.fresh.dead.Iterator(); it.HasNext(); {
				if position := it.Next(); int(position) >= n {
					dead.Add(position - uint32(n))
				} else if row := made.fresh[position]; row != gone {
					died.Add(row)
				}
			}
		}
		w.fresh = fresh{entries: slices.Clone(v.fresh.entries[n:]), dead: dead}
		clear(x.positions)
		clear(x.byEmail)
		for i, e := range w.fresh.entries {
			if !dead.ContainsInt(i) {
				x.remember(e.contact, i)
			}
		}
	}
	if !died.IsEmpty() {
		result.dead = died
	}
	w.blocks = append(w.blocks, result)
	x.current.Store(w.version())
}
