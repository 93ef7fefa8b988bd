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

// compactor does one kind of tasks in the background. It has a goroutine while there is something to do.
type compactor struct {
	index *Index
	task  func() func() compacted // returns the next task, nil if there is none; nobody else takes one away

	mu      sync.Mutex
	step    sync.Cond // when a task was done, or none will be any more
	running bool
	closed  bool
	done    sync.WaitGroup
}

func newCompactor(x *Index, task func() func() compacted) *compactor {
	c := &compactor{index: x, task: task}
	c.step.L = &c.mu
	return c
}

// wake sees to it that what there is to do is done.
func (c *compactor) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.running || c.task() == nil {
		return
	}
	c.running = true
	c.done.Go(c.run)
}

// await waits until a condition holds or nothing more will be done.
func (c *compactor) await(holds func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.running && !holds() {
		c.step.Wait()
	}
}

func (c *compactor) run() {
	for task := c.next(); task != nil; task = c.next() {
		made := task()
		c.index.mu.Lock()
		c.index.publish(made)
		c.index.mu.Unlock()
		c.index.merger.wake() // there is a block more
	}
}

func (c *compactor) next() func() compacted {
	c.mu.Lock()
	defer c.mu.Unlock()
	task := c.task()
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

// compact has what there is to do done in the background: fresh contacts become a block while blocks are merged, which
// takes longer. It waits while there are too many fresh ones.
func (x *Index) compact() {
	x.flusher.wake()
	x.merger.wake()
	x.flusher.await(func() bool { return len(x.Current().fresh.entries) < x.limits.mostFresh })
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

func (x *Index) flush() func() compacted {
	if v := x.Current(); len(v.fresh.entries) >= x.limits.fresh {
		return v.flush
	}
	return nil
}

func (x *Index) merge() func() compacted {
	if of := x.limits.mergeable(x.Current().blocks); of != nil {
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
		if made.fresh[i] = gone; !v.fresh.dead.ContainsInt(i) {
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
		for it := v.fresh.dead.Iterator(); it.HasNext(); {
			if position := it.Next(); int(position) >= n {
				dead.Add(position - uint32(n))
			} else if row := made.fresh[position]; row != gone {
				died.Add(row)
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
	w.blocks = append(w.blocks, part{made.block, died})
	x.current.Store(w.version())
}
