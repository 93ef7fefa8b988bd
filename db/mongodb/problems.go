package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
)

// storedProblem is a document of the collection problems.
type storedProblem struct {
	ID        string `bson:"_id"`
	Workspace string `bson:"workspace"`
	Job       string `bson:"job"`
	Number    int64  `bson:"number"`
	Contact   string `bson:"contact"`
	Code      string `bson:"code"`
	Message   string `bson:"message"`
	Path      string `bson:"path"` // a list in JSON
	Record    []byte `bson:"record"`
	Cut       bool   `bson:"cut"`
}

func (s storedProblem) problem() (db.Problem, error) {
	p := db.Problem{
		Number: s.Number, Contact: s.Contact, Code: db.Code(s.Code), Message: s.Message, Record: s.Record, Cut: s.Cut,
	}
	return p, p.Path.UnmarshalText([]byte(s.Path))
}

func (w *workspace) storedProblem(jobID string, p db.Problem) (storedProblem, error) {
	path, err := p.Path.MarshalText()
	return storedProblem{
		// The ID has the workspace and the job in it: then MongoDB settles it when two insert the same.
		ID: fmt.Sprintf("%s %s %d", w.id, jobID, p.Number), Workspace: w.id, Job: jobID, Number: p.Number,
		Contact: p.Contact, Code: string(p.Code), Message: p.Message, Path: string(path), Record: p.Record, Cut: p.Cut,
	}, err
}

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
		stored, err := w.storedProblem(jobID, p.Bounded())
		if err != nil {
			return err
		}
		writes = append(writes, mongo.NewReplaceOneModel().SetUpsert(true).
			SetFilter(bson.D{{Key: "_id", Value: stored.ID}}).SetReplacement(stored))
	}
	_, err = w.problems.BulkWrite(ctx, writes, options.BulkWrite().SetOrdered(false))
	return translate(err)
}

// Problems reads problems of a job.
func (w *workspace) Problems(ctx context.Context, jobID string, after int64, limit int) ([]db.Problem, error) {
	if err := db.CheckProblemLimit(limit); err != nil {
		return nil, err
	}
	which := w.scoped(bson.D{{Key: "job", Value: jobID}, {Key: "number", Value: bson.D{{Key: "$gt", Value: after}}}})
	opts := options.Find().SetSort(bson.D{ascending("number")}).SetLimit(int64(limit))
	return readAll(ctx, w.problems, which, limit, opts, func(raw bson.Raw) (db.Problem, error) {
		var s storedProblem
		if err := bson.Unmarshal(raw, &s); err != nil {
			return db.Problem{}, err
		}
		return s.problem()
	})
}
