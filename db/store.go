// Package db is what SegmentQL knows of its data: contacts, segments, fields, and what a store of them does.
// Child packages are the stores; db/dbtest is the suite that each must pass.
package db

import (
	"context"

	"segmentql/filter"
)

// Store keeps the data of all workspaces.
type Store interface {
	// Workspace returns the one handle through which a workspace's data is reached: nothing that it does reads
	// or writes another workspace's. A workspace exists by being written to.
	Workspace(id string) Workspace
	// Workspaces returns the IDs of all workspaces that have anything, sorted.
	Workspaces(ctx context.Context) ([]string, error)

	// Load makes the store ready to answer at once, and tells how far it is: done of total contacts. What is asked of
	// it before waits for its part of this.
	Load(ctx context.Context, progress func(done, total int64)) error

	// Ready says whether the store can answer now, and fails with Unavailable where it cannot, or is not loaded.
	Ready(ctx context.Context) error

	// Stats says what the store keeps in memory to answer filters. What was not asked for yet is not there.
	Stats(ctx context.Context) (Stats, error)

	// Close waits for what is under way and releases the store.
	Close(ctx context.Context) error
}

// Workspace reads and writes the data of one workspace. All methods may be called from many goroutines, return
// *Error, and end with Timeout when ctx does. Segments that they return are the caller's own; contacts may be shared
// and must not be changed.
type Workspace interface {
	Contacts
	Segments
	Fields
	Jobs
	Records
	Activities
}

// Contacts are the contacts of a workspace. Where an ID or an email is that of no contact, but of one that became part of
// another, it leads to that one.
type Contacts interface {
	// CreateContact fails with Conflict where another contact has the email.
	CreateContact(ctx context.Context, p ContactPatch) (*Contact, error)

	// UpdateContact fails with NotFound, and with Conflict by version or email.
	UpdateContact(ctx context.Context, id string, p ContactPatch) (*Contact, error)

	// UpdateContacts applies the patch to each of the IDs' contacts, which are at most MaxPageSize. One for which it fails is
	// left alone: its result has the error, NotFound where there is no such contact. One to which the row of a job that the
	// patch comes from was applied before stays as it is, too, and that is no error.
	UpdateContacts(ctx context.Context, ids []string, p ContactPatch) ([]UpdateResult, error)

	// UpsertContacts applies each patch, in order, to the contact with its email, or creates that contact, as far as the
	// mode allows. A patch that fails leaves the others alone: its result has the error. Every patch needs an email,
	// unless contacts are only created.
	UpsertContacts(ctx context.Context, patches []ContactPatch, mode UpsertMode) ([]UpsertResult, error)

	// MergeContacts makes the duplicate a part of the survivor, see Merge, and returns that. It fails with NotFound, and
	// as Merge does, before anything is written.
	MergeContacts(ctx context.Context, survivor, duplicate string, version *int64) (*Contact, error)

	// DeleteContacts deletes those of the contacts that exist and returns their IDs.
	DeleteContacts(ctx context.Context, ids []string) ([]string, error)

	// ContactsByID returns a contact for each of the IDs, nil where there is none.
	ContactsByID(ctx context.Context, ids []string) ([]*Contact, error)

	// ContactByEmail fails with NotFound.
	ContactByEmail(ctx context.Context, email string) (*Contact, error)

	// FindContacts answers all queries; asking many at once costs less than one after the other.
	FindContacts(ctx context.Context, queries []ContactQuery) ([]ContactPage, error)

	// EachContact calls yield with every contact that matches, by ID, all of them as of one moment. It takes as long as
	// yield does, keeps nobody from writing, and needs no memory for contacts that were yielded. What yield fails with
	// ends it, and is returned as it is. Where the server behind the store has no snapshots, contacts that are written
	// meanwhile may be missed, or be as they were before or after.
	EachContact(ctx context.Context, n filter.Node, yield func(*Contact) error) error

	// CountContacts says for each of the filters how many contacts match it.
	CountContacts(ctx context.Context, filters []filter.Node) ([]int64, error)

	// ExplainFilter counts the contacts that match the filter, and tells how.
	ExplainFilter(ctx context.Context, n filter.Node) (*Explanation, error)
}

// UpdateResult says what became of one contact.
type UpdateResult struct {
	Contact *Contact
	Err     error
}

// ContactQuery asks for a page of the contacts that match a filter.
type ContactQuery struct {
	Filter filter.Node
	Sort   Sort
	Page   Page
	Total  bool     // asks for the number of contacts on all pages, too
	Fields []string // the caller looks at no others of db.Contact's fields, nor paths below custom; nil: at all
}

// ContactPage is the answer to a ContactQuery.
type ContactPage struct {
	Contacts []*Contact
	HasMore  bool  // beyond the page in the direction in which it was taken
	Total    int64 // as of the same moment, where it was asked for
}

// Segments are the segments of a workspace.
type Segments interface {
	// CreateSegment fails with LimitExceeded where the workspace has MaxSegments.
	CreateSegment(ctx context.Context, p SegmentPatch) (*Segment, error)

	// UpdateSegment fails with NotFound, and with Conflict by version.
	UpdateSegment(ctx context.Context, id string, p SegmentPatch) (*Segment, error)

	// DeleteSegment fails with NotFound.
	DeleteSegment(ctx context.Context, id string) error

	// SegmentsByID returns a segment for each of the IDs, nil where there is none.
	SegmentsByID(ctx context.Context, ids []string) ([]*Segment, error)

	// Segments returns all segments of the workspace, at most MaxSegments, in no particular order.
	Segments(ctx context.Context) ([]*Segment, error)
}

// Fields are the fields that the contacts of a workspace have.
type Fields interface {
	// Catalogue returns what is known of the fields now: every field of every contact that was written through
	// this interface before the call is in it.
	Catalogue(ctx context.Context) (*Catalogue, error)

	// DeclareField adds a field, or gives one that is known a type.
	DeclareField(ctx context.Context, d FieldDeclaration) (*Field, error)

	// UndeclareFields takes their types, labels and descriptions from the field at a path and all below it.
	UndeclareFields(ctx context.Context, under filter.Path) error

	// RescanFields finds out from the contacts what they have at a path and below it, custom for everything, and has the
	// catalogue know of that and of no more; declared fields stay. It calls see with each contact that it reads. Others
	// may write meanwhile, and what is in their contacts stays known.
	RescanFields(ctx context.Context, under filter.Path, see func(*Contact)) error

	// FieldValues returns the values that the most contacts have at a path, in the order of ValueCount.Compare.
	FieldValues(ctx context.Context, q ValuesQuery) ([]ValueCount, error)

	// FieldRanges returns the least and the greatest values that contacts have at a path.
	FieldRanges(ctx context.Context, path filter.Path) (Ranges, error)
}
