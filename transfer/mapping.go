package transfer

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"segmentql/db"
	"segmentql/filter"
)

// Mapping says from which field of a source document a standard field of the contact is taken, by the standard
// field's name. A source is a top-level field, or a dotted path into objects. The source "" takes the standard
// field from nowhere, so that a source field of the same name becomes a custom field.
type Mapping map[string]string

// importable are the standard fields that a file can give; the store sets the others.
func importable() []string {
	return []string{"email", "phone", "firstName", "lastName", "status", "subscribedAt", "tags"}
}

// ParseMapping reads a mapping in the form email=Email,firstName=name.first.
func ParseMapping(text string) (Mapping, error) {
	m := Mapping{}
	for name, source := range pairs(text) {
		if _, twice := m[name]; twice {
			return nil, db.Errorf(db.BadInput, "the mapping names %s twice", name)
		}
		m[name] = source
	}
	return m, m.check()
}

func (m Mapping) check() error {
	sources := map[string]string{}
	for name, source := range m {
		if !slices.Contains(importable(), name) {
			return db.Errorf(db.BadInput, "%q is not a standard field to map to; write FIELD=SOURCE with one of %s", name, strings.Join(importable(), ", "))
		}
		if other, taken := sources[source]; taken && source != "" {
			return db.Errorf(db.BadInput, "%q is mapped to both %s and %s; a source field can be mapped once", source, min(name, other), max(name, other))
		}
		sources[source] = name
	}
	return nil
}

// All iterates over the standard fields that are mapped, and their sources.
func (m Mapping) All() iter.Seq2[string, string] {
	return func(yield func(name, source string) bool) {
		for _, name := range importable() {
			if source, mapped := m[name]; mapped && !yield(name, source) {
				return
			}
		}
	}
}

// merged returns a mapping of both.
func merged(m, more Mapping) Mapping {
	all := Mapping{}
	maps.Copy(all, m)
	maps.Copy(all, more)
	return all
}

// Types are types that fields are declared to have, by path, instead of those that the values suggest.
type Types map[string]filter.Kind

// ParseTypes reads types in the form custom.zip=TEXT,custom.age=NUMBER.
func ParseTypes(text string) (Types, error) {
	types := Types{}
	for path, name := range pairs(text) {
		kind, ok := filter.ParseKind(strings.ToUpper(name))
		if !ok {
			return nil, db.Errorf(db.BadInput, "%q is not a type for %s; it is one of TEXT, NUMBER, BOOLEAN, DATE and DATETIME", name, path)
		}
		if _, twice := types[path]; twice {
			return nil, db.Errorf(db.BadInput, "%s is given two types", path)
		}
		types[path] = kind
	}
	_, err := types.declarations()
	return types, err
}

func (t Types) declarations() ([]db.FieldDeclaration, error) {
	var all []db.FieldDeclaration
	for _, text := range slices.Sorted(maps.Keys(t)) {
		path, err := filter.ParsePath(text)
		if err != nil {
			return nil, db.Errorf(db.BadInput, "%s", err)
		}
		d := db.FieldDeclaration{Path: path, Type: t[text]}
		if err := d.Check(); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// pairs iterates over the parts of a=b,c=d; a part without = is a name without a value.
func pairs(text string) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for part := range strings.SplitSeq(text, ",") {
			name, value, _ := strings.Cut(part, "=")
			if name = strings.TrimSpace(name); name != "" && !yield(name, strings.TrimSpace(value)) {
				return
			}
		}
	}
}
