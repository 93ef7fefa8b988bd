package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
)

// FieldValues has MongoDB group the values.
func (w *workspace) FieldValues(ctx context.Context, q db.ValuesQuery) ([]db.ValueCount, error) {
	if err := q.Check(); err != nil || q.First == 0 {
		return nil, err
	}
	shapes, err := w.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	var values []db.ValueCount
	err = w.aggregate(ctx, query.Values(q, w.scoped(nil), shapes), q.First, func(answer bson.Raw) (more bool) {
		v := db.ValueCount{Value: valueIn(answer), Count: answer.Lookup("count").AsInt64()}
		// MongoDB was asked for characters, which may have several bytes.
		if text, isText := v.Value.(string); !isText || len(text) <= db.MaxValueLength {
			values = append(values, v)
		}
		return len(values) < q.First
	})
	return values, err
}

// FieldRanges asks for the first and the last value of each kind that there is, which an index may have.
func (w *workspace) FieldRanges(ctx context.Context, path filter.Path) (db.Ranges, error) {
	shapes, err := w.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	var pipelines [][]bson.D
	for _, kind := range db.RangeKinds() {
		for _, greatest := range []bool{false, true} {
			pipelines = append(pipelines, query.End(path, kind, greatest, w.scoped(nil), shapes))
		}
	}
	ends, err := concurrently(ctx, pipelines, func(ctx context.Context, pipeline []bson.D) (end any, err error) {
		err = w.aggregate(ctx, pipeline, 1, func(answer bson.Raw) bool {
			end = valueIn(answer)
			return true
		})
		return end, err
	})
	ranges := db.Ranges{}
	for _, end := range ends {
		ranges.Include(end)
	}
	return ranges, err
}

// valueIn returns the value of a group.
func valueIn(group bson.Raw) any { return filter.Canonical(document.ReadValue(group.Lookup("_id"))) }

// aggregate calls yield with what the pipeline answers, for as long as it returns true. An empty one answers nothing.
func (w *workspace) aggregate(ctx context.Context, pipeline []bson.D, batch int, yield func(bson.Raw) (more bool)) error {
	if pipeline == nil {
		return nil
	}
	opts := options.Aggregate().SetBatchSize(int32(batch) + 1)
	if left, ok := maxTime(ctx); ok {
		opts.SetCustom(bson.M{"maxTimeMS": left}) //nolint:staticcheck // there is no other way; see maxTime
	}
	cursor, err := w.contacts.Aggregate(ctx, pipeline, opts)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	for more := true; more && cursor.Next(ctx); {
		more = yield(cursor.Current)
	}
	return translate(cursor.Err())
}
