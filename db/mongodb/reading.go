package mongodb

import (
	"context"
	"math"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/xoptions"
)

// readAll reads all documents that match, of which there are at most most: in one round trip, as far as one message
// of MongoDB (16 MB) holds them. What read is given is valid during the call.
func readAll[T any](
	ctx context.Context, c *mongo.Collection, which bson.D, most int, opts *options.FindOptionsBuilder, read func(bson.Raw) (T, error),
) ([]T, error) {
	// One more than there can be: where a batch ends at the limit, MongoDB keeps the cursor open.
	opts.SetBatchSize(int32(min(most, math.MaxInt32-1)) + 1)
	if err := setMaxTime(ctx, opts); err != nil {
		return nil, translate(err)
	}
	cursor, err := c.Find(ctx, which, opts)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	items := []T{}
	for cursor.Next(ctx) {
		item, err := read(cursor.Current)
		if err != nil {
			return nil, translate(err)
		}
		items = append(items, item)
	}
	return items, translate(cursor.Err())
}

// setMaxTime has the server give up at the deadline of the request.
func setMaxTime(ctx context.Context, opts *options.FindOptionsBuilder) error {
	left, ok := maxTime(ctx)
	if !ok {
		return nil
	}
	return xoptions.SetInternalFindOptions(opts, "addCommandFields", bson.D{{Key: "maxTimeMS", Value: left}})
}

// maxTime returns how many milliseconds the server has until the deadline of the request. The driver sees to that for all
// commands but those that return cursors, because a cursor may outlive the request (DRIVERS-2722); ours are read at once.
func maxTime(ctx context.Context) (left int64, ok bool) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return 0, false
	}
	left = max(time.Until(deadline).Milliseconds(), 1) // 0 is no limit
	return left, left <= math.MaxInt32                 // MongoDB takes no more
}
