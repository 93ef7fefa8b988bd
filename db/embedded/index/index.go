// Package index answers filters over the contacts of one workspace from memory.
//
// An Index is a list of blocks, each of some contacts, that never change, and a few fresh contacts that are not in a
// block yet. A write adds fresh contacts and takes note of which older ones are dead; in the background fresh contacts
// become a block, and small blocks or those with many dead a larger one. All that readers see is a Version, which never
// changes, so that they wait for nobody.
//
// A block has for each field the distinct values, sorted, with the rows that have them: ranges, prefixes and sorts are
// stretches of that, and sets of rows Roaring bitmaps. Elements of lists are rows of a table of their own, so that what
// one and the same element must have is known without the documents. Texts of more than some bytes are kept by their
// words. What the index does not know it says: filter.Match is asked of those contacts.
package index

import (
	"slices"
	"sync"
	"sync/atomic"

	"segmentql/db"
)

// Index is the index of a workspace. Any number of goroutines may read it while one writes.
type Index struct {
	current atomic.Pointer[Version]

	mu        sync.Mutex     // of what writes
	positions map[string]int // of the living fresh contacts, by ID
	byEmail   map[string]int // of those that have one
	limits    limits
	flusher   *compactor // makes blocks of fresh contacts
	merger    *compactor // makes one block of several
}

// Change is what a write did to a contact. Its contact and document must not be changed any more.
type Change struct {
	ID       string
	Contact  *db.Contact // nil: it was deleted
	Document []byte
}

func newIndex(blocks ...*block) *Index {
	x := &Index{positions: map[string]int{}, byEmail: map[string]int{}, limits: usualLimits()}
	x.flusher, x.merger = newCompactor(x, x.flush), newCompactor(x, x.merge)
	v := &Version{fresh: fresh{dead: none()}}
	for _, b := range blocks {
		v.blocks = append(v.blocks, part{b, none()})
	}
	x.current.Store(v)
	return x
}

// Current returns the index as of the last commit.
func (x *Index) Current() *Version { return x.current.Load() }

// Apply makes a new version with the changes of one commit, in their order.
func (x *Index) Apply(changes []Change) {
	x.change(changes)
	x.compact()
}

func (x *Index) change(changes []Change) {
	x.mu.Lock()
	defer x.mu.Unlock()
	w := x.write()
	for _, c := range changes {
		w.apply(c)
	}
	x.current.Store(w.version())
}

// Close ends the work in the background.
func (x *Index) Close() {
	x.flusher.close()
	x.merger.close()
}

// writing is a version in the making.
type writing struct {
	index  *Index
	blocks []part
	fresh  fresh
	own    map[*block]bool // whose dead are not shared with the version before
	ownNew bool            // so are the dead of the fresh ones
}

func (x *Index) write() *writing {
	v := x.Current()
	return &writing{index: x, blocks: slices.Clone(v.blocks), fresh: v.fresh, own: map[*block]bool{}}
}

func (w *writing) version() *Version {
	blocks := slices.DeleteFunc(w.blocks, func(p part) bool { return p.alive() == 0 })
	return &Version{blocks: blocks, fresh: w.fresh}
}

func (w *writing) apply(c Change) {
	created := c.Contact != nil && c.Contact.Version == 1
	if !created {
		w.bury(c.ID)
	}
	if c.Contact != nil {
		w.index.remember(c.Contact, len(w.fresh.entries))
		// Readers of an earlier version see the entries up to where it ended.
		w.fresh.entries = append(w.fresh.entries, entry{c.Contact, c.Document})
	}
}

// bury makes the contact as it was dead.
func (w *writing) bury(id string) {
	if position, isFresh := w.index.positions[id]; isFresh {
		w.index.forget(w.fresh.entries[position].contact)
		if !w.ownNew {
			w.fresh.dead, w.ownNew = w.fresh.dead.Clone(), true
		}
		w.fresh.dead.AddInt(position)
		return
	}
	for i := range w.blocks {
		p := &w.blocks[i]
		if row, ok := p.row(id); ok && !p.dead.Contains(row) {
			w.kill(p, row)
			return
		}
	}
}

// remember takes note of where a fresh contact is.
func (x *Index) remember(c *db.Contact, position int) {
	x.positions[c.ID] = position
	if c.Email != "" {
		x.byEmail[c.Email] = position
	}
}

// forget is for a fresh contact that is not there any more. Another may have its email since.
func (x *Index) forget(c *db.Contact) {
	if x.byEmail[c.Email] == x.positions[c.ID] {
		delete(x.byEmail, c.Email)
	}
	delete(x.positions, c.ID)
}

func (w *writing) kill(p *part, row uint32) {
	if !w.own[p.block] {
		p.dead, w.own[p.block] = p.dead.Clone(), true
	}
	p.dead.Add(row)
}
