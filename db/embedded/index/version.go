package index

import (
	"context"
	"errors"
	"runtime"

	"github.com/RoaringBitmap/roaring/v2"
	"golang.org/x/sync/errgroup"

	"segmentql/db"
	"segmentql/filter"
)

// Version is the index as of one commit. It never changes.
type Version struct {
	blocks []part
	fresh  fresh
}

// part is a block and those of its contacts that are not there any more, or not as they were.
type part struct {
	*block
	dead *roaring.Bitmap
}

// fresh are contacts that were written lately, of which the matcher is asked.
type fresh struct {
	entries []entry
	dead    *roaring.Bitmap // by position
}

type entry struct {
	contact  *db.Contact
	document []byte
}

// Ref names a contact as it was written once.
type Ref struct {
	ID      string
	Version int64
}

// Fetch reads contacts and calls yield with each, and its position among the refs, in any order. It fails with ErrStale
// where one is not as it was.
type Fetch func(ctx context.Context, refs []Ref, yield func(i int, c *db.Contact)) error

// ErrStale says that a contact was written since: a newer version is to be asked.
var ErrStale = errors.New("the version is out of date")

// Found is the answer to a query.
type Found struct {
	Contacts []Ref // in the order of the sort
	More     bool  // beyond the page in the direction in which it was taken
	Total    int64
}

// Contacts is the number of contacts.
func (v *Version) Contacts() int64 {
	n := int64(v.fresh.alive())
	for _, p := range v.blocks {
		n += int64(p.alive())
	}
	return n
}

func (f *fresh) alive() int { return len(f.entries) - int(f.dead.GetCardinality()) }

// each calls yield with the fresh contacts.
func (f *fresh) each(yield func(*db.Contact)) {
	for i, e := range f.entries {
		if !f.dead.ContainsInt(i) {
			yield(e.contact)
		}
	}
}

func (p part) alive() int { return p.rows - int(p.dead.GetCardinality()) }

// living leaves out the dead.
func (p part) living(set *roaring.Bitmap) *roaring.Bitmap {
	if p.dead.IsEmpty() {
		return set
	}
	return roaring.AndNot(set, p.dead)
}

// Count says for each filter how many contacts match it.
func (v *Version) Count(ctx context.Context, filters []filter.Node, fetch Fetch) ([]int64, error) {
	counts := make([][]int64, len(v.blocks)+1)
	for i := range counts {
		counts[i] = make([]int64, len(filters))
	}
	err := v.each(ctx, func(ctx context.Context, i int, p part) error {
		for j, f := range filters {
			members, err := p.members(ctx, f, fetch)
			if err != nil {
				return err
			}
			counts[i][j] = int64(members.GetCardinality())
		}
		return nil
	}, func(c *db.Contact) {
		for j, f := range filters {
			if filter.Match(f, c) {
				counts[len(v.blocks)][j]++
			}
		}
	})
	if err != nil {
		return nil, err
	}
	total := counts[0]
	for _, more := range counts[1:] {
		for j, n := range more {
			total[j] += n
		}
	}
	return total, nil
}

// each calls ofBlock with every block, on as many goroutines as there are processors, and ofFresh with every fresh
// contact, on one.
func (v *Version) each(ctx context.Context, ofBlock func(ctx context.Context, i int, p part) error, ofFresh func(*db.Contact)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range v.blocks {
		group.Go(recovered(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return ofBlock(ctx, i, p)
		}))
	}
	if v.fresh.alive() > 0 {
		group.Go(recovered(func() error {
			v.fresh.each(ofFresh)
			return nil
		}))
	}
	return group.Wait()
}

// members returns the rows that match. Of those of which the block cannot tell, it asks the matcher.
func (p part) members(ctx context.Context, f filter.Node, fetch Fetch) (*roaring.Bitmap, error) {
	a := p.evaluate(f)
	members := p.living(a.sure)
	if a.exact() {
		return members, nil
	}
	rows := p.living(a.undecided()).ToArray()
	var matching []uint32
	err := fetch(ctx, p.refs(rows), func(i int, c *db.Contact) {
		if filter.Match(f, c) {
			matching = append(matching, rows[i])
		}
	})
	if err != nil || len(matching) == 0 {
		return members, err
	}
	return roaring.Or(members, roaring.BitmapOf(matching...)), nil
}

func (b *block) refs(rows []uint32) []Ref {
	refs := make([]Ref, len(rows))
	for i, row := range rows {
		refs[i] = b.ref(row)
	}
	return refs
}

func (b *block) ref(row uint32) Ref { return Ref{b.ids.at(int(row)), b.versions[row]} }
