package mongodb

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"
)

// writesAtOnce is how many writes are sent together: in FerretDB 1 a command with more than a hundred updates of documents
// that exist waits for itself for ever.
const writesAtOnce = 50

// writeAll makes the writes in their order. It ends with the first that fails.
func writeAll(ctx context.Context, c *mongo.Collection, writes []mongo.WriteModel) error {
	for some := range slices.Chunk(writes, writesAtOnce) {
		if _, err := c.BulkWrite(ctx, some); err != nil {
			return err
		}
	}
	return nil
}
