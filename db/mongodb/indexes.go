package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
)

// createIndexes creates what is missing of the indexes; it changes none that exists.
func (s *Store) createIndexes(ctx context.Context) error {
	if err := s.createEmailIndex(ctx); err != nil {
		return err
	}
	for _, c := range []*mongo.Collection{s.contacts, s.segments, s.fields} {
		if _, err := c.Indexes().CreateOne(ctx, index("_id")); err != nil {
			return err
		}
	}
	for _, field := range []string{"tags", "status", "lastName", "subscribedAt", "createdAt", "updatedAt"} {
		// With the ID at the end an index also serves pages that are sorted by the field.
		if _, err := s.contacts.Indexes().CreateOne(ctx, index(field, "_id")); err != nil {
			return err
		}
	}
	return nil
}

// createEmailIndex makes emails unique within a workspace, for those contacts that have one.
func (s *Store) createEmailIndex(ctx context.Context) error {
	model := index("email")
	model.Options = options.Index().SetUnique(true).
		SetPartialFilterExpression(bson.D{{Key: "email", Value: bson.D{{Key: "$type", Value: "string"}}}})
	_, err := s.contacts.Indexes().CreateOne(ctx, model)
	if err == nil || db.CodeOf(translate(err)) != db.Internal {
		return err
	}
	s.log.WarnContext(ctx, "the MongoDB server has no partial indexes: emails are kept unique by a plain one", "cause", err)
	model.Options = options.Index().SetUnique(true)
	_, err = s.contacts.Indexes().CreateOne(ctx, model)
	return err
}

// index is on fields of the documents of one workspace.
func index(fields ...string) mongo.IndexModel {
	keys := bson.D{{Key: "workspace", Value: 1}}
	for _, field := range fields {
		keys = append(keys, bson.E{Key: field, Value: 1})
	}
	return mongo.IndexModel{Keys: keys}
}
