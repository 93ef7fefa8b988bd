package db

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"segmentql/filter"
)

// MaxFields bounds a catalogue. An object within custom that has data for keys, see HasDataForKeys, becomes one map-like
// field, whose keys all count as the step *. The same happens to objects, and to custom itself, that would bring the
// catalogue over the bound.
const MaxFields = 5_000

// AnyKey is the step that stands for any key of a map-like object.
const AnyKey = "*"

// Catalogue is what is known of the fields below custom. It only ever grows: shapes are sets of what was seen, so
// a catalogue that was read earlier than the contacts may miss fields, one that was read later does not. What contacts
// have no more, only a Rescan finds out, after which stores make a new one. It may be used from many goroutines.
type Catalogue struct {
	mu      sync.RWMutex
	root    *fieldNode
	count   int
	changed []*fieldNode // since news began
}

type fieldNode struct {
	Field
	children map[string]*fieldNode
	seen     Shape // by this catalogue itself: in contacts, not in fields that were added
	reported bool  // within one call of news
}

// NewCatalogue returns a catalogue of fields that an earlier one returned.
func NewCatalogue(fields []Field) *Catalogue {
	c := &Catalogue{root: &fieldNode{Field: Field{Path: filter.CustomField}}}
	c.Add(fields)
	return c
}

// Add adds fields that another catalogue of the same workspace returned.
func (c *Catalogue) Add(fields []Field) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range fields {
		node := c.root
		for _, step := range strings.Split(f.Path, ".")[1:] {
			if f.Type != filter.KindNull {
				node = c.ownChild(node, step)
			} else {
				node = c.child(node, step)
			}
		}
		node.Shape |= f.Shape
		if f.Type != filter.KindNull {
			node.Type, node.Label, node.Description = f.Type, f.Label, f.Description
		}
	}
}

// Declare adds a declared field, or gives a known one its type, and returns it.
func (c *Catalogue) Declare(d FieldDeclaration) Field {
	c.Add([]Field{{Path: d.Path.String(), Type: d.Type, Label: d.Label, Description: d.Description}})
	c.mu.RLock()
	defer c.mu.RUnlock()
	path := d.Path.String()
	return c.lookup(path).known(path)
}

// Admit brings the contact's custom fields into their declared types and takes note of their shapes. It returns
// the fields of which this catalogue has seen something for the first time, with what it has seen, whether they were added
// before or not; they must be stored before the contact is. What the contact was before, nil if it was not there, keeps
// its values of other types.
func (c *Catalogue) Admit(before, contact *Contact) ([]Field, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := admission{}
	was := filter.Object{}
	if before != nil {
		was = before.Custom
	}
	custom, err := a.object(c.root, contact.Custom, was)
	if err != nil {
		return nil, err.At(filter.CustomField)
	}
	if custom != nil {
		contact.Custom = custom
	}
	if !a.news {
		return nil, nil
	}
	return c.news(contact.Custom), nil
}

// Observe takes note of the shapes of a contact's custom fields as they are, whatever their declared types. It returns
// what Admit returns.
func (c *Catalogue) Observe(contact *Contact) []Field {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.news(contact.Custom)
}

// news takes note of custom fields and returns those of which something is new.
func (c *Catalogue) news(custom filter.Object) []Field {
	c.changed = nil
	c.observeObject(c.root, custom)
	var changed []Field
	for _, node := range c.changed {
		// Nodes that became part of a map-like object on the way are not there any more.
		if !node.reported && c.lookup(node.Path) == node {
			node.reported = true
			f := node.Field
			f.Shape = node.seen
			changed = append(changed, f)
		}
	}
	for _, node := range c.changed {
		node.reported = false
	}
	return changed
}

func (c *Catalogue) observeObject(node *fieldNode, o filter.Object) {
	for key, v := range o {
		if filter.CheckKey(key) == nil { // other programs may have others, for which no filter can ask
			c.observe(c.child(node, key), v)
		}
	}
}

func (c *Catalogue) observe(node *fieldNode, v any) {
	c.see(node, shapeOfValue(v))
	list, _ := v.([]any)
	for _, item := range append(list[:len(list):len(list)], v) {
		if o, ok := item.(filter.Object); ok {
			c.observeObject(node, o)
		}
	}
}

func (c *Catalogue) see(node *fieldNode, shape Shape) {
	node.Shape |= shape
	if !node.seen.includes(shape) {
		node.seen |= shape
		c.changed = append(c.changed, node)
	}
}

// child returns the child that stands for the key, which it adds where there is none.
func (c *Catalogue) child(node *fieldNode, key string) *fieldNode {
	if child := node.find(key); child != nil && (key != AnyKey || node.mapLike()) {
		return child
	}
	if key != AnyKey && (node == c.root || !node.hasDataForKeys(key)) && c.count < MaxFields {
		c.count++
		return node.add(key)
	}
	all := c.becomeMapLike(node)
	c.count = c.root.size()
	return all
}

// ownChild is child for a declared field, which a map-like object has beside the child for all other keys.
func (c *Catalogue) ownChild(node *fieldNode, key string) *fieldNode {
	if child := node.children[key]; child != nil {
		return child
	}
	if key == AnyKey {
		return c.child(node, key)
	}
	child := node.add(key)
	if all := node.children[AnyKey]; all != nil {
		c.merge(child, all) // has seen the values of this key, too
	}
	c.count = c.root.size()
	return child
}

func (n *fieldNode) add(key string) *fieldNode {
	if n.children == nil {
		n.children = map[string]*fieldNode{}
	}
	child := &fieldNode{Field: Field{Path: n.Path + "." + key}}
	n.children[key] = child
	return child
}

func (n *fieldNode) mapLike() bool { return n.children[AnyKey] != nil }

// hasDataForKeys says whether the keys of the object are data, the others included. Keys of declared fields are names.
func (n *fieldNode) hasDataForKeys(others ...string) bool {
	return HasDataForKeys(func(yield func(string) bool) {
		for _, key := range others {
			if !yield(key) {
				return
			}
		}
		for key, child := range n.children {
			if !child.declared() && !yield(key) {
				return
			}
		}
	})
}

// find returns the child that stands for the key, or nil.
func (n *fieldNode) find(key string) *fieldNode {
	if child := n.children[key]; child != nil {
		return child
	}
	return n.children[AnyKey]
}

// becomeMapLike merges into the child at * all others but those that were declared.
func (c *Catalogue) becomeMapLike(n *fieldNode) *fieldNode {
	children := n.children
	n.children = nil
	all := n.add(AnyKey)
	for _, key := range slices.Sorted(maps.Keys(children)) {
		if child := children[key]; child.declared() {
			n.children[key] = child
		} else {
			c.merge(all, child)
		}
	}
	return all
}

func (n *fieldNode) declared() bool {
	if n.Type != filter.KindNull {
		return true
	}
	for _, child := range n.children {
		if child.declared() {
			return true
		}
	}
	return false
}

// merge adds to n what o and its children have seen.
func (c *Catalogue) merge(n, o *fieldNode) {
	n.Shape |= o.Shape
	c.see(n, o.seen)
	if o.mapLike() && !n.mapLike() {
		c.becomeMapLike(n)
	}
	for key, child := range o.children {
		if key == AnyKey {
			for _, mine := range n.children { // those with a place of their own, too
				c.merge(mine, child)
			}
			continue
		}
		mine := n.find(key)
		if mine == nil {
			mine = n.add(key)
		}
		c.merge(mine, child)
	}
	if !n.mapLike() && n.hasDataForKeys() {
		c.becomeMapLike(n)
	}
}

func (n *fieldNode) size() int {
	size := len(n.children)
	for _, child := range n.children {
		size += child.size()
	}
	return size
}
