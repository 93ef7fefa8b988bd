package db

import "context"

// Collection is one kind of what a workspace has, as a store keeps it.
type Collection string

// The collections.
const (
	FieldRecords    Collection = "fields"
	SegmentRecords  Collection = "segments"
	ContactRecords  Collection = "contacts"
	ActivityRecords Collection = "activity"
	JobRecords      Collection = "jobs"
	ProblemRecords  Collection = "problems"
)

// Collections returns all of them, in the order in which a workspace is copied: fields are known before there are
// contacts that have them.
func Collections() []Collection {
	return []Collection{FieldRecords, SegmentRecords, ContactRecords, ActivityRecords, JobRecords, ProblemRecords}
}

// Record is something that a workspace has in the form in which it is kept, which is the same in every store: to the
// byte, so that the records of two stores can be compared.
type Record struct {
	ID       string // within the collection of the workspace; a field's is its path, a problem's is made of its job and number
	Document []byte // BSON, see db/document
}

// Limits of one page of records.
const (
	MaxRecords     = 1_000
	MaxRecordBytes = 4 << 20 // of their documents, but for the last one
)

// Records are all that a workspace has, as it is kept: a way to copy it with its IDs, versions and times.
type Records interface {
	// Records returns the next records after an ID, "" for the first ones, in the order of their IDs' bytes. There are
	// none only where there are no more.
	Records(ctx context.Context, c Collection, after string) ([]Record, error)
	// AddRecords adds records, at most a page of them, as if they had been written here; the catalogue knows of what is
	// in them. Those that are there already are left alone. It fails with BadInput where one is not of the form in which
	// it would be kept here, and with Conflict where there is another one with its ID, or with the email of a contact;
	// some others may have been added then.
	AddRecords(ctx context.Context, c Collection, records []Record) error
}

// RecordPage gathers the records of one page. The zero value is empty.
type RecordPage struct {
	Records []Record
	bytes   int
}

// Add adds a record and says whether there is room for more.
func (p *RecordPage) Add(r Record) (more bool) {
	p.Records = append(p.Records, r)
	p.bytes += len(r.Document)
	return len(p.Records) < MaxRecords && p.bytes < MaxRecordBytes
}

// OtherRecord is the error for a record where another one has its ID, or the email of its contact.
func OtherRecord(c Collection, id string) *Error {
	return Errorf(Conflict, "the document %s cannot be added to %s: another one has its ID or email, and is not overwritten", id, c)
}

// UnknownCollection is the error for a collection that there is not.
func UnknownCollection(c Collection) *Error {
	return Errorf(BadInput, "there is no collection %s", c)
}
