package document

import (
	"bytes"

	"segmentql/db"
)

// ContactOf returns the contact of a record of a workspace. It fails with BadInput where the contact's document would be
// another one: some of what it has would be lost.
func ContactOf(workspace string, r db.Record) (*db.Contact, error) {
	c, err := ReadContact(r.Document)
	if err != nil || c.ID != r.ID || !bytes.Equal(Contact(workspace, c), r.Document) {
		return nil, strange(db.ContactRecords, r.ID, err)
	}
	return c, nil
}

// SegmentOf is ContactOf for a segment.
func SegmentOf(workspace string, r db.Record) (*db.Segment, error) {
	s, err := ReadSegment(r.Document)
	if err != nil {
		return nil, strange(db.SegmentRecords, r.ID, err)
	}
	if same, err := Segment(workspace, s); err != nil || s.ID != r.ID || !bytes.Equal(same, r.Document) {
		return nil, strange(db.SegmentRecords, r.ID, err)
	}
	return s, nil
}

// FieldOf is ContactOf for a field.
func FieldOf(workspace string, r db.Record) (db.Field, error) {
	f, err := ReadField(r.Document)
	if err != nil {
		return db.Field{}, strange(db.FieldRecords, r.ID, err)
	}
	if same, err := Field(workspace, f); err != nil || f.Path != r.ID || !bytes.Equal(same, r.Document) {
		return db.Field{}, strange(db.FieldRecords, r.ID, err)
	}
	return f, nil
}

// JobOf is ContactOf for a job.
func JobOf(workspace string, r db.Record) (*db.Job, error) {
	j, err := ReadJob(r.Document)
	if err != nil {
		return nil, strange(db.JobRecords, r.ID, err)
	}
	if same, err := Job(workspace, j); err != nil || j.ID != r.ID || !bytes.Equal(same, r.Document) {
		return nil, strange(db.JobRecords, r.ID, err)
	}
	return j, nil
}

// ProblemOf is ContactOf for a problem.
func ProblemOf(workspace string, r db.Record) (JobProblem, error) {
	p, err := ReadProblem(r.Document)
	if err != nil {
		return JobProblem{}, strange(db.ProblemRecords, r.ID, err)
	}
	if same, err := Problem(workspace, p); err != nil || p.Key() != r.ID || !bytes.Equal(same, r.Document) {
		return JobProblem{}, strange(db.ProblemRecords, r.ID, err)
	}
	return p, nil
}

func strange(c db.Collection, id string, cause error) *db.Error {
	return db.Errorf(db.BadInput, "the document %s in %s is not as SegmentQL writes it for this workspace; another program wrote it", id, c).Because(cause)
}

// SegmentRecord returns the record of a segment.
func SegmentRecord(workspace string, s *db.Segment) (db.Record, error) {
	raw, err := Segment(workspace, s)
	return db.Record{ID: s.ID, Document: raw}, err
}

// FieldRecord returns the record of a field.
func FieldRecord(workspace string, f db.Field) (db.Record, error) {
	raw, err := Field(workspace, f)
	return db.Record{ID: f.Path, Document: raw}, err
}

// JobRecord returns the record of a job.
func JobRecord(workspace string, j *db.Job) (db.Record, error) {
	raw, err := Job(workspace, j)
	return db.Record{ID: j.ID, Document: raw}, err
}

// ProblemRecord returns the record of a problem.
func ProblemRecord(workspace string, p JobProblem) (db.Record, error) {
	raw, err := Problem(workspace, p)
	return db.Record{ID: p.Key(), Document: raw}, err
}
