package document

import (
	"fmt"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
)

// storedProblem is the document of a problem of a job.
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

// JobProblem is a problem of a job, which is named by its ID.
type JobProblem struct {
	Job string
	db.Problem
}

// Key names the problem within its workspace; keys have the order of the jobs, and of the numbers.
func (p JobProblem) Key() string { return fmt.Sprintf("%s %019d", p.Job, p.Number) }

// ReadProblemKey is the inverse of JobProblem.Key; what is none comes before all others.
func ReadProblemKey(key string) (job string, number int64) {
	job, digits, _ := strings.Cut(key, " ")
	number, _ = strconv.ParseInt(digits, 10, 64)
	return job, number
}

// ProblemID is the ID of the document of a problem, by its key, among those of all workspaces: MongoDB settles it when two
// write the same.
func ProblemID(workspace, key string) string { return workspace + " " + key }

// Problem returns the document of a problem.
func Problem(workspace string, p JobProblem) (bson.Raw, error) {
	path, err := p.Path.MarshalText()
	if err != nil {
		return nil, err
	}
	return bson.Marshal(storedProblem{
		ID: ProblemID(workspace, p.Key()), Workspace: workspace, Job: p.Job, Number: p.Number,
		Contact: p.Contact, Code: string(p.Code), Message: p.Message, Path: string(path), Record: p.Record, Cut: p.Cut,
	})
}

// ReadProblem is the inverse of Problem.
func ReadProblem(raw bson.Raw) (JobProblem, error) {
	var s storedProblem
	if err := bson.Unmarshal(raw, &s); err != nil {
		return JobProblem{}, err
	}
	p := JobProblem{s.Job, db.Problem{
		Number: s.Number, Contact: s.Contact, Code: db.Code(s.Code), Message: s.Message, Record: s.Record, Cut: s.Cut,
	}}
	return p, p.Path.UnmarshalText([]byte(s.Path))
}
