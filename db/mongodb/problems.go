package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
)

// AddProblems stores problems of a job.
func (w *workspace) AddProblems(ctx context.Context, jobID string, problems []db.Problem) error {
	if err := db.CheckProblems(problems); err != nil {
		return err
	}
	job, err := w.JobsByID(ctx, []string{jobID})
	if err != nil {
		return err
	}
	if job[0] == nil {
		return db.NoSuchJob()
	}
	if len(problems) == 0 {
		return nil
	}
	var writes []mongo.WriteModel
	for _, p := range problems {
		of := document.JobProblem{Job: jobID, Problem: p.Bounded()}
		stored, err := document.Problem(w.id, of)
		if err != nil {
			return err
		}
		writes = append(writes, mongo.NewReplaceOneModel().SetUpsert(true).
			SetFilter(bson.D{{Key: "_id", Value: document.ProblemID(w.id, of.Key())}}).SetReplacement(stored))
	}
	return translate(writeAll(ctx, w.problems, writes))
}

// Problems reads problems of a job.
func (w *workspace) Problems(ctx context.Context, jobID string, after int64, limit int) ([]db.Problem, error) {
	if err := db.CheckProblemLimit(limit); err != nil {
		return nil, err
	}
	which := w.scoped(bson.D{{Key: "job", Value: jobID}, {Key: "number", Value: bson.D{{Key: "$gt", Value: after}}}})
	opts := options.Find().SetSort(bson.D{ascending("number")}).SetLimit(int64(limit))
	return readAll(ctx, w.problems, which, limit, opts, func(raw bson.Raw) (db.Problem, error) {
		p, err := document.ReadProblem(raw)
		return p.Problem, err
	})
}
