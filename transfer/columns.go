package transfer

import (
	"maps"
	"slices"
	"strings"

	"segmentql/db"
	"segmentql/filter"
)

// maxColumns bounds what a preview tells of.
const maxColumns = 500

// Column is a field of the documents in a file.
type Column struct {
	Source string `json:"source"`
	Target string `json:"target"` // the field of contacts that it becomes

	// Guessed says that the target is guessed from the name. LooksLike is the standard field that guessing would make of
	// it.
	Guessed   bool   `json:"guessed"`
	LooksLike string `json:"looksLike,omitempty"`

	// Types are those that the values in a sample would have as a contact's. Declared says that the import would declare
	// the field to be of that type.
	Types    []string `json:"types"`
	Declared bool     `json:"declared"`
}

// columns are the fields of the documents that were observed, objects by their own fields.
type columns struct {
	sources []string // the columns of CSV
	seen    map[string]bool
}

func newColumns(f *file) *columns { return &columns{sources: f.header(), seen: map[string]bool{}} }

func (c *columns) observe(document filter.Object) {
	if c.sources == nil {
		c.walk("", document)
	}
}

func (c *columns) walk(path string, o filter.Object) {
	for key, v := range o {
		path := path + key
		if inner, ok := v.(filter.Object); ok && len(inner) > 0 && len(inner) <= db.MaxKeys {
			c.walk(path+".", inner)
		} else if len(c.seen) < maxColumns {
			c.seen[path] = true
		}
	}
}

// describe says what the import makes of the columns. Types has the types of their values.
func (c *columns) describe(i *importer, types *db.Catalogue, declared []db.FieldDeclaration) []Column {
	sources := c.sources
	if sources == nil {
		sources = slices.Sorted(maps.Keys(c.seen))
	}
	targets, looksLike := map[string]string{}, map[string]string{}
	for name, source := range i.mapper.mapping {
		targets[source] = name
	}
	for name, source := range i.looksLike {
		looksLike[source] = name
	}
	described := []Column{}
	for _, source := range sources[:min(len(sources), maxColumns)] {
		target, mapped := targets[source]
		if !mapped {
			target = i.target(source)
		}
		column := Column{Source: source, Target: target, Types: typesOf(target, types)}
		column.Declared = slices.ContainsFunc(declared, func(d db.FieldDeclaration) bool { return d.Path.String() == target })
		if name := looksLike[source]; name == target {
			column.Guessed = true
		} else {
			column.LooksLike = name
		}
		described = append(described, column)
	}
	return described
}

// target is the field that a source becomes which is not mapped.
func (i *importer) target(source string) string {
	_, elsewhere := i.mapper.mapping[source]
	if slices.Contains(importable(), source) && !elsewhere || strings.HasPrefix(source, filter.CustomField+".") {
		return source
	}
	return filter.CustomField + "." + source
}

func typesOf(target string, types *db.Catalogue) []string {
	path, err := filter.ParsePath(target)
	if err != nil {
		return []string{}
	}
	if standard, ok := path.Standard(); ok {
		return []string{standard.Kind.String()}
	}
	names := []string{}
	for _, kind := range types.Shape(target).Kinds() {
		if kind != filter.KindNull {
			names = append(names, kind.String())
		}
	}
	return names
}
