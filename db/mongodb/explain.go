package mongodb

import (
	"context"
	"reflect"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
)

// ExplainFilter has MongoDB run the query and tell how it did. Where the server does not tell, the contacts are counted.
func (w *workspace) ExplainFilter(ctx context.Context, n filter.Node) (*db.Explanation, error) {
	shapes, err := w.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	which := w.scoped(query.Compile(n, shapes))
	text, err := bson.MarshalExtJSON(which, false, false)
	if err != nil {
		return nil, translate(err)
	}
	start := time.Now()
	answer, err := w.contacts.Database().RunCommand(ctx, bson.D{
		{Key: "explain", Value: bson.D{{Key: "find", Value: w.contacts.Name()}, {Key: "filter", Value: which}}},
		{Key: "verbosity", Value: "executionStats"},
	}).Raw()
	if err != nil && db.CodeOf(translate(err)) != db.Internal {
		return nil, translate(err)
	}
	read, matching, ok := readPlan(answer)
	read.Query = text
	explanation := &db.Explanation{Matching: matching, Duration: time.Since(start), MongoDB: &read}
	if ok {
		return explanation, nil
	}
	w.log.WarnContext(ctx, "the MongoDB server does not explain how it answers a filter", "cause", err)
	start = time.Now()
	if explanation.Matching, err = w.contacts.CountDocuments(ctx, which); err != nil {
		return nil, translate(err)
	}
	explanation.Duration = time.Since(start)
	return explanation, nil
}

// explained is what the explain command answers with verbosity executionStats, as far as it is of use here:
// https://www.mongodb.com/docs/v8.0/reference/explain-results/
type explained struct {
	QueryPlanner struct {
		WinningPlan plan `bson:"winningPlan"`
	} `bson:"queryPlanner"`
	ExecutionStats *struct {
		Outcome   outcome `bson:",inline"`
		Returned  int64   `bson:"nReturned"`
		Documents int64   `bson:"totalDocsExamined"`
		Keys      int64   `bson:"totalKeysExamined"`
		Stages    struct {
			Shards []outcome `bson:"shards"`
		} `bson:"executionStages"`
	} `bson:"executionStats"`
}

// outcome is of a server; a router of shards has none of its own.
type outcome struct {
	Success *bool `bson:"executionSuccess"`
}

func (o outcome) failed() bool { return o.Success != nil && !*o.Success }

// plan is a stage with those from which it takes documents or keys.
type plan struct {
	Stage       string      `bson:"stage"`
	IndexName   string      `bson:"indexName"`
	InputStage  *plan       `bson:"inputStage"`
	InputStages []plan      `bson:"inputStages"`
	Shards      []shardPlan `bson:"shards"`
	QueryPlan   *plan       `bson:"queryPlan"` // has all of these where the slot-based engine runs it
}

type shardPlan struct {
	WinningPlan plan `bson:"winningPlan"`
}

// readPlan reads an answer of the explain command. It is not ok where the server does not tell, or where the query
// failed, which to explain is no error.
func readPlan(answer bson.Raw) (read db.MongoDBPlan, matching int64, ok bool) {
	var e explained
	if err := bson.Unmarshal(answer, &e); err != nil || e.ExecutionStats == nil {
		return db.MongoDBPlan{}, 0, false
	}
	stats := e.ExecutionStats
	if stats.Outcome.failed() || slices.ContainsFunc(stats.Stages.Shards, outcome.failed) {
		return db.MongoDBPlan{}, 0, false
	}
	read.DocumentsExamined, read.KeysExamined = stats.Documents, stats.Keys
	e.QueryPlanner.WinningPlan.addTo(&read)
	return read, stats.Returned, true
}

// addTo adds the stages, from the outside in, and the indexes.
func (p plan) addTo(read *db.MongoDBPlan) {
	if p.QueryPlan != nil {
		p = *p.QueryPlan
	}
	read.Stages = append(read.Stages, p.Stage)
	if p.IndexName != "" && !slices.Contains(read.Indexes, p.IndexName) {
		read.Indexes = append(read.Indexes, p.IndexName)
	}
	if p.InputStage != nil {
		p.InputStage.addTo(read)
	}
	for _, input := range p.InputStages {
		input.addTo(read)
	}
	for i, shard := range p.Shards {
		doesTheSame := func(other shardPlan) bool { return reflect.DeepEqual(other, shard) }
		if !slices.ContainsFunc(p.Shards[:i], doesTheSame) {
			shard.WinningPlan.addTo(read)
		}
	}
}
