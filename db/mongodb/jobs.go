package mongodb

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
)

// jobIndexes are for the pages of jobs, for those that wait or run, and for those to forget.
func jobIndexes() []mongo.IndexModel {
	return []mongo.IndexModel{
		index(ascending("_id")), index(ascending("state"), ascending("_id")), index(ascending("finishedAt")),
	}
}

// CreateJob inserts a job.
func (w *workspace) CreateJob(ctx context.Context, j db.Job) (*db.Job, error) {
	job, err := db.NewJob(j, db.Now(ctx, w.now))
	if err != nil {
		return nil, err
	}
	stored, err := document.Job(w.id, &job)
	if err != nil {
		return nil, err
	}
	if _, err := w.jobs.InsertOne(ctx, stored); err != nil {
		return nil, translate(err)
	}
	return &job, nil
}

// UpdateJob changes a job.
func (w *workspace) UpdateJob(ctx context.Context, id string, change func(*db.Job) error) (*db.Job, error) {
	for range maxAttempts {
		found, err := w.JobsByID(ctx, []string{id})
		if err != nil {
			return nil, err
		}
		if found[0] == nil {
			return nil, db.NoSuchJob()
		}
		after, err := found[0].Apply(change, db.Now(ctx, w.now))
		if err != nil {
			return nil, err
		}
		stored, err := document.Job(w.id, &after)
		if err != nil {
			return nil, err
		}
		which := w.scoped(bson.D{{Key: "_id", Value: id}, {Key: "version", Value: found[0].Version}})
		result, err := w.jobs.ReplaceOne(ctx, which, stored)
		if err != nil {
			return nil, translate(err)
		}
		if result.MatchedCount == 1 {
			return &after, nil
		}
	}
	return nil, db.Errorf(db.Conflict, "too many changes of the same job at once; try again")
}

// JobsByID returns a job for each ID, nil where there is none.
func (w *workspace) JobsByID(ctx context.Context, ids []string) ([]*db.Job, error) {
	which := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: unique(ids)}}}}
	found, err := w.readJobs(ctx, which, len(ids), options.Find())
	if err != nil {
		return nil, err
	}
	return db.InOrder(ids, found, func(j *db.Job) string { return j.ID }), nil
}

// FindJobs returns the jobs that the query asks for.
func (w *workspace) FindJobs(ctx context.Context, q db.JobQuery) ([]*db.Job, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	order, beyond := descending("_id"), "$lt"
	if q.OldestFirst {
		order, beyond = ascending("_id"), "$gt"
	}
	var which bson.D
	if len(q.Kinds) > 0 {
		which = append(which, bson.E{Key: "kind", Value: bson.D{{Key: "$in", Value: q.Kinds}}})
	}
	if len(q.States) > 0 {
		which = append(which, bson.E{Key: "state", Value: bson.D{{Key: "$in", Value: q.States}}})
	}
	if q.After != "" {
		which = append(which, bson.E{Key: "_id", Value: bson.D{{Key: beyond, Value: q.After}}})
	}
	return w.readJobs(ctx, which, q.Limit, options.Find().SetSort(bson.D{order}).SetLimit(int64(q.Limit)))
}

func (w *workspace) readJobs(ctx context.Context, which bson.D, most int, opts *options.FindOptionsBuilder) ([]*db.Job, error) {
	return readAll(ctx, w.jobs, w.scoped(which), most, opts, document.ReadJob)
}

// ForgetJobs deletes the job that finished first, after its file and its problems.
func (w *workspace) ForgetJobs(ctx context.Context, before time.Time) (more bool, err error) {
	which := bson.D{{Key: "finishedAt", Value: bson.D{{Key: "$lt", Value: before}}}}
	jobs, err := w.readJobs(ctx, which, 1, options.Find().SetSort(bson.D{ascending("finishedAt")}).SetLimit(1))
	if err != nil || len(jobs) == 0 {
		return false, err
	}
	id := jobs[0].ID
	if err := w.DeleteFile(ctx, id); err != nil {
		return false, err
	}
	if _, err := w.problems.DeleteMany(ctx, w.scoped(bson.D{{Key: "job", Value: id}})); err != nil {
		return false, translate(err)
	}
	_, err = w.jobs.DeleteOne(ctx, w.scoped(bson.D{{Key: "_id", Value: id}}))
	return true, translate(err)
}

// HoldJobs is a lease: a document of the collection leases for each workspace. It trusts the clocks of the servers to be
// much nearer to each other than a lease is long.
func (w *workspace) HoldJobs(ctx context.Context, owner string, now, until time.Time) (bool, error) {
	which := bson.D{
		{Key: "_id", Value: w.id},
		{Key: "$or", Value: bson.A{
			bson.D{{Key: "owner", Value: owner}},
			bson.D{{Key: "until", Value: bson.D{{Key: "$lte", Value: now}}}},
		}},
	}
	lease := bson.D{{Key: "$set", Value: bson.D{{Key: "owner", Value: owner}, {Key: "until", Value: until}}}}
	// Where another one has it nothing matches, and what is then inserted has the ID of the document that there is.
	_, err := w.leases.UpdateOne(ctx, which, lease, options.UpdateOne().SetUpsert(true))
	if mongo.IsDuplicateKeyError(err) {
		return false, nil
	}
	return err == nil, translate(err)
}
