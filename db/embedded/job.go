package embedded

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"segmentql/db"
)

const (
	putJob = `
		INSERT INTO jobs (workspace, id, kind, state, finished_at, job) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		ON CONFLICT (workspace, id) DO UPDATE SET state = excluded.state, finished_at = excluded.finished_at, job = excluded.job`
	deleteJob       = `DELETE FROM jobs WHERE workspace = ?1 AND id = ?2`
	selectJobsByID  = `SELECT job FROM jobs WHERE workspace = ?1 AND id IN (SELECT value FROM json_each(?2))`
	selectForgotten = `SELECT id FROM jobs WHERE workspace = ?1 AND finished_at < ?2 ORDER BY finished_at LIMIT 1`
)

// maxForgotten bounds the problems that are deleted while others wait to write.
const maxForgotten = 2_000

// CreateJob stores a new job.
func (w *workspace) CreateJob(ctx context.Context, j db.Job) (*db.Job, error) {
	job, err := db.NewJob(j, db.Now(ctx, w.store.now))
	if err != nil {
		return nil, err
	}
	if err := w.write(ctx, func(t *tx) error { return t.putJob(ctx, &job) }); err != nil {
		return nil, err
	}
	return &job, nil
}

// UpdateJob changes a job.
func (w *workspace) UpdateJob(ctx context.Context, id string, change func(*db.Job) error) (*db.Job, error) {
	var job db.Job
	err := w.write(ctx, func(t *tx) error {
		stored, err := t.jobsByID(ctx, []string{id})
		if err != nil {
			return err
		}
		if len(stored) == 0 {
			return db.NoSuchJob()
		}
		if job, err = stored[0].Apply(change, db.Now(ctx, w.store.now)); err != nil {
			return err
		}
		return t.putJob(ctx, &job)
	})
	if err != nil {
		return nil, err
	}
	return &job, nil
}

// JobsByID reads jobs.
func (w *workspace) JobsByID(ctx context.Context, ids []string) ([]*db.Job, error) {
	var stored []*db.Job
	err := w.read(ctx, func(t *tx) (err error) {
		stored, err = t.jobsByID(ctx, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	return db.InOrder(ids, stored, func(j *db.Job) string { return j.ID }), nil
}

// FindJobs reads the jobs that the query asks for.
func (w *workspace) FindJobs(ctx context.Context, q db.JobQuery) ([]*db.Job, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	kinds, err := json.Marshal(q.Kinds)
	if err != nil {
		return nil, err
	}
	states, err := json.Marshal(q.States)
	if err != nil {
		return nil, err
	}
	var jobs []*db.Job
	err = w.read(ctx, func(t *tx) (err error) {
		jobs, err = t.jobs(ctx, selectJobs(q), string(kinds), string(states), q.After, q.Limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

// selectJobs is the statement of a query, with the kinds, the states, the ID after which it begins and the limit.
func selectJobs(q db.JobQuery) string {
	statement, order, beyond := `SELECT job FROM jobs WHERE workspace = ?1`, `id DESC`, ` AND id < ?4`
	if q.OldestFirst {
		order, beyond = `id`, ` AND id > ?4`
	}
	if len(q.Kinds) > 0 {
		statement += ` AND kind IN (SELECT value FROM json_each(?2))`
	}
	if len(q.States) > 0 {
		statement += ` AND state IN (SELECT value FROM json_each(?3))`
	}
	if q.After != "" {
		statement += beyond
	}
	return statement + ` ORDER BY ` + order + ` LIMIT ?5`
}

// ForgetJobs deletes problems of the job that finished first, or where it has none any more that job with its file.
func (w *workspace) ForgetJobs(ctx context.Context, before time.Time) (more bool, err error) {
	var id string
	err = w.read(ctx, func(t *tx) (err error) {
		more, err = t.one(ctx, []any{&id}, selectForgotten, before.UnixMilli())
		return err
	})
	if err != nil || !more {
		return false, err
	}
	if err := w.DeleteFile(ctx, id); err != nil {
		return false, err
	}
	return true, w.write(ctx, func(t *tx) error {
		deleted, err := t.exec(ctx, deleteProblems, id, maxForgotten)
		if err == nil && deleted == 0 {
			_, err = t.exec(ctx, deleteJob, id)
		}
		return err
	})
}

// HoldJobs is granted always: no other process has the data directory.
func (w *workspace) HoldJobs(context.Context, string, time.Time, time.Time) (bool, error) {
	return true, nil
}

func (t *tx) putJob(ctx context.Context, j *db.Job) error {
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	var finished any
	if !j.FinishedAt.IsZero() {
		finished = j.FinishedAt.UnixMilli()
	}
	_, err = t.exec(ctx, putJob, j.ID, j.Kind, string(j.State), finished, string(text))
	return err
}

// jobsByID returns those of the jobs that exist, each once and in no particular order.
func (t *tx) jobsByID(ctx context.Context, ids []string) ([]*db.Job, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return t.jobs(ctx, selectJobsByID, string(list))
}

func (t *tx) jobs(ctx context.Context, statement string, args ...any) ([]*db.Job, error) {
	jobs := []*db.Job{}
	err := t.eachJob(ctx, func(j *db.Job) error {
		jobs = append(jobs, j)
		return nil
	}, statement, args...)
	return jobs, err
}

func (t *tx) eachJob(ctx context.Context, yield func(*db.Job) error, statement string, args ...any) error {
	return t.each(ctx, func(row *sql.Rows) error {
		var text sql.RawBytes
		if err := row.Scan(&text); err != nil {
			return err
		}
		var j db.Job
		if err := json.Unmarshal(text, &j); err != nil {
			return err
		}
		return yield(&j)
	}, statement, args...)
}
