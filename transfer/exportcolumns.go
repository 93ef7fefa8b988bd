package transfer

import (
	"strings"

	"segmentql/db"
	"segmentql/filter"
)

// idColumn is the column of what no filter can ask for.
const idColumn = "id"

// column is what an export has of a contact.
type column struct {
	name  string
	steps []string // of the path; nil for the ID
	path  filter.Path
}

// value returns what the contact has there: the list of all values where the path leads through a list, nil where there is
// nothing.
func (c column) value(of *db.Contact) any {
	switch c.name {
	case idColumn:
		return of.ID
	case filter.CustomField:
		return of.Custom
	}
	return filter.Value(of, c.path)
}

// parseColumns reads the columns that somebody chose.
func parseColumns(names []string, known *db.Catalogue) ([]column, error) {
	columns, seen := make([]column, len(names)), map[string]bool{}
	for i, name := range names {
		c, err := parseColumn(strings.TrimSpace(name), known)
		if err == nil && seen[c.name] {
			err = db.Errorf(db.BadInput, "the column %s is chosen twice", c.name)
		}
		if err != nil {
			return nil, err.At("columns", i)
		}
		columns[i], seen[c.name] = c, true
	}
	return columns, nil
}

func parseColumn(name string, known *db.Catalogue) (column, *db.Error) {
	if name == idColumn {
		return column{name: name}, nil
	}
	path, err := filter.ParsePath(name)
	if err != nil {
		return column{}, db.Errorf(db.BadInput, "%s", err)
	}
	c := column{name: name, steps: path.Steps(), path: path}
	if _, standard := path.Standard(); standard || name == filter.CustomField {
		return c, nil
	}
	if err := filter.CheckContactPath(path); err != nil {
		return column{}, db.Errorf(db.UnknownField, "%s", err)
	}
	is, nearest := known.Known(name)
	switch {
	case is:
		return c, nil
	case nearest != "":
		return column{}, db.Errorf(db.UnknownField, "no contact has a field %s; did you mean %s?", name, nearest)
	}
	return column{}, db.Errorf(db.UnknownField, "no contact has a field %s", name)
}

// defaultColumns are the standard fields that a file can give, and a column for every custom field. Objects are spread
// over the columns of their fields; those that have data for keys, and lists of objects, have one column.
func defaultColumns(known *db.Catalogue) []column {
	var columns []column
	for _, name := range importable() {
		columns = append(columns, mustColumn(name))
	}
	fields := known.Fields() // parents before their children
	hasFields, whole := map[string]bool{}, map[string]bool{}
	for _, f := range fields {
		parent, key := cutLast(f.Path)
		hasFields[parent] = true
		if _, err := filter.ParsePath(f.Path); key == db.AnyKey || err != nil {
			whole[parent] = true
		}
	}
	if whole[filter.CustomField] {
		return append(columns, mustColumn(filter.CustomField))
	}
	for _, f := range fields {
		parent, _ := cutLast(f.Path)
		onlyObjects := f.Shape&^db.ShapeOf(filter.KindObject, filter.KindNull) == 0
		switch {
		case whole[parent]:
			whole[f.Path] = true // is in the column of its parent
		case !hasFields[f.Path] || whole[f.Path] || !onlyObjects:
			columns = append(columns, mustColumn(f.Path))
			whole[f.Path] = true
		}
	}
	return columns
}

// cutLast cuts the last step of a path.
func cutLast(path string) (parent, key string) {
	i := strings.LastIndexByte(path, '.')
	return path[:i], path[i+1:]
}

func mustColumn(name string) column {
	path := filter.MustPath(name)
	return column{name: name, steps: path.Steps(), path: path}
}

// choice is what is chosen of an object: by key, and of each as a choice again, nil for all of it.
type choice map[string]choice

// chosen puts the columns together.
func chosen(columns []column) choice {
	all := choice{}
	for _, c := range columns {
		if c.name == idColumn {
			all[idColumn] = nil
			continue
		}
		at := all
		for i, step := range c.steps {
			next, known := at[step]
			if known && next == nil {
				break // all of it is chosen
			}
			if i == len(c.steps)-1 {
				at[step] = nil
				break
			}
			if next == nil {
				next = choice{}
				at[step] = next
			}
			at = next
		}
	}
	return all
}

// of returns what is chosen of a value, and whether anything is there. In a list, that is of each element that is an object.
func (c choice) of(v any) (any, bool) {
	if c == nil {
		return v, true
	}
	switch v := v.(type) {
	case filter.Object:
		o := filter.Object{}
		for key, inner := range c {
			if item, known := v[key]; known {
				if some, has := inner.of(item); has {
					o[key] = some
				}
			}
		}
		return o, len(o) > 0
	case []any:
		list := []any{}
		for _, item := range v {
			if some, has := c.of(item); has {
				list = append(list, some)
			}
		}
		return list, len(list) > 0
	}
	return nil, false
}
