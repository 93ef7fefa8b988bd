package mongodb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

// buildTimeout bounds the building of indexes, which may take hours and so has not the timeout of other calls.
const buildTimeout = 24 * time.Hour

// createIndexes creates what is missing of the indexes that the data need to be right, and the small ones.
func (s *Store) createIndexes(ctx context.Context) error {
	if err := s.createEmailIndex(ctx); err != nil {
		return err
	}
	for _, c := range []*mongo.Collection{s.segments, s.fields} {
		if _, err := c.Indexes().CreateOne(ctx, index(ascending("_id"))); err != nil {
			return err
		}
	}
	for _, small := range []struct {
		of     *mongo.Collection
		models []mongo.IndexModel
	}{{s.jobs, jobIndexes()}, {s.activity, activityIndexes()}} {
		for _, model := range small.models { // one by one: FerretDB 1 hangs up when it is given several that it has
			if _, err := small.of.Indexes().CreateOne(ctx, model); err != nil {
				return err
			}
		}
	}
	_, err := s.problems.Indexes().CreateOne(ctx, index(ascending("job"), ascending("number")))
	return err
}

// createEmailIndex makes emails unique within a workspace, for those contacts that have one.
func (s *Store) createEmailIndex(ctx context.Context) error {
	model := index(ascending("email"))
	model.Options = options.Index().SetUnique(true).
		// Not $type: MongoDB does not see that an email that is asked for has it, and would not use the index.
		SetPartialFilterExpression(bson.D{{Key: "email", Value: bson.D{{Key: "$gt", Value: ""}}}})
	_, err := s.contacts.Indexes().CreateOne(ctx, model)
	if err != nil && !isIndexConflict(err) && db.CodeOf(translate(err)) == db.Internal {
		s.log.WarnContext(ctx, "the MongoDB server has no partial indexes: emails are kept unique by a plain one", "cause", err)
		model.Options = options.Index().SetUnique(true)
		_, err = s.contacts.Indexes().CreateOne(ctx, model)
	}
	if isIndexConflict(err) {
		s.log.WarnContext(ctx, "the index on emails is not SegmentQL's own: they are unique only if it makes them so", "cause", err)
		return nil
	}
	return err
}

// buildIndexes creates what is missing of the indexes that filters, sorts and counts use; it changes none that exists.
// MongoDB serves while it builds them.
func (s *Store) buildIndexes(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, buildTimeout)
	defer cancel()
	models := contactIndexes()
	special := append(mergedIndexes(), wildcardIndex())
	if s.isFerretDB1(ctx) {
		// It takes the definition of a wildcard index, and from then on no contacts. When it is given several indexes that it
		// has, it hangs up, and then the driver closes the connections on which others write.
		for _, model := range special {
			s.reportMissing(ctx, model, errors.New("FerretDB 1 has neither wildcard nor partial indexes"))
		}
	} else {
		models = append(models, special...)
		// All at once is one scan of the contacts.
		if _, err := s.contacts.Indexes().CreateMany(ctx, models); err == nil {
			return
		}
	}
	// One by one, so that one that cannot be does not keep the others from being.
	for _, model := range models {
		if _, err := s.contacts.Indexes().CreateOne(ctx, model); err != nil && ctx.Err() == nil {
			s.reportMissing(ctx, model, err)
		}
	}
}

func (s *Store) reportMissing(ctx context.Context, model mongo.IndexModel, cause error) {
	message := "the MongoDB server cannot have an index: what would use it reads all contacts of a workspace"
	if isIndexConflict(cause) {
		message = "there is an index of the same keys or name as one of SegmentQL's, with other options: it stays as it is"
	}
	var keys []string
	for _, key := range model.Keys.(bson.D) {
		keys = append(keys, fmt.Sprintf("%s: %v", key.Key, key.Value))
	}
	s.log.WarnContext(ctx, message, "index", strings.Join(keys, ", "), "cause", cause)
}

func (s *Store) isFerretDB1(ctx context.Context) bool {
	info, err := s.contacts.Database().RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Raw()
	return err == nil && info.Lookup("ferretdbVersion").Type != 0
}

// contactIndexes are those on contacts that serve filters, sorts and counts. The ID at the end serves pages, which are
// sorted by it among equals, and upwards even where the field is sorted downwards, as instants mostly are.
func contactIndexes() []mongo.IndexModel {
	models := []mongo.IndexModel{index(ascending("_id")), index(ascending(filter.SegmentsField), ascending("_id"))}
	for _, field := range filter.StandardFields() {
		models = append(models, index(ascending(field.Name), ascending("_id")))
		if field.Kind == filter.KindDateTime {
			models = append(models, index(descending(field.Name), ascending("_id")))
		}
	}
	return models
}

// wildcardIndex has every value of every custom field. It serves filters, but not sorts with the ID at the end, nor
// questions for what is missing. MongoDB has it from 7.0 on:
// https://www.mongodb.com/docs/v7.0/core/indexes/index-types/index-wildcard/reference/restrictions/
func wildcardIndex() mongo.IndexModel { return index(ascending(filter.CustomField + ".$**")) }

// mergedIndexes are of contacts of which others became part, and lead to them by the IDs and emails of those.
func mergedIndexes() []mongo.IndexModel {
	var models []mongo.IndexModel
	for _, field := range []string{document.MergedField + ".id", document.MergedField + ".email"} {
		model := index(ascending(field))
		model.Options = options.Index().SetPartialFilterExpression(bson.D{{Key: field, Value: bson.D{{Key: "$gt", Value: ""}}}})
		models = append(models, model)
	}
	return models
}

// index is on fields of the documents of one workspace.
func index(fields ...bson.E) mongo.IndexModel {
	return mongo.IndexModel{Keys: append(bson.D{ascending("workspace")}, fields...)}
}

func ascending(field string) bson.E { return bson.E{Key: field, Value: 1} }

func descending(field string) bson.E { return bson.E{Key: field, Value: -1} }
