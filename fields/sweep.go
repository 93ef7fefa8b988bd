package fields

import (
	"context"
	"encoding/json"
	"errors"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/job"
)

// pageSize is how many contacts are changed together; other writers come in between.
const pageSize = 200

// params are those of the jobs.
type params struct {
	Path string `json:"path"`
	Type string `json:"type,omitempty"` // to which it converts
}

// checkpoint is how far a sweep is: up to a contact, of so many.
type checkpoint struct {
	Last  string `json:"last"` // ID
	Total int64  `json:"total"`
}

// sweep goes through contacts by their IDs and writes to some of them.
type sweep struct {
	w      db.Workspace
	path   filter.Path
	patch  db.ContactPatch // for those that need it
	at     checkpoint
	done   db.JobCounts
	record recorder
}

// recorder takes note of what a sweep does: in a job, or for whoever waits for it.
type recorder interface {
	Save(ctx context.Context, checkpoint any, p db.JobProgress, c db.JobCounts) error
	Problem(ctx context.Context, p db.Problem) error
	Warn(text string)
}

// judge says whether a contact needs the patch, and why something in it stays as it is.
type judge func(c *db.Contact) (needs bool, stays []*db.Error)

// newSweep returns the sweep of a job, from where that was. Matching is how many contacts match what is swept.
func newSweep(ctx context.Context, run *job.Run, path filter.Path, patch db.ContactPatch, matching int64) (*sweep, error) {
	s := &sweep{w: run.Workspace, path: path, patch: patch, done: run.Job.Counts, record: run}
	if err := run.Checkpoint(&s.at); err != nil {
		return nil, err
	}
	if len(run.Job.Checkpoint) == 0 {
		s.at.Total = matching
	}
	// What was changed after the checkpoint matches no more. This is too little where others match, too.
	s.done.Updated = max(s.done.Updated, s.at.Total-matching)
	return s, s.save(ctx)
}

// run sweeps the contacts that match. For each page it asks who judges.
func (s *sweep) run(ctx context.Context, matching filter.Node, judging func(context.Context) (judge, error)) error {
	q := db.ContactQuery{Filter: matching, Page: db.Page{Limit: pageSize}}
	for {
		if s.at.Last != "" {
			q.Page.After = &db.Key{ID: s.at.Last}
		}
		pages, err := s.w.FindContacts(ctx, []db.ContactQuery{q})
		if err != nil {
			return err
		}
		judge, err := judging(ctx)
		if err != nil {
			return err
		}
		page := pages[0].Contacts
		if err := s.write(ctx, page, judge); err != nil {
			return err
		}
		// IDs that are no text come last, and no page begins after one.
		if err := s.save(ctx); err != nil || !pages[0].HasMore || page[len(page)-1].ID == "" {
			return err
		}
	}
}

func (s *sweep) save(ctx context.Context) error {
	c := s.done
	return s.record.Save(ctx, s.at, db.JobProgress{Done: c.Updated + c.Unchanged + c.Rejected, Total: s.at.Total}, c)
}

// write writes to those contacts of a page that need it.
func (s *sweep) write(ctx context.Context, page []*db.Contact, judge judge) error {
	var ids []string
	for _, c := range page {
		if needs, _ := judge(c); needs && c.ID != "" { // another program's _id may be no text
			ids = append(ids, c.ID)
		}
	}
	results := make(map[string]db.UpdateResult, len(ids))
	if len(ids) > 0 {
		written, err := s.w.UpdateContacts(ctx, ids, s.patch)
		if err != nil {
			return err
		}
		for i, id := range ids {
			results[id] = written[i]
		}
	}
	for _, c := range page {
		if err := s.count(ctx, c, results, judge); err != nil {
			return err
		}
		s.at.Last = max(s.at.Last, c.ID)
	}
	return nil
}

// count counts what became of a contact.
func (s *sweep) count(ctx context.Context, c *db.Contact, results map[string]db.UpdateResult, judge judge) error {
	result, written := results[c.ID]
	if written && result.Err == nil {
		c = result.Contact
	}
	fault, _ := errors.AsType[*db.Error](result.Err)
	_, stays := judge(c)
	switch {
	case fault != nil && fault.Code == db.NotFound: // it was deleted
		s.done.Unchanged++
	case fault != nil:
		return s.reject(ctx, c, fault, 0)
	case len(stays) > 0:
		return s.reject(ctx, c, stays[0].At(steps(s.path)...), len(stays)-1)
	case written:
		s.done.Updated++
	default:
		s.done.Unchanged++
	}
	return nil
}

// reject takes note of a contact that is not as it was to be. Its number follows from those before it, because they stay
// what they are when the job is run again.
func (s *sweep) reject(ctx context.Context, c *db.Contact, why *db.Error, more int) error {
	s.done.Rejected++
	message := why.Message
	if more > 0 {
		message += plural(more, "; and so it is with one more value", "; and so it is with %d more values")
	}
	record, err := json.Marshal(struct {
		ID    string `json:"id"`
		Email string `json:"email,omitempty"`
	}{c.ID, c.Email})
	if err != nil {
		return err
	}
	return s.record.Problem(ctx, db.Problem{
		Number: s.done.Rejected, Contact: c.ID, Code: why.Code, Message: message, Path: why.Path, Record: record,
	})
}

// settle has the catalogue know of what contacts have at the path by now, and tells how many are not as they were to be.
func (s *sweep) settle(ctx context.Context, left func(*db.Contact) bool) (many int64, err error) {
	strange := 0
	err = s.w.RescanFields(ctx, s.path, func(c *db.Contact) {
		if !left(c) {
			return
		}
		many++
		if c.ID == "" {
			strange++
		}
	})
	if strange > 0 {
		s.record.Warn(plural(strange, "one contact was not changed", "%d contacts were not changed") + ": its _id is no text; another program wrote it")
	}
	return many, err
}
