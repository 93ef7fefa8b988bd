package db

import (
	"slices"
	"strings"

	"segmentql/filter"
)

// Rescan is what contacts have at a path below custom, or of all custom fields, found out anew: the catalogue may know of
// more, which they had. Contacts that are written while it lasts must be seen, too.
type Rescan struct {
	under string
	seen  *Catalogue
}

// NewRescan begins a rescan of the field at a path and all below it. Declared fields are places of their own, as they are
// among the stored ones.
func NewRescan(under filter.Path, stored []Field) *Rescan {
	r := &Rescan{under.String(), NewCatalogue(nil)}
	for _, f := range stored {
		if f.Type != filter.KindNull {
			r.seen.Add([]Field{{Path: f.Path, Type: f.Type}})
		}
	}
	return r
}

// See takes note of a contact.
func (r *Rescan) See(c *Contact) { r.seen.Observe(c) }

// Surplus says what of the shape of a stored field no contact has.
func (r *Rescan) Surplus(stored Field) Shape {
	if !r.covers(stored.Path) {
		return 0
	}
	return stored.Shape &^ r.seen.Shape(stored.Path)
}

// Seen returns the fields that contacts have and for which filters can ask.
func (r *Rescan) Seen() []Field {
	return slices.DeleteFunc(r.seen.Fields(), func(f Field) bool {
		_, err := filter.ParsePath(f.Path)
		return err != nil || f.Shape == 0 || !r.covers(f.Path)
	})
}

func (r *Rescan) covers(path string) bool { return IsAtOrBelow(path, r.under) }

// IsAtOrBelow says whether a path is the other one or leads on from it.
func IsAtOrBelow(path, other string) bool {
	return path == other || strings.HasPrefix(path, other+".")
}

// Holders returns a filter that holds for all contacts with something at a path, null or an empty list too. Where no
// filter tells these, it holds for others as well.
func (c *Catalogue) Holders(path filter.Path) filter.Node {
	// Of an empty list there is no value for which a filter could ask.
	if !isAskable(path) || c.Shape(path.String()).Has(filter.KindList) {
		return filter.Const(true)
	}
	return filter.Has{Path: path, Test: filter.Present{}}
}

// Misfits returns a filter that holds for all contacts with a value of another type than is declared at the path. Where no
// filter tells these, it holds for others as well; it holds for none where no other types were seen.
func (c *Catalogue) Misfits(path filter.Path, declared filter.Kind) filter.Node {
	const noScalars = NestedList | 1<<filter.KindObject
	others := c.Shape(path.String()) &^ ShapeOf(declared, filter.KindNull, filter.KindList)
	switch {
	case others == 0:
		return filter.Const(false)
	case others&noScalars != 0, !isAskable(path):
		return c.Holders(path)
	}
	return filter.Has{Path: path, Test: filter.OfKind(others.Kinds())}
}

// isAskable says whether filters find all that is at a path: custom itself, any key and what looks like a position are none
// for which they ask.
func isAskable(path filter.Path) bool {
	return path.String() != filter.CustomField && !slices.ContainsFunc(path.Steps(), func(step string) bool {
		return step == AnyKey || filter.IsPosition(step)
	})
}
