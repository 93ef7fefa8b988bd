package index

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"segmentql/db"
)

// Stats says what the version takes in memory. Fresh contacts are counted, but not what they take: they are few.
func (v *Version) Stats() db.WorkspaceStats {
	stats := db.WorkspaceStats{Contacts: v.Contacts()}
	byPath := map[string]*db.FieldStats{}
	for _, p := range v.blocks {
		stats.Bytes += p.ids.bytes() + 8*int64(cap(p.versions)) + int64(p.emails.Cap()/8) + sizeOf(p.dead) + sizeOf(p.all)
		p.stats("", byPath)
	}
	for _, f := range byPath {
		stats.Bytes += f.Bytes
		stats.Fields = append(stats.Fields, *f)
	}
	slices.SortFunc(stats.Fields, func(a, b db.FieldStats) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Path, b.Path))
	})
	return stats
}

func (o *object) stats(around string, byPath map[string]*db.FieldStats) {
	for key, f := range o.fields {
		path := key
		if around != "" {
			path = around + "." + key
		}
		of := byPath[path]
		if of == nil {
			of = &db.FieldStats{Path: path}
			byPath[path] = of
		}
		of.Bytes += f.bytes() + sizeOf(f.lists) + sizeOf(f.unread) + 20*int64(cap(f.points.rows))
		of.Contacts += int64(f.valued.GetCardinality())
		for _, r := range f.runs {
			if !r.isMarker() {
				of.Values += int64(r.values.len())
			}
		}
		f.stats(path, byPath)
		if f.elements != nil {
			of.Bytes += 4*int64(cap(f.elements.parent)) + sizeOf(f.elements.unread) + sizeOf(f.elements.all)
			f.elements.stats(path, byPath)
		}
	}
}

func (c *column) bytes() int64 {
	n := sizeOf(c.valued)
	for i := range c.runs {
		n += c.runs[i].bytes()
	}
	if c.long != nil {
		n += 4*int64(cap(c.long.rows)) + sizeOf(c.long.set) + sizeOf(c.long.clipped) + c.long.words.bytes()
	}
	return n
}

func (r *run) bytes() int64 {
	n := r.values.bytes() + 4*int64(cap(r.rows)+cap(r.ends))
	for _, d := range r.dense {
		n += sizeOf(d.rows) + 16
	}
	return n
}

func sizeOf(set *roaring.Bitmap) int64 {
	if set == nil {
		return 0
	}
	const header = 80 // of the bitmap itself
	return header + int64(set.GetSizeInBytes())
}
