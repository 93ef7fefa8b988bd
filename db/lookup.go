package db

import (
	"slices"
	"strings"

	"segmentql/filter"
)

// Known says whether the path, which is not that of a standard field, is in the catalogue, and if not, which path
// in it comes nearest. To a filter a step * is a key like others, so a path that means any key is not known: it would
// match nobody.
func (c *Catalogue) Known(path string) (known bool, nearest string) {
	if slices.Contains(strings.Split(path, "."), AnyKey) {
		return false, ""
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.lookup(path) != nil {
		return true, ""
	}
	prefix := filter.CustomField + "."
	var names []string
	c.root.walk(filter.CustomField, func(f Field) bool {
		names = append(names, strings.TrimPrefix(f.Path, prefix))
		return true
	})
	if near := filter.Nearest(strings.TrimPrefix(path, prefix), names); near != "" {
		return false, prefix + near
	}
	return false, ""
}

// Field returns what is known of the path, and whether anything is. A key of a map-like object has what is known of all.
func (c *Catalogue) Field(path string) (Field, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	node := c.lookup(path)
	if node == nil || node == c.root {
		return Field{}, false
	}
	return node.known(path), true
}

// Shape returns what was seen at the path; nothing where the path is not known.
func (c *Catalogue) Shape(path string) Shape {
	f, _ := c.Field(path)
	return f.Shape
}

func (c *Catalogue) lookup(path string) *fieldNode {
	steps := strings.Split(path, ".")
	if steps[0] != filter.CustomField {
		return nil
	}
	node := c.root
	for _, step := range steps[1:] {
		if node = node.find(step); node == nil {
			return nil
		}
	}
	return node
}

// Fields returns all fields, sorted by path. Of a map-like object there are the fields below the step *, too.
func (c *Catalogue) Fields() []Field { return c.below(filter.CustomField, true) }

// NamedFields returns the fields, sorted by path, but not those of which a step of the path is data: a map-like object
// is one field.
func (c *Catalogue) NamedFields() []Field { return c.below(filter.CustomField, false) }

// FieldsBelow returns all fields below the path, sorted by path. Below a map-like object any key leads to the same.
func (c *Catalogue) FieldsBelow(path string) []Field { return c.below(path, true) }

func (c *Catalogue) below(path string, data bool) []Field {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var fields []Field
	if node := c.lookup(path); node != nil {
		node.walk(path, func(f Field) bool {
			if data || !strings.HasSuffix(f.Path, "."+AnyKey) {
				fields = append(fields, f)
				return true
			}
			return false
		})
	}
	slices.SortFunc(fields, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return fields
}

// walk calls into with each field below the node, of which the path is given, and goes on below those for which it
// returns true.
func (n *fieldNode) walk(path string, into func(Field) bool) {
	for key, child := range n.children {
		if at := path + "." + key; into(child.known(at)) {
			child.walk(at, into)
		}
	}
}

// known returns what is known of the node, under the path by which it was reached.
func (n *fieldNode) known(path string) Field {
	f := n.Field
	f.Path, f.MapLike = path, n.mapLike()
	return f
}
