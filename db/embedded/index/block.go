package index

import (
	"github.com/RoaringBitmap/roaring/v2"
	"github.com/bits-and-blooms/bloom/v3"

	"segmentql/filter"
)

// maxRows is how many contacts a block has at most.
const maxRows = 1 << 16

// block is the index of some contacts, its rows, which are in the order of their IDs. It never changes.
type block struct {
	table
	ids      texts
	versions []int64 // of the contacts
	emails   *bloom.BloomFilter
}

// row returns the row of a contact, if it is in the block.
func (b *block) row(id string) (uint32, bool) {
	i, ok := b.ids.search(id)
	return uint32(i), ok
}

// table is what some rows have: contacts, or the elements of lists that are objects or lists.
type table struct {
	rows   int
	all    *roaring.Bitmap
	parent []uint32 // of elements: the row of the table around
	object
}

// object is what rows have under the keys of an object.
type object struct {
	fields map[string]*field
	unread *roaring.Bitmap // rows whose keys are data: too many to have fields; or nil
}

// field is what rows have under one key.
type field struct {
	column
	object                   // of the rows that have an object there
	elements *table          // that are objects or lists, of the lists there; or nil
	lists    *roaring.Bitmap // rows that have a list there, an empty one too
	points   points
}

// column has the values of a field, those in lists too.
type column struct {
	runs   []run // one for each kind of values, and some markers; in the order of their kinds
	long   *longTexts
	valued *roaring.Bitmap // rows with a value that is neither null nor a marker; of long texts, too
}

// run has the values of one kind, each with the rows that have it: a row as often as it has the value.
type run struct {
	values values
	ends   []uint32 // of the rows of each value in rows; nil where each value has one row
	rows   []uint32 // by value, and within a value ascending
	dense  []dense  // values of so many rows that they are not in rows, ascending
}

// isMarker says whether the run is of values that have no value of their own here.
func (r *run) isMarker() bool {
	_, ok := r.values.(marker)
	return ok
}

// dense is a value of many rows, all different.
type dense struct {
	value int // its position
	rows  *roaring.Bitmap
}

// longTexts are texts that are kept by their words.
type longTexts struct {
	rows    []uint32        // as often as they have such a text
	set     *roaring.Bitmap // of rows
	words   run             // of rows, each once
	clipped *roaring.Bitmap // rows with a word that is too long to be kept
}

// points are the points on earth for which objects of rows stand.
type points struct {
	rows   []uint32
	points []filter.Point
}

// span is a range of positions of values, the last excluded.
type span struct{ from, to int }

// between returns the rows of the values that are not dense.
func (r *run) between(s span) []uint32 {
	if r.ends == nil {
		return r.rows[s.from:s.to]
	}
	start := uint32(0)
	if s.from > 0 {
		start = r.ends[s.from-1]
	}
	end := start
	if s.to > s.from {
		end = r.ends[s.to-1]
	}
	return r.rows[start:end]
}

// denseBetween returns the dense values.
func (r *run) denseBetween(s span) []dense {
	from := 0
	for from < len(r.dense) && r.dense[from].value < s.from {
		from++
	}
	to := from
	for to < len(r.dense) && r.dense[to].value < s.to {
		to++
	}
	return r.dense[from:to]
}
