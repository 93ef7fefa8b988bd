// Package mongodb keeps contacts, segments and fields in MongoDB, through the official driver. Filters become
// MongoDB queries in the package query.
package mongodb

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"

	"segmentql/db"
)

// Defaults, for what the URI does not say.
const (
	defaultDatabase        = "segmentql"
	connectTimeout         = 5 * time.Second
	serverSelectionTimeout = 5 * time.Second
	operationTimeout       = time.Minute // of a call whose context has no deadline
)

// Store is a db.Store on a MongoDB database.
type Store struct {
	client *mongo.Client
	now    func() time.Time
	log    *slog.Logger

	contacts   *mongo.Collection
	segments   *mongo.Collection
	fields     *mongo.Collection
	workspaces *mongo.Collection
	jobs       *mongo.Collection
	problems   *mongo.Collection
	leases     *mongo.Collection
	activity   *mongo.Collection // a log; what was done to contacts last is with them
	files      *mongo.Database   // has the collections of GridFS

	mu         sync.Mutex
	catalogues map[string]*catalogue // by workspace

	merging chan struct{} // has an element while a merge is under way
	counts  sharing[int64]
	indexes *background
}

// Open connects to the server that the URI names and creates the indexes: those that only make it fast in the
// background, see Load. The URI sets the database (segmentql where it names none), the pool, timeouts, retries and
// concerns; by default writes are acknowledged by a majority.
func Open(ctx context.Context, uri string, now func() time.Time, log *slog.Logger) (*Store, error) {
	return open(ctx, uri, now, log, nil)
}

// open is Open with somebody who watches the commands, or nil.
func open(ctx context.Context, uri string, now func() time.Time, log *slog.Logger, watch *event.CommandMonitor) (*Store, error) {
	parsed, err := connstring.ParseAndValidate(uri)
	if err != nil {
		// The driver's text may repeat the URI, and with it the password.
		return nil, db.Errorf(db.BadInput, "the MongoDB URI is not valid; it is like mongodb://host:27017/database")
	}
	opts := options.Client().
		SetAppName("segmentql").
		SetConnectTimeout(connectTimeout).
		SetServerSelectionTimeout(serverSelectionTimeout).
		SetTimeout(operationTimeout).
		SetWriteConcern(writeconcern.Majority()).
		SetMonitor(watch).
		ApplyURI(uri)
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, db.Errorf(db.BadInput, "the MongoDB URI has options that do not go together").Because(err)
	}
	name := parsed.Database
	if name == "" {
		name = defaultDatabase
	}
	database := client.Database(name)
	s := &Store{
		client: client, now: now, log: log,
		contacts:   database.Collection("contacts"),
		segments:   database.Collection("segments"),
		fields:     database.Collection("fields"),
		workspaces: database.Collection("workspaces"),
		jobs:       database.Collection("jobs"),
		problems:   database.Collection("problems"),
		leases:     database.Collection("leases"),
		activity:   database.Collection("activity"),
		files:      database,
		catalogues: map[string]*catalogue{},
		merging:    make(chan struct{}, 1),
	}
	if err := s.createIndexes(ctx); err != nil {
		_ = client.Disconnect(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("MongoDB at %v: %w", parsed.Hosts, translate(err))
	}
	s.indexes = startInBackground(ctx, s.buildIndexes)
	return s, nil
}

// Workspace returns the handle of a workspace.
func (s *Store) Workspace(id string) db.Workspace { return &workspace{Store: s, id: id} }

// Ready says whether the server can be read from.
func (s *Store) Ready(ctx context.Context) error { return translate(s.client.Ping(ctx, nil)) }

// Load ends what processes that died have left to do, and waits until the indexes are built. The store answers without
// either, too, and MongoDB does not say how far it is.
func (s *Store) Load(ctx context.Context, _ func(done, total int64)) error {
	if err := s.settleAll(ctx); err != nil {
		return err
	}
	return translate(s.indexes.wait(ctx))
}

// Stats are empty: nothing is kept in memory.
func (s *Store) Stats(context.Context) (db.Stats, error) { return db.Stats{}, nil }

// Close disconnects, after what is under way or when ctx ends.
func (s *Store) Close(ctx context.Context) error {
	s.indexes.stop()
	return translate(s.client.Disconnect(ctx))
}

// workspace is the only way to the collections: scoped brings its ID into every query and every document has it.
type workspace struct {
	*Store
	id string
}

// scoped adds to a query that it is about documents of this workspace.
func (w *workspace) scoped(query bson.D) bson.D {
	return append(bson.D{{Key: "workspace", Value: w.id}}, query...)
}
