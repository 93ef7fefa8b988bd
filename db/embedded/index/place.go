package index

import (
	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/filter"
)

// place is a field to which a path leads in a block: of its contacts, or of elements of their lists.
type place struct {
	*field
	parents [][]uint32 // from the field's rows up to those of contacts
}

// contact returns whose the row is. All elements of a contact follow each other.
func (p place) contact(row uint32) uint32 {
	for _, parent := range p.parents {
		row = parent[row]
	}
	return row
}

// places are all to which a path leads, for those contacts of the block that are alive and of which it knows them.
type places struct {
	all      []place
	unread   *roaring.Bitmap // living contacts with an object on the way whose keys are data
	excluded *roaring.Bitmap // these and the dead
	bits     []uint64        // the same, a bit for each
}

// places returns where the path leads.
func (p part) places(path filter.Path) places {
	unread := newSetBuilder(p.rows)
	var at places
	p.eachPlace(p.object, path.Steps(), false, nil, unread, func(found place) { at.all = append(at.all, found) })
	at.unread = p.living(unread.set())
	at.excluded = roaring.Or(p.dead, at.unread)
	at.bits = at.excluded.ToDense()
	return at
}

// eachPlace calls yield with each place, as reach goes there.
func (t *table) eachPlace(o object, steps []string, inList bool, parents [][]uint32, unread *setBuilder, yield func(place)) {
	if o.unread != nil {
		for it := o.unread.Iterator(); it.HasNext(); {
			unread.add([]uint32{place{parents: parents}.contact(it.Next())})
		}
	}
	f := o.fields[steps[0]]
	if f == nil || inList && filter.IsPosition(steps[0]) {
		return
	}
	if len(steps) == 1 {
		yield(place{f, parents})
		return
	}
	t.eachPlace(f.object, steps[1:], inList, parents, unread, yield)
	if f.elements != nil {
		up := append([][]uint32{f.elements.parent}, parents...)
		f.elements.eachPlace(f.elements.object, steps[1:], true, up, unread, yield)
	}
}

func (a *places) isExcluded(contact uint32) bool {
	word := int(contact / wordSize)
	return word < len(a.bits) && a.bits[word]&(1<<(contact%wordSize)) != 0
}

// nobody is no row.
const nobody = ^uint32(0)

// each calls yield with the contacts that have a value of a run, each of them once.
func (a *places) each(at place, r *run, value int, yield func(contact uint32)) {
	s, last := span{value, value + 1}, nobody
	for _, row := range r.between(s) {
		if contact := at.contact(row); contact != last && !a.isExcluded(contact) {
			last = contact
			yield(contact)
		}
	}
	for _, d := range r.denseBetween(s) {
		a.eachDense(at, d, yield)
	}
}

func (a *places) eachDense(at place, d dense, yield func(contact uint32)) {
	last := nobody
	for it := d.rows.Iterator(); it.HasNext(); {
		if contact := at.contact(it.Next()); contact != last && !a.isExcluded(contact) {
			last = contact
			yield(contact)
		}
	}
}

// count returns how many contacts each would yield. It calls no function for each of them: there may be millions.
func (a *places) count(at place, r *run, value int) (n uint32) {
	s, last := span{value, value + 1}, nobody
	for _, row := range r.between(s) {
		if contact := at.contact(row); contact != last && !a.isExcluded(contact) {
			last = contact
			n++
		}
	}
	for _, d := range r.denseBetween(s) {
		if len(at.parents) == 0 {
			n += uint32(d.rows.GetCardinality() - d.rows.AndCardinality(a.excluded))
		} else {
			a.eachDense(at, d, func(uint32) { n++ })
		}
	}
	return n
}
