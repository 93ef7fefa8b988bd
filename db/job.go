package db

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// Limits of a job.
const (
	MaxJobTitle       = 500     // bytes
	MaxJobDocument    = 1 << 20 // bytes of Params, and of Checkpoint
	MaxJobWarnings    = 100
	MaxJobWarningSize = 1_000           // bytes of one
	MaxJobs           = MaxPageSize + 1 // in one answer of FindJobs: a page, and whether there is more
)

// The kinds of jobs.
const (
	JobImport       = "import"        // a file of contacts
	JobBulk         = "bulk"          // one change of many contacts
	JobConvertField = "convert-field" // the values that were there before a field was declared
	JobRemoveField  = "remove-field"  // from all contacts
)

// JobState says where a job is on its way.
type JobState string

// The states. Only a FAILED job leaves its end again, when it is resumed.
const (
	JobUploading JobState = "UPLOADING" // what it works on is being sent
	JobQueued    JobState = "QUEUED"
	JobRunning   JobState = "RUNNING" // also between the death of its runner and the next one
	JobDone      JobState = "DONE"
	JobFailed    JobState = "FAILED"
	JobCancelled JobState = "CANCELLED"
)

// Finished says whether nothing more becomes of a job in the state by itself.
func (s JobState) Finished() bool { return s == JobDone || s == JobFailed || s == JobCancelled }

// Job is work that outlives the request that asked for it, and the process. What it is to do and how far it is only
// its kind can read.
type Job struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind"`
	Title string   `json:"title"` // for people: what it does, to what
	State JobState `json:"state"`

	Params     json.RawMessage `json:"params,omitempty"`     // what it is to do
	Checkpoint json.RawMessage `json:"checkpoint,omitempty"` // from where it goes on; all before it is done

	Progress        JobProgress `json:"progress"`
	Counts          JobCounts   `json:"counts"`
	Warnings        []string    `json:"warnings,omitempty"`
	ErrorCode       Code        `json:"errorCode,omitempty"` // why it failed; while it runs, why it has to try again
	ErrorMessage    string      `json:"errorMessage,omitempty"`
	CancelRequested bool        `json:"cancelRequested,omitempty"`
	Owner           string      `json:"owner,omitempty"`    // the runner that has it, or had it last
	FileSize        int64       `json:"fileSize,omitempty"` // bytes of its file

	CreatedAt  time.Time     `json:"createdAt"`
	StartedAt  time.Time     `json:"startedAt,omitzero"`  // for the first time
	FinishedAt time.Time     `json:"finishedAt,omitzero"` // zero unless State is a finished one
	UpdatedAt  time.Time     `json:"updatedAt"`
	Active     time.Duration `json:"active"`  // how long it ran, over all restarts, until Progress was saved
	Version    int64         `json:"version"` // counts the writes, from 1
}

// JobProgress says how far a job is.
type JobProgress struct {
	Done     int64   `json:"done"`     // rows, contacts
	Total    int64   `json:"total"`    // of them; 0 where it is not known
	Fraction float64 `json:"fraction"` // from 0 to 1, where Total is not known: of the bytes
}

// JobCounts says what became of what a job has worked on.
type JobCounts struct {
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Deleted   int64 `json:"deleted"`
	Rejected  int64 `json:"rejected"`
}

// JobQuery asks for a part of the jobs, newest first unless said otherwise.
type JobQuery struct {
	Kinds       []string   // empty: of all kinds
	States      []JobState // empty: in all states
	OldestFirst bool
	After       string // an ID: only those that come after it in the order; "" is open
	Limit       int    // from 1 to MaxJobs
}

// Jobs are the jobs of a workspace, with what was sent for them and what was wrong with it.
type Jobs interface {
	// CreateJob stores a new job and gives it its ID, times and version.
	CreateJob(ctx context.Context, j Job) (*Job, error)

	// UpdateJob stores what change makes of the job, unless change fails. It may call change again with what others
	// have written in the meantime. It fails with NotFound. The ID, kind, times and version are not change's to set.
	UpdateJob(ctx context.Context, id string, change func(*Job) error) (*Job, error)

	// JobsByID returns a job for each of the IDs, nil where there is none.
	JobsByID(ctx context.Context, ids []string) ([]*Job, error)

	// FindJobs returns the jobs that the query asks for.
	FindJobs(ctx context.Context, q JobQuery) ([]*Job, error)

	// ForgetJobs deletes some of the jobs that finished before the time, with their problems and files, and says
	// whether there may be more of them. A call takes no longer than others can wait.
	ForgetJobs(ctx context.Context, before time.Time) (more bool, err error)

	// HoldJobs makes the owner the one who runs the jobs of the workspace until the time, unless another one is as of
	// now. The owner calls it again to hold them for longer, or with until not after now to let go.
	HoldJobs(ctx context.Context, owner string, now, until time.Time) (held bool, err error)

	Problems
	Files
}

// Rate is how many things a second the job has worked on while it ran; 0 where that is not known.
func (j *Job) Rate() float64 {
	if j.Active <= 0 {
		return 0
	}
	return float64(j.Progress.Done) / j.Active.Seconds()
}

// Part says how far the job is, from 0 to 1.
func (j *Job) Part() float64 {
	if p := j.Progress; p.Total > 0 {
		return min(1, float64(p.Done)/float64(p.Total))
	}
	return j.Progress.Fraction
}

// Left is how long the job still takes if it goes on as it has; it is not known unless it runs.
func (j *Job) Left() (left time.Duration, known bool) {
	part := j.Part()
	if j.State != JobRunning || part <= 0 || j.Active <= 0 {
		return 0, false
	}
	return time.Duration(float64(j.Active) * (1 - part) / part), true
}

// NewJob checks a job and makes it one that can be stored.
func NewJob(j Job, now time.Time) (Job, error) {
	j.ID, j.CreatedAt, j.Version = NewID(JobID, now), millis(now), 0
	if j.State == "" {
		j.State = JobQueued
	}
	return j.changed(now)
}

// Apply returns the job with the change made and checked.
func (j Job) Apply(change func(*Job) error, now time.Time) (Job, error) {
	after := j
	after.Warnings = slices.Clone(j.Warnings)
	if err := change(&after); err != nil {
		return Job{}, err
	}
	after.ID, after.Kind, after.CreatedAt, after.StartedAt, after.Version = j.ID, j.Kind, j.CreatedAt, j.StartedAt, j.Version
	return after.changed(now)
}

func (j Job) changed(now time.Time) (Job, error) {
	j.UpdatedAt = millis(now)
	j.Version++
	if j.State == JobRunning && j.StartedAt.IsZero() {
		j.StartedAt = j.UpdatedAt
	}
	switch {
	case !j.State.Finished():
		j.FinishedAt = time.Time{}
	case j.FinishedAt.IsZero():
		j.FinishedAt = j.UpdatedAt
	}
	switch {
	case j.Kind == "":
		return Job{}, Errorf(BadInput, "a job needs a kind")
	case len(j.Title) > MaxJobTitle:
		return Job{}, Errorf(BadInput, "a job's title has at most %d bytes", MaxJobTitle)
	case len(j.Params) > MaxJobDocument:
		return Job{}, Errorf(LimitExceeded, "what a job is to do takes at most %d bytes; ask for less at once", MaxJobDocument)
	case len(j.Checkpoint) > MaxJobDocument:
		return Job{}, Errorf(Internal, "a checkpoint of the kind %s has %d bytes", j.Kind, len(j.Checkpoint))
	}
	return j, nil
}

// Warn adds a warning that the job does not have yet, as long as there is room for it.
func (j *Job) Warn(text string) {
	text = cut(text, MaxJobWarningSize)
	if len(j.Warnings) < MaxJobWarnings && !slices.Contains(j.Warnings, text) {
		j.Warnings = append(j.Warnings, text)
	}
}

// NoSuchJob is the error for an ID that names no job of the workspace.
func NoSuchJob() *Error { return Errorf(NotFound, "there is no such job") }

// Check fails where the query asks for more than one answer can have.
func (q JobQuery) Check() error {
	if q.Limit < 1 || q.Limit > MaxJobs {
		return Errorf(LimitExceeded, "jobs are read 1 to %d at once", MaxJobs)
	}
	return nil
}

// cut returns the first bytes of a text, at most the number and whole characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && text[most]&0xC0 == 0x80 {
		most--
	}
	return text[:most]
}
