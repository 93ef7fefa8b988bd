package embedded

import (
	"context"

	"segmentql/db"
	"segmentql/db/embedded/index"
	"segmentql/filter"
)

// FieldValues answers from the index, which has the values of each field sorted.
func (w *workspace) FieldValues(ctx context.Context, q db.ValuesQuery) (values []db.ValueCount, err error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	err = w.ask(ctx, needsAt(q.Path), func(v *index.Version, fetch index.Fetch) (err error) {
		values, err = v.Values(ctx, q, fetch)
		return err
	})
	return values, err
}

// FieldRanges answers from the index.
func (w *workspace) FieldRanges(ctx context.Context, path filter.Path) (ranges db.Ranges, err error) {
	err = w.ask(ctx, needsAt(path), func(v *index.Version, fetch index.Fetch) (err error) {
		ranges, err = v.Ranges(ctx, path, fetch)
		return err
	})
	return ranges, err
}

// needsAt is needsOf for what is at a path.
func needsAt(path filter.Path) func() projection {
	return func() projection {
		p := newProjection()
		p.addPath(path)
		return p
	}
}
