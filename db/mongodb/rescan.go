package mongodb

import (
	"context"
	"regexp"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

// Other servers write contacts while a rescan lasts, with fields that they know to be stored. So rescans have numbers:
// with a new one, every server loads all fields anew, and stores what it sees in contacts that it writes from then on, with
// the number. A rescan forgets nothing that was stored with its number or a later one.
//
// What was under way when it began is older than that. A rescan waits for it before it reads the contacts; and whoever
// took longer than half of that wait to write a contact stores its fields once more.
const settling = time.Second

// seenIn is the element of a field that has the number of the last rescan before the kind of values was stored.
func seenIn(kind string) string { return "seen." + kind }

// UndeclareFields unsets declarations and lets all servers load the fields anew.
func (w *workspace) UndeclareFields(ctx context.Context, under filter.Path) error {
	_, err := w.fields.UpdateMany(ctx, w.scoped(atOrBelow(under)), bson.D{{Key: "$unset", Value: bson.D{
		{Key: "type", Value: ""}, {Key: "label", Value: ""}, {Key: "description", Value: ""},
	}}})
	if err == nil {
		_, err = w.countUp(ctx, "fieldsRescan")
	}
	return translate(err)
}

func atOrBelow(path filter.Path) bson.D {
	return bson.D{{Key: "path", Value: bson.Regex{Pattern: "^" + regexp.QuoteMeta(path.String()) + `(\.|$)`}}}
}

// RescanFields reads the contacts after those of other servers that were under way are written.
func (w *workspace) RescanFields(ctx context.Context, under filter.Path, see func(*db.Contact)) error {
	number, err := w.countUp(ctx, "fieldsRescan")
	if err != nil {
		return translate(err)
	}
	select {
	case <-time.After(settling):
	case <-ctx.Done():
		return translate(ctx.Err())
	}
	fields, err := w.storedFields(ctx)
	if err != nil {
		return translate(err)
	}
	rescan := db.NewRescan(under, fields)
	err = w.EachContact(ctx, db.NewCatalogue(fields).Holders(under), func(c *db.Contact) error {
		rescan.See(c)
		see(c)
		return nil
	})
	if err != nil {
		return err
	}
	return translate(w.conclude(ctx, rescan, number))
}

// conclude stores what a rescan has found out, and lets all servers load the fields anew.
func (w *workspace) conclude(ctx context.Context, rescan *db.Rescan, number int64) error {
	stored, err := w.storedFields(ctx)
	if err != nil {
		return err
	}
	if err := w.writeFields(ctx, rescan.Seen(), nil, number); err != nil {
		return err
	}
	var writes []mongo.WriteModel
	for _, f := range stored {
		id := bson.E{Key: "_id", Value: document.FieldID(w.id, f.Path)}
		surplus := rescan.Surplus(f)
		for _, kind := range document.KindNames(surplus) {
			earlier := bson.D{{Key: "$not", Value: bson.D{{Key: "$gte", Value: number}}}} // or never
			writes = append(writes, mongo.NewUpdateOneModel().
				SetFilter(bson.D{id, {Key: seenIn(kind), Value: earlier}}).
				SetUpdate(bson.D{{Key: "$pull", Value: bson.D{{Key: "kinds", Value: kind}}}}))
		}
		if f.Shape == surplus && f.Type == filter.KindNull {
			writes = append(writes, mongo.NewDeleteOneModel().
				SetFilter(bson.D{id, {Key: "kinds", Value: bson.A{}}, {Key: "type", Value: bson.D{{Key: "$exists", Value: false}}}}))
		}
	}
	if err := writeAll(ctx, w.fields, writes); err != nil {
		return err
	}
	_, err = w.countUp(ctx, "fieldsRescan")
	return err
}

// countUp counts up one of the numbers by which servers keep in step, and returns it.
func (w *workspace) countUp(ctx context.Context, name string) (int64, error) {
	raw, err := w.workspaces.FindOneAndUpdate(ctx, bson.D{{Key: "_id", Value: w.id}}, bson.D{{Key: "$inc", Value: bson.D{{Key: name, Value: int64(1)}}}},
		options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Raw()
	if err != nil {
		return 0, err
	}
	n, _ := raw.Lookup(name).AsInt64OK()
	return n, nil
}

// noteAgain is for contacts that were written and of whose fields note was taken after the time.
func (w *workspace) noteAgain(ctx context.Context, noted time.Time, written ...*db.Contact) error {
	if time.Since(noted) < settling/2 {
		return nil
	}
	return w.observe(ctx, written)
}
