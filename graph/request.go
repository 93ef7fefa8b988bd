package graph

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
	"segmentql/segment"
)

// Limits of lists in arguments.
const (
	maxBatch      = 1_000 // contacts in one mutation
	maxNodes      = 100
	maxSample     = 100
	defaultSample = 10
)

// everybody is the filter that every contact matches.
const everybody = filter.Const(true)

// request is what the resolvers of one query, or of one field of a mutation, share: they see the same fields and
// segments and ask the store together.
type request struct {
	workspace db.Workspace
	jobs      JobRunner
	limits    filter.Limits // of filters that are sent
	since     time.Time     // what was done to contacts before is not shown
	region    string        // of phones without a country code
	now       func() time.Time
	pages     batcher[db.ContactQuery, db.ContactPage]
	counts    batcher[filter.Node, int64]
	parser    func() (segment.Parser, error) // of saved filters
	segments  func() ([]segment.Compiled, error)
	forget    func() // what was read of fields and segments, before a write that its results are to show
}

type requestKey struct{}

func withRequest(ctx context.Context, o Options) context.Context {
	w := o.Workspace
	r := &request{
		workspace: w, jobs: o.Jobs, limits: o.Limits, since: db.Now(ctx, o.Now).Add(-o.KeepActivity), region: o.Region, now: o.Now,
	}
	r.pages.ask = w.FindContacts
	r.counts.ask = w.CountContacts
	r.forget = func() {
		r.parser = sync.OnceValues(func() (segment.Parser, error) { return o.parser(ctx) })
		r.segments = sync.OnceValues(func() ([]segment.Compiled, error) {
			parser, err := r.parser()
			if err != nil {
				return nil, err
			}
			segments, err := parser.Library.All()
			return segment.Compile(parser, segments), err
		})
	}
	r.forget()
	return context.WithValue(ctx, requestKey{}, r)
}

// requestOf returns the request that the handler put into the context.
func requestOf(ctx context.Context) *request { return ctx.Value(requestKey{}).(*request) }

// fields are those that contacts have.
func (r *request) fields() (*db.Catalogue, error) {
	parser, err := r.parser()
	return parser.Catalogue, err
}

// usedBy returns the segments that refer to one.
func (r *request) usedBy(s *Segment) ([]*Segment, error) {
	parser, err := r.parser()
	if err != nil {
		return nil, err
	}
	users, err := parser.Library.UsedBy(s.ID)
	return newSegments(users), err
}

// parse reads a filter that stands at the path in the arguments; without one, every contact matches.
func (r *request) parse(f *FilterInput, at ...any) (filter.Node, error) {
	if f == nil {
		return everybody, nil
	}
	n, _, err := r.explain(*f, at...)
	return n, err
}

// explain is parse, and also returns the conditions of the filter.
func (r *request) explain(f FilterInput, at ...any) (filter.Node, []filter.Condition, error) {
	parser, err := r.parser()
	if err != nil {
		return nil, nil, err
	}
	parser.Limits = r.limits
	return parser.Explain(f.input, at...)
}

// node returns the saved filter of a segment, which is parsed for the first field that needs it.
func (r *request) node(s *Segment) (filter.Node, error) {
	s.parse.Do(func() {
		parser, err := r.parser()
		if s.err = err; err == nil {
			s.node, s.err = segment.Node(parser, s.Segment)
		}
	})
	return s.node, s.err
}

// selection is what lists of contacts take as arguments.
type selection struct {
	filter  *FilterInput
	search  *string
	orderBy []*ContactOrder
	page    db.PageArgs
}

// contacts returns the page of the contacts within base that the arguments select. All mistakes in them are found.
func (r *request) contacts(ctx context.Context, base filter.Node, s selection) (*ContactConnection, error) {
	fields, err := r.fields()
	if err != nil {
		return nil, err
	}
	matching, filterErr := r.parse(s.filter, "filter")
	searched, searchErr := filter.Node(everybody), error(nil)
	if s.search != nil {
		searched, searchErr = segment.Search(*s.search)
	}
	sort, sortErr := sortOf(s.orderBy, fields)
	page, pageErr := s.page.Page(sort)
	if sortErr != nil {
		pageErr = nil // a cursor cannot be judged without its sort
	}
	if err := errors.Join(filterErr, searchErr, at(sortErr, "orderBy"), pageErr); err != nil {
		return nil, err
	}
	found, err := r.find(ctx, db.ContactQuery{Filter: filter.Conjunction(base, matching, searched), Sort: sort, Page: page})
	return &ContactConnection{sort, page, found}, err
}

// find asks for what the operation selects of a ContactConnection, and no more.
func (r *request) find(ctx context.Context, q db.ContactQuery) (page db.ContactPage, err error) {
	w := wantedOf(selectedIn(ctx))
	switch {
	case w.page:
		q.Total, q.Fields = w.total, w.fields
		return r.pages.get(ctx, q)
	case w.total:
		page.Total, err = r.counts.get(ctx, q.Filter)
	}
	return page, err
}

func (r *request) count(ctx context.Context, n filter.Node) (int32, error) {
	count, err := r.counts.get(ctx, n)
	return int32(count), err
}

// query returns the MongoDB query of a node as extended JSON.
func (r *request) query(n filter.Node) (any, error) {
	fields, err := r.fields()
	if err != nil {
		return nil, err
	}
	text, err := bson.MarshalExtJSON(query.Compile(n, fields), false, false)
	return json.RawMessage(text), err
}

// contact returns a contact by its ID, nil where there is none.
func (r *request) contact(ctx context.Context, id string) (*db.Contact, error) {
	found, err := r.workspace.ContactsByID(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// lookup returns a contact by its ID or by its email, nil where there is none.
func (r *request) lookup(ctx context.Context, id, email *string) (*Contact, error) {
	var found *db.Contact
	var err error
	switch {
	case (id == nil) == (email == nil):
		return nil, db.Errorf(db.BadInput, "give the id or the email of a contact, and not both")
	case id != nil:
		found, err = r.contact(ctx, *id)
	default:
		found, err = r.workspace.ContactByEmail(ctx, *email)
	}
	if err != nil && db.CodeOf(err) != db.NotFound {
		return nil, err
	}
	if found == nil {
		return nil, nil //nolint:nilnil // GraphQL's null
	}
	return &Contact{found}, nil
}

// nodes returns what the IDs name, nil where there is nothing.
func (r *request) nodes(ctx context.Context, ids []string) ([]Node, error) {
	contactIDs := named(ids, db.ContactID)
	contacts, err := r.workspace.ContactsByID(ctx, contactIDs)
	if err != nil {
		return nil, err
	}
	segments, err := r.workspace.SegmentsByID(ctx, named(ids, db.SegmentID))
	if err != nil {
		return nil, err
	}
	byID := map[string]Node{}
	if err := r.addJobs(ctx, byID, named(ids, db.JobID)); err != nil {
		return nil, err
	}
	for i, c := range contacts {
		if c != nil {
			byID[contactIDs[i]] = &Contact{c} // which may be part of the contact
		}
	}
	for _, s := range segments {
		if s != nil {
			byID[s.ID] = &Segment{Segment: s}
		}
	}
	nodes := make([]Node, len(ids))
	for i, id := range ids {
		nodes[i] = byID[id]
	}
	return nodes, nil
}

func named(ids []string, prefix string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !strings.HasPrefix(id, prefix) })
}

// sample returns the first contacts that match.
func (r *request) sample(ctx context.Context, n filter.Node, first *int32) ([]*Contact, error) {
	size := int32(defaultSample)
	if first != nil {
		size = *first
	}
	if size < 0 || size > maxSample {
		return nil, db.Errorf(db.BadInput, "a sample has 0 to %d contacts", maxSample).At("first")
	}
	fields := fieldsOfContacts(selectedIn(ctx))
	page, err := r.pages.get(ctx, db.ContactQuery{Filter: n, Page: db.Page{Limit: int(size)}, Fields: fields})
	return newContacts(page.Contacts), err
}
