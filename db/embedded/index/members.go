package index

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"segmentql/db"
	"segmentql/filter"
)

// Members returns the contacts that match, by ID. Until they are all read it takes a bit for each contact of the
// version. It does not fetch from several goroutines at once.
func (v *Version) Members(ctx context.Context, f filter.Node, fetch Fetch) (iter.Seq[Ref], error) {
	var runs []memberRun
	add := func(next func() (Ref, bool)) {
		if first, has := next(); has {
			runs = append(runs, memberRun{first, next})
		}
	}
	for _, p := range v.blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		members, err := p.members(ctx, f, fetch)
		if err != nil {
			return nil, err
		}
		rows := members.Iterator()
		add(func() (Ref, bool) {
			if !rows.HasNext() {
				return Ref{}, false
			}
			return p.ref(rows.Next()), true
		})
	}
	fresh := v.fresh.members(f)
	add(func() (first Ref, has bool) {
		if len(fresh) == 0 {
			return first, false
		}
		first, fresh = fresh[0], fresh[1:]
		return first, true
	})
	return merged(runs), nil
}

// members returns the contacts that match, by ID.
func (f *fresh) members(n filter.Node) []Ref {
	var refs []Ref
	f.each(func(c *db.Contact) {
		if filter.Match(n, c) {
			refs = append(refs, Ref{c.ID, c.Version})
		}
	})
	slices.SortFunc(refs, func(a, b Ref) int { return cmp.Compare(a.ID, b.ID) })
	return refs
}

// memberRun is what is left of members that are in the order of their IDs.
type memberRun struct {
	first Ref
	next  func() (Ref, bool)
}

func (r memberRun) compare(o memberRun) int { return cmp.Compare(r.first.ID, o.first.ID) }

// merged makes one order of several. It can be read once.
func merged(runs []memberRun) iter.Seq[Ref] {
	slices.SortFunc(runs, memberRun.compare)
	return func(yield func(Ref) bool) {
		for len(runs) > 0 {
			run := runs[0]
			if !yield(run.first) {
				return
			}
			var more bool
			run.first, more = run.next()
			switch {
			case !more:
				runs = runs[1:]
			case len(runs) == 1 || run.compare(runs[1]) < 0:
				runs[0] = run
			default:
				at, _ := slices.BinarySearchFunc(runs[1:], run, memberRun.compare)
				copy(runs, runs[1:1+at])
				runs[at] = run
			}
		}
	}
}
