package embedded

import (
	"context"
	"database/sql"

	"segmentql/db"
	"segmentql/db/document"
)

const (
	putProblem = `
		INSERT OR REPLACE INTO problems (workspace, job, number, contact, code, message, path, record, cut)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`
	hasJob         = `SELECT 1 FROM jobs WHERE workspace = ?1 AND id = ?2`
	selectProblem  = `SELECT job, number, contact, code, message, path, record, cut FROM problems`
	selectProblems = selectProblem + ` WHERE workspace = ?1 AND job = ?2 AND number > ?3 ORDER BY number LIMIT ?4`
	deleteProblems = `
		DELETE FROM problems WHERE workspace = ?1 AND job = ?2 AND number IN
			(SELECT number FROM problems WHERE workspace = ?1 AND job = ?2 LIMIT ?3)`
)

// AddProblems stores problems of a job.
func (w *workspace) AddProblems(ctx context.Context, jobID string, problems []db.Problem) error {
	if err := db.CheckProblems(problems); err != nil {
		return err
	}
	return w.write(ctx, func(t *tx) error {
		var one int
		if known, err := t.one(ctx, []any{&one}, hasJob, jobID); err != nil {
			return err
		} else if !known {
			return db.NoSuchJob()
		}
		for _, p := range problems {
			if err := t.putProblem(ctx, document.JobProblem{Job: jobID, Problem: p.Bounded()}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Problems reads problems of a job.
func (w *workspace) Problems(ctx context.Context, jobID string, after int64, limit int) ([]db.Problem, error) {
	if err := db.CheckProblemLimit(limit); err != nil {
		return nil, err
	}
	problems := []db.Problem{}
	err := w.read(ctx, func(t *tx) error {
		return t.eachProblem(ctx, func(p document.JobProblem) error {
			problems = append(problems, p.Problem)
			return nil
		}, selectProblems, jobID, after, limit)
	})
	if err != nil {
		return nil, err
	}
	return problems, nil
}

func (t *tx) putProblem(ctx context.Context, p document.JobProblem) error {
	path, err := p.Path.MarshalText()
	if err != nil {
		return err
	}
	record := append([]byte{}, p.Record...) // nil would be NULL
	_, err = t.exec(ctx, putProblem, p.Job, p.Number, p.Contact, string(p.Code), p.Message, string(path), record, p.Cut)
	return err
}

// eachProblem calls yield with each problem that the statement selects.
func (t *tx) eachProblem(ctx context.Context, yield func(document.JobProblem) error, statement string, args ...any) error {
	return t.each(ctx, func(row *sql.Rows) error {
		var p document.JobProblem
		var path []byte
		err := row.Scan(&p.Job, &p.Number, &p.Contact, &p.Code, &p.Message, &path, &p.Record, &p.Cut)
		if err == nil {
			err = p.Path.UnmarshalText(path)
		}
		if err != nil {
			return err
		}
		return yield(p)
	}, statement, args...)
}
