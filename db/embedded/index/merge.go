package index

import (
	"cmp"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/db"
	"segmentql/filter"
)

// merge makes one block of the living rows of several.
func merge(parts []part) compacted {
	type living struct {
		id   string
		part int
		row  uint32
	}
	var all []living
	made := compacted{of: parts, rows: make([][]uint32, len(parts))}
	for i, p := range parts {
		made.rows[i] = make([]uint32, p.rows)
		for row := range p.rows {
			if made.rows[i][row] = gone; !p.dead.ContainsInt(row) {
				all = append(all, living{p.ids.at(row), i, uint32(row)})
			}
		}
	}
	slices.SortFunc(all, func(a, b living) int { return cmp.Compare(a.id, b.id) })
	m := merger{&blockBuilder{}}
	for row, l := range all {
		made.rows[l.part][l.row] = uint32(row)
		m.ids.add([]byte(l.id))
		m.versions = append(m.versions, parts[l.part].versions[l.row])
	}
	m.rows = uint32(len(all))
	for i, p := range parts {
		m.object(&m.objectBuilder, &p.object, made.rows[i], nil, math.MaxInt)
	}
	made.block = m.block()
	return made
}

// merger adds what blocks have to one that is being built. In it, rows says which row each row becomes.
type merger struct{ *blockBuilder }

// object adds the keys of an object, which the rows of the set have.
func (m merger) object(to *objectBuilder, from *object, rows []uint32, having *roaring.Bitmap, most int) {
	eachOf(having, rows, func(row uint32) { to.rows = append(to.rows, row) })
	if from.unread != nil && !to.tooMany {
		m.giveUp(to)
	}
	for key, f := range from.fields {
		field, ok := m.field(to, []byte(key), most)
		if !ok {
			return
		}
		inner := db.MaxKeys
		if most == math.MaxInt && key == filter.CustomField {
			inner = db.MaxFields
		}
		m.addField(field, f, rows, inner)
	}
}

func (m merger) addField(to *fieldBuilder, from *field, rows []uint32, most int) {
	var objects *roaring.Bitmap
	for i := range from.runs {
		r := &from.runs[i]
		to.merge(r, rows)
		if r.values.kind() == filter.KindObject {
			objects = r.set(len(rows))
		}
	}
	to.long.merge(from.long, rows)
	eachOf(from.lists, rows, func(row uint32) { to.lists = append(to.lists, row) })
	for i, row := range from.points.rows {
		if rows[row] != gone {
			to.points.rows = append(to.points.rows, rows[row])
			to.points.points = append(to.points.points, from.points.points[i])
		}
	}
	m.object(&to.object, &from.object, rows, objects, most)
	if from.elements != nil {
		m.addElements(to, from.elements, rows)
	}
}

func (m merger) addElements(to *fieldBuilder, from *table, rows []uint32) {
	elements := make([]uint32, from.rows)
	for element, parent := range from.parent {
		if elements[element] = gone; rows[parent] != gone {
			elements[element] = to.element(rows[parent]).rows - 1
		}
	}
	if to.elements != nil {
		m.object(&to.elements.objectBuilder, &from.object, elements, from.all, db.MaxKeys)
	}
}

// merge adds the values of a run.
func (b *columnBuilder) merge(r *run, rows []uint32) {
	switch values := r.values.(type) {
	case *numbers:
		r.each(rows, func(i int, row uint32) {
			b.numbers = append(b.numbers, pair[numberValue]{numberValue{values.floats[i], values.whole[i]}, row})
		})
	case *ints:
		to := map[filter.Kind]*[]intPair{filter.KindDate: &b.days, filter.KindBoolean: &b.booleans, filter.KindDateTime: &b.instants}[values.of]
		r.each(rows, func(i int, row uint32) { *to = append(*to, intPair{values.keys[i], row}) })
	case *textValues:
		b.texts.merge(r, &values.texts, rows)
	case marker:
		to := &b.nulls
		switch v := values.value.(type) {
		case filter.Object:
			to = &b.objects
		case []any:
			if to = &b.emptyLists; len(v) > 0 {
				to = &b.fullLists
			}
		}
		r.each(rows, func(_ int, row uint32) { *to = append(*to, row) })
	}
}

func (s *textSet) merge(r *run, of *texts, rows []uint32) {
	last, number := -1, uint32(0)
	r.each(rows, func(i int, row uint32) {
		if i != last {
			last, number = i, s.number([]byte(of.at(i)))
		}
		s.pairs = append(s.pairs, textPair{number, row})
	})
}

func (b *longTextsBuilder) merge(l *longTexts, rows []uint32) {
	if l == nil {
		return
	}
	for _, row := range l.rows {
		if rows[row] != gone {
			b.rows = append(b.rows, rows[row])
		}
	}
	if words, ok := l.words.values.(*textValues); ok {
		b.words.merge(&l.words, &words.texts, rows)
	}
	eachOf(l.clipped, rows, func(row uint32) { b.clipped = append(b.clipped, row) })
}

// each calls yield with each value's position and what its living rows become.
func (r *run) each(rows []uint32, yield func(i int, row uint32)) {
	for i := range r.values.len() {
		s := span{i, i + 1}
		for _, row := range r.between(s) {
			if rows[row] != gone {
				yield(i, rows[row])
			}
		}
		for _, d := range r.denseBetween(s) {
			eachOf(d.rows, rows, func(row uint32) { yield(i, row) })
		}
	}
}

// eachOf calls yield with what the living rows of the set become.
func eachOf(set *roaring.Bitmap, rows []uint32, yield func(row uint32)) {
	if set == nil {
		return
	}
	for it := set.Iterator(); it.HasNext(); {
		if row := rows[it.Next()]; row != gone {
			yield(row)
		}
	}
}
