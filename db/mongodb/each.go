package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
)

// snapshotWireVersion is that of MongoDB 5.0, the first that reads snapshots outside of transactions.
const snapshotWireVersion = 13

// EachContact reads one cursor to its end, in a session that sees one moment where the server has such.
func (w *workspace) EachContact(ctx context.Context, n filter.Node, yield func(*db.Contact) error) error {
	shapes, err := w.Catalogue(ctx)
	if err != nil {
		return err
	}
	snapshots, err := w.hasSnapshots(ctx)
	if err != nil {
		return translate(err)
	}
	reading := ctx
	if snapshots {
		session, err := w.client.StartSession(options.Session().SetSnapshot(true))
		if err != nil {
			return translate(err)
		}
		defer session.EndSession(context.WithoutCancel(ctx))
		reading = mongo.NewSessionContext(ctx, session)
	} else {
		w.log.WarnContext(ctx, "the MongoDB server has no snapshots, which take a replica set: what is read may be of different moments")
	}
	cursor, err := w.contacts.Find(reading, w.scoped(query.Compile(n, shapes)), options.Find().SetSort(bson.D{ascending("_id")}))
	if err != nil {
		return translate(err)
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	for cursor.Next(reading) {
		c, err := document.ReadContact(cursor.Current)
		if err != nil {
			return translate(err)
		}
		if err := yield(c); err != nil {
			return err
		}
	}
	return translate(cursor.Err())
}

// hasSnapshots says whether the server is a replica set or a sharded cluster that can read as of one moment.
func (s *Store) hasSnapshots(ctx context.Context) (bool, error) {
	var hello struct {
		SetName        string `bson:"setName"`
		Msg            string `bson:"msg"`
		MaxWireVersion int32  `bson:"maxWireVersion"`
	}
	err := s.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	return (hello.SetName != "" || hello.Msg == "isdbgrid") && hello.MaxWireVersion >= snapshotWireVersion, err
}
