package fields

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/job"
	"segmentql/segment"
)

// maxAtOnce is how many contacts are looked at while somebody waits for a removal.
const maxAtOnce = 2_000

// Removal says what became of one.
type Removal struct {
	Contacts int64    // that had a value at the path
	Job      *db.Job  // removes the values; nil where that is done
	Warnings []string // what is good to know, where it is done
}

// TryRemove says what Remove would do, and fails where it would.
func TryRemove(ctx context.Context, w db.Workspace, path filter.Path) (Removal, error) {
	r, _, err := plan(ctx, w, path)
	return r, err
}

// Remove removes a field and all below it: the declarations at once, the values from all contacts at once or by a job, and
// then the field from the catalogue. It fails with BadInput or UnknownField where there is no such field of its own, and
// with Conflict where a segment uses it.
func Remove(ctx context.Context, w db.Workspace, jobs Jobs, path filter.Path) (Removal, error) {
	r, large, err := plan(ctx, w, path)
	if err != nil {
		return Removal{}, err
	}
	if err := w.UndeclareFields(ctx, path); err != nil {
		return Removal{}, err
	}
	if !large {
		did := atOnce{}
		s := &sweep{w: w, path: path, patch: db.ContactPatch{Purge: []filter.Path{path}}, record: &did}
		err := s.remove(ctx)
		r.Warnings = did.warnings
		return r, err
	}
	text, err := json.Marshal(params{Path: path.String()})
	if err != nil {
		return Removal{}, err
	}
	r.Job, err = jobs.Enqueue(ctx, db.Job{Kind: db.JobRemoveField, Title: "Removal of " + shown(path), Params: text})
	return r, err
}

// RunRemoval is the job.Kind of removals.
func RunRemoval(ctx context.Context, run *job.Run) error {
	var p params
	if err := run.Params(&p); err != nil {
		return err
	}
	path, err := filter.ParsePath(p.Path)
	if err != nil {
		return err
	}
	catalogue, err := run.Workspace.Catalogue(ctx)
	if err != nil {
		return err
	}
	matching, err := count(ctx, run.Workspace, catalogue.Holders(path))
	if err != nil {
		return err
	}
	s, err := newSweep(ctx, run, path, db.ContactPatch{Purge: []filter.Path{path}}, matching)
	if err != nil {
		return err
	}
	return s.remove(ctx)
}

// remove takes the field from the contacts and from the catalogue.
func (s *sweep) remove(ctx context.Context) error {
	catalogue, err := s.w.Catalogue(ctx)
	if err != nil {
		return err
	}
	err = s.run(ctx, catalogue.Holders(s.path), func(context.Context) (judge, error) {
		return func(c *db.Contact) (bool, []*db.Error) { return c.Has(s.path), nil }, nil
	})
	if err != nil {
		return err
	}
	holders, err := s.settle(ctx, func(c *db.Contact) bool { return c.Has(s.path) })
	if err != nil {
		return err
	}
	if holders > 0 {
		s.record.Warn(plural(int(holders), "one contact has", "%d contacts have") + " the field still, or again: they could not be changed, or were written meanwhile; remove it once more")
	}
	users, err := segment.NewLibrary(ctx, s.w).UsersOfField(s.path)
	if len(users) > 0 {
		s.record.Warn(fmt.Sprintf("segments that were saved meanwhile use the field: %s; they are not valid while nobody has it", named(users)))
	}
	return err
}

// plan checks that a field can be removed and says of how many contacts, and whether that is too much to wait for.
func plan(ctx context.Context, w db.Workspace, path filter.Path) (r Removal, large bool, err error) {
	catalogue, err := w.Catalogue(ctx)
	if err != nil {
		return r, false, err
	}
	if err := checkNamed(catalogue, path); err != nil {
		return r, false, err.At("path")
	}
	users, err := segment.NewLibrary(ctx, w).UsersOfField(path)
	if err != nil {
		return r, false, err
	}
	if len(users) > 0 {
		conflict := db.Errorf(db.Conflict, "segments use the field or one below it: %s; change or delete them first", named(users)).At("path")
		for _, s := range users {
			conflict.IDs = append(conflict.IDs, s.ID)
		}
		return r, false, conflict
	}
	counts, err := w.CountContacts(ctx, []filter.Node{filter.Has{Path: path, Test: filter.Present{}}, catalogue.Holders(path)})
	if err != nil {
		return r, false, err
	}
	return Removal{Contacts: counts[0]}, counts[1] > maxAtOnce, nil
}

// checkNamed says whether there is a field of its own at the path.
func checkNamed(c *db.Catalogue, path filter.Path) *db.Error {
	if _, standard := path.Standard(); standard {
		return db.Errorf(db.BadInput, "%s is a standard field, which cannot be removed; updateContacts sets and clears it", path)
	}
	if err := filter.CheckContactPath(path); err != nil {
		return db.Errorf(db.BadInput, "%s", err)
	}
	if slices.ContainsFunc(c.NamedFields(), func(f db.Field) bool { return f.Path == path.String() }) {
		return nil
	}
	if err := filter.CheckKnown(c, path); err != nil && !slices.Contains(path.Steps(), db.AnyKey) {
		return db.Errorf(db.UnknownField, "%s", err)
	}
	return db.Errorf(db.BadInput, "%s is no field of its own, because keys before it are data; remove the map-like object, or unset the path with updateContacts", path)
}

// atOnce keeps for the one who waits what could not be done.
type atOnce struct{ warnings []string }

// maxTold is how many problems the one who waits is told.
const maxTold = 10

// Save has nothing to keep: whoever asked does it once more.
func (a *atOnce) Save(context.Context, any, db.JobProgress, db.JobCounts) error { return nil }

// Problem becomes a warning.
func (a *atOnce) Problem(_ context.Context, p db.Problem) error {
	if p.Number <= maxTold {
		a.Warn(fmt.Sprintf("the contact %s could not be changed: %s", p.Contact, p.Message))
	}
	return nil
}

// Warn keeps the text.
func (a *atOnce) Warn(text string) { a.warnings = append(a.warnings, text) }
