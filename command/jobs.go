package command

import (
	"log/slog"
	"net/http"
	"time"

	"segmentql/db"
	"segmentql/job"
	"segmentql/transfer"
)

// newRunner returns the runner of all kinds of jobs.
func newRunner(w db.Workspace, now func() time.Time, log *slog.Logger) *job.Runner {
	return job.NewRunner(job.Options{Workspace: w, Kinds: map[string]job.Kind{db.JobImport: transfer.RunJob}, Log: log, Now: now, After: time.After})
}

// rejectedRows answers with the problems of a job as CSV.
func rejectedRows(workspace db.Workspace, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		jobs, err := workspace.JobsByID(r.Context(), []string{id})
		if err != nil {
			log.WarnContext(r.Context(), "rejected rows cannot be read", "job", id, "cause", err)
			http.Error(w, "the store cannot be reached", http.StatusServiceUnavailable)
			return
		}
		if jobs[0] == nil {
			http.Error(w, "there is no such job", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="rejected-`+jobs[0].ID+`.csv"`)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if err := transfer.WriteProblems(r.Context(), workspace, id, patient{w}); err != nil {
			log.WarnContext(r.Context(), "rejected rows were not sent to their end", "job", id, "cause", err)
			panic(http.ErrAbortHandler) // so that the client sees that something is missing
		}
	}
}

// patient takes any time for an answer, as long as the client goes on to read it.
type patient struct{ http.ResponseWriter }

// Write gives the client time for this part.
func (p patient) Write(data []byte) (int, error) {
	if err := http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return p.ResponseWriter.Write(data)
}
