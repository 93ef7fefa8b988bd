package document

import (
	"encoding/json"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
)

// storedJob is the document of a job. The job is text, as its kind reads it; the other fields are what it is found by.
type storedJob struct {
	ID         string     `bson:"_id"`
	Workspace  string     `bson:"workspace"`
	Kind       string     `bson:"kind"`
	State      string     `bson:"state"`
	FinishedAt *time.Time `bson:"finishedAt,omitempty"`
	Version    int64      `bson:"version"`
	Job        string     `bson:"job"`
}

// Job returns the document of a job of a workspace.
func Job(workspace string, j *db.Job) (bson.Raw, error) {
	text, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	stored := storedJob{ID: j.ID, Workspace: workspace, Kind: j.Kind, State: string(j.State), Version: j.Version, Job: string(text)}
	if !j.FinishedAt.IsZero() {
		stored.FinishedAt = &j.FinishedAt
	}
	return bson.Marshal(stored)
}

// ReadJob is the inverse of Job.
func ReadJob(raw bson.Raw) (*db.Job, error) {
	var stored storedJob
	if err := bson.Unmarshal(raw, &stored); err != nil {
		return nil, err
	}
	var j db.Job
	err := json.Unmarshal([]byte(stored.Job), &j)
	return &j, err
}
