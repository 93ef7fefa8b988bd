package index

import (
	"context"
	"slices"

	"segmentql/db"
	"segmentql/filter"
)

// Ranges returns the ranges of the values that contacts have at the path: of sorted values the first and the last that
// somebody has.
func (v *Version) Ranges(ctx context.Context, path filter.Path, fetch Fetch) (db.Ranges, error) {
	all := make([]db.Ranges, len(v.blocks)+1)
	for i := range all {
		all[i] = db.Ranges{}
	}
	include := func(r db.Ranges, c *db.Contact) {
		for value := range filter.Values(c, path) {
			r.Include(value)
		}
	}
	err := v.each(ctx, func(ctx context.Context, i int, p part) error {
		at := p.places(path)
		for _, place := range at.all {
			for j := range place.runs {
				if r := &place.runs[j]; slices.Contains(db.RangeKinds(), r.values.kind()) {
					at.includeEnds(all[i], place, r)
				}
			}
		}
		return p.eachUnread(ctx, &at, fetch, func(c *db.Contact) { include(all[i], c) })
	}, func(c *db.Contact) { include(all[len(v.blocks)], c) })
	if err != nil {
		return nil, err
	}
	ranges := db.Ranges{}
	for _, some := range all {
		for _, r := range some {
			ranges.Include(filter.Canonical(r.Min))
			ranges.Include(filter.Canonical(r.Max))
		}
	}
	return ranges, nil
}

// includeEnds includes the least and the greatest value of a run that somebody has.
func (a *places) includeEnds(ranges db.Ranges, at place, r *run) {
	first, last := 0, r.values.len()-1
	for first <= last && a.count(at, r, first) == 0 {
		first++
	}
	for last > first && a.count(at, r, last) == 0 {
		last--
	}
	if first <= last {
		ranges.Include(r.values.at(first))
		ranges.Include(r.values.at(last))
	}
}
