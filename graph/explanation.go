package graph

import (
	"context"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// explainFilter asks the store how it answers a filter.
func (r *request) explainFilter(ctx context.Context, f FilterInput) (*db.Explanation, error) {
	node, err := r.parse(&f, "filter")
	if err != nil {
		return nil, err
	}
	return r.workspace.ExplainFilter(ctx, node)
}

// newFilterExplanation shapes an explanation for the schema.
func newFilterExplanation(e *db.Explanation) *FilterExplanation {
	shaped := &FilterExplanation{
		Matching: int32(e.Matching), Milliseconds: milliseconds(e.Duration), Steps: make([]*FilterStep, len(e.Steps)),
	}
	for i, s := range e.Steps {
		shaped.Steps[i] = &FilterStep{
			Depth: int32(s.Depth), Node: filter.Describe(s.Node), Method: s.Method,
			Matching: int32(s.Matching), Undecided: int32(s.Undecided), Milliseconds: milliseconds(s.Duration),
		}
	}
	if p := e.MongoDB; p != nil {
		shaped.Mongodb = &MongoDBPlan{
			Query: p.Query, Stages: p.Stages, Indexes: p.Indexes,
			DocumentsExamined: int32(p.DocumentsExamined), KeysExamined: int32(p.KeysExamined),
		}
	}
	return shaped
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
