package db

import (
	"slices"
	"strings"

	"segmentql/filter"
)

// MaxSortTerms bounds the fields of one sort.
const MaxSortTerms = 4

// SortTerm is one field that contacts are sorted by.
type SortTerm struct {
	Path       filter.Path
	Descending bool
}

// Sort is an order of contacts: by its terms, and among equals by ID. It is the order of MongoDB: a missing value is
// a null and comes before all others, values of different kinds are ordered as filter.Compare orders them. Only
// contacts that have a list or an object where a term looks for one value cannot be placed so: they come at the
// end, by ID, in either direction.
type Sort []SortTerm

// NewSort checks the terms of a sort. A field that was named before has no say any more and is left out.
func NewSort(terms []SortTerm) (Sort, error) {
	if len(terms) > MaxSortTerms {
		return nil, Errorf(LimitExceeded, "contacts are sorted by at most %d fields", MaxSortTerms)
	}
	sort := Sort{}
	for i, term := range terms {
		if err := filter.CheckContactPath(term.Path); err != nil {
			return nil, Errorf(UnknownField, "%s", err).At(i, "path")
		}
		if field, ok := term.Path.Standard(); ok && field.List {
			return nil, Errorf(BadInput, "%s is a list; sort by a field with one value", term.Path).At(i, "path")
		}
		if !slices.ContainsFunc(sort, func(earlier SortTerm) bool { return earlier.Path.String() == term.Path.String() }) {
			sort = append(sort, term)
		}
	}
	return sort, nil
}

// Key is where a contact stands in a sort.
type Key struct {
	Values  []any // one for each term; nil for null
	Outside bool  // at the end, because there is a list or an object; Values are nil
	ID      string
}

// Key returns where the contact stands.
func (s Sort) Key(c *Contact) Key {
	key := Key{ID: c.ID, Values: make([]any, len(s))}
	for i, term := range s {
		v, single := filter.Single(c, term.Path)
		if !single {
			return Key{ID: c.ID, Values: make([]any, len(s)), Outside: true}
		}
		key.Values[i] = v
	}
	return key
}

// Compare says whether a stands before b (-1), after it (1), or is it (0).
func (s Sort) Compare(a, b Key) int {
	switch {
	case a.Outside && !b.Outside:
		return 1
	case b.Outside && !a.Outside:
		return -1
	}
	for i, term := range s {
		c := filter.Compare(a.Values[i], b.Values[i])
		if term.Descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return strings.Compare(a.ID, b.ID)
}

// signature tells sorts apart: a cursor of one means nothing in another.
func (s Sort) signature() string {
	var b strings.Builder
	for _, term := range s {
		if term.Descending {
			b.WriteByte('-')
		}
		b.WriteString(term.Path.String())
		b.WriteByte(' ')
	}
	return b.String()
}
