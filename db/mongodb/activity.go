package mongodb

import (
	"context"
	"math"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
)

// maxForgotten bounds what one call deletes of the log.
const maxForgotten = 1_000

// activityIndexes are for the log of a contact and for what is oldest.
func activityIndexes() []mongo.IndexModel {
	return []mongo.IndexModel{index(ascending("_id")), index(ascending("at"))}
}

// logReplaced copies into the log what contacts keep of what was done to them last, which their drafts are about to replace. Its
// IDs there follow from the contacts and their versions. So it does not matter whether the drafts are written then, or
// others have logged the same.
func (w *workspace) logReplaced(ctx context.Context, drafts ...*draft) error {
	var records []db.Record
	for _, d := range drafts {
		if last := d.before.LastChange; last != nil && last != d.after.LastChange {
			records = append(records, document.ActivityRecord(w.id, d.before.ID, last))
		}
	}
	return w.writeLog(ctx, records)
}

// writeLog stores records in the log, in place of those that are there.
func (w *workspace) writeLog(ctx context.Context, records []db.Record) error {
	var writes []mongo.WriteModel
	for _, r := range records {
		writes = append(writes, mongo.NewReplaceOneModel().SetUpsert(true).
			// By the ID alone, which names a contact of this workspace: then MongoDB settles it when two insert the same.
			SetFilter(bson.D{{Key: "_id", Value: r.ID}}).SetReplacement(bson.Raw(r.Document)))
	}
	return translate(writeAll(ctx, w.activity, writes))
}

// logOf matches the log of a contact, below a version.
func (w *workspace) logOf(contact string, below int64) bson.D {
	return w.scoped(bson.D{{Key: "_id", Value: bson.D{
		{Key: "$gte", Value: document.ActivityID(contact, 0)}, {Key: "$lt", Value: document.ActivityID(contact, below)},
	}}})
}

// Activity reads the contact before the log.
func (w *workspace) Activity(ctx context.Context, q db.ActivityQuery) ([]db.Activity, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	c, err := w.contact(ctx, q.Contact)
	if db.CodeOf(err) == db.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return q.Answer(c, func(q db.ActivityQuery) ([]db.Activity, error) {
		which := append(w.logOf(q.Contact, q.Below), bson.E{Key: "at", Value: bson.D{{Key: "$gte", Value: q.Since}}})
		opts := options.Find().SetSort(bson.D{descending("_id")}).SetLimit(int64(q.Limit))
		return readAll(ctx, w.activity, which, q.Limit, opts, document.ReadActivity)
	})
}

// deleteLogs deletes the logs of contacts.
func (w *workspace) deleteLogs(ctx context.Context, contacts []string) error {
	var writes []mongo.WriteModel
	for _, id := range contacts {
		writes = append(writes, mongo.NewDeleteManyModel().SetFilter(w.logOf(id, math.MaxInt64)))
	}
	return translate(writeAll(ctx, w.activity, writes))
}

// deleteOrphans deletes the logs of those of the contacts that are not there any more: who deletes a contact does so, too,
// but others may have logged what it was just then.
func (w *workspace) deleteOrphans(ctx context.Context, drafts []*draft) error {
	var ids []string
	for _, d := range drafts {
		if d.before != nil {
			ids = append(ids, d.before.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	there, err := w.ContactsByID(ctx, ids)
	if err != nil {
		return err
	}
	var gone []string
	for i, c := range there {
		if c == nil {
			gone = append(gone, ids[i])
		}
	}
	return w.deleteLogs(ctx, gone)
}

// ForgetActivity deletes what is oldest.
func (w *workspace) ForgetActivity(ctx context.Context, before time.Time) (more bool, err error) {
	opts := options.Find().SetSort(bson.D{ascending("at")}).SetLimit(maxForgotten).SetProjection(bson.D{{Key: "_id", Value: 1}})
	which := w.scoped(bson.D{{Key: "at", Value: bson.D{{Key: "$lt", Value: before}}}})
	ids, err := readAll(ctx, w.activity, which, maxForgotten, opts, func(raw bson.Raw) (string, error) {
		return raw.Lookup("_id").StringValue(), nil
	})
	if err != nil || len(ids) == 0 {
		return false, err
	}
	_, err = w.activity.DeleteMany(ctx, w.scoped(bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}))
	return len(ids) == maxForgotten, translate(err)
}
