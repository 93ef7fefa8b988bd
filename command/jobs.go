package command

import (
	"log/slog"
	"net/http"
	"time"

	"segmentql/bulk"
	"segmentql/db"
	"segmentql/fields"
	"segmentql/graph"
	"segmentql/job"
	"segmentql/transfer"
)

// newRunner returns the runner of all kinds of jobs.
func newRunner(w db.Workspace, keepActivity time.Duration, now func() time.Time, log *slog.Logger) *job.Runner {
	kinds := map[string]job.Kind{
		db.JobImport: transfer.RunJob, db.JobBulk: bulk.RunJob,
		db.JobConvertField: fields.RunConversion, db.JobRemoveField: fields.RunRemoval,
	}
	return job.NewRunner(job.Options{Workspace: w, Kinds: kinds, KeepActivity: keepActivity, Log: log, Now: now, After: time.After})
}

// rejectedRows answers with the problems of a job as CSV.
func rejectedRows(workspace db.Workspace, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		jobs, err := workspace.JobsByID(r.Context(), []string{id})
		if err == nil && jobs[0] == nil {
			err = db.NoSuchJob()
		}
		if err != nil {
			graph.Refuse(r.Context(), w, log, err)
			return
		}
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="rejected-`+jobs[0].ID+`.csv"`)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if err := transfer.WriteProblems(r.Context(), workspace, id, w); err != nil {
			log.WarnContext(r.Context(), "rejected rows were not sent to their end", "job", id, "cause", err)
			panic(http.ErrAbortHandler) // so that the client sees that something is missing
		}
	}
}
