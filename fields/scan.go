package fields

import (
	"context"
	"iter"

	"segmentql/db"
	"segmentql/filter"
)

// Scan says what is known after the catalogue was made anew, and what was strange about the contacts.
type Scan struct {
	Contacts  int64
	Fields    int // below custom, a map-like object as one
	New       int // that were not known before
	Forgotten int // that are known no more

	unnamed   int64 // contacts whose _id is no text
	stateless int64 // contacts with no valid status
	timeless  int64 // contacts without the time at which they were created
}

// Strange iterates over what is wrong with contacts that other programs wrote, with the number of the contacts.
func (s *Scan) Strange() iter.Seq2[string, int64] {
	return func(yield func(string, int64) bool) {
		for _, found := range []struct {
			contacts int64
			what     string
		}{
			{s.unnamed, "have an _id that is no text: filters find them, but they cannot be read by their ID, nor changed"},
			{s.stateless, "have no status that SegmentQL knows: they cannot be changed without setting one"},
			{s.timeless, "have no createdAt, which is an instant"},
		} {
			if found.contacts > 0 && !yield(found.what, found.contacts) {
				return
			}
		}
	}
}

// Rescan makes the catalogue anew of all contacts of the workspace, whoever wrote them. It calls progress with the number
// of contacts that are read.
func Rescan(ctx context.Context, w db.Workspace, progress func(contacts int64)) (Scan, error) {
	var s Scan
	before, err := namedFields(ctx, w)
	if err != nil {
		return s, err
	}
	err = w.RescanFields(ctx, filter.MustPath(filter.CustomField), func(c *db.Contact) {
		s.Contacts++
		if c.ID == "" {
			s.unnamed++
		}
		if !c.Status.Known() {
			s.stateless++
		}
		if c.CreatedAt.IsZero() {
			s.timeless++
		}
		progress(s.Contacts)
	})
	if err != nil {
		return s, err
	}
	after, err := namedFields(ctx, w)
	s.Fields, s.New, s.Forgotten = len(after), less(after, before), less(before, after)
	return s, err
}

// namedFields returns the paths of the fields that the catalogue names.
func namedFields(ctx context.Context, w db.Workspace) (map[string]bool, error) {
	catalogue, err := w.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	paths := map[string]bool{}
	for _, f := range catalogue.NamedFields() {
		paths[f.Path] = true
	}
	return paths, nil
}

// less counts those that are not among the others.
func less(paths, others map[string]bool) (n int) {
	for path := range paths {
		if !others[path] {
			n++
		}
	}
	return n
}
