package db

import (
	"reflect"

	"segmentql/filter"
)

// admission brings the custom fields of one contact into their declared types. Most contacts are like others before,
// so it also finds out whether there is anything to tell the catalogue.
type admission struct {
	news bool // the catalogue may not have seen all of the contact

	// Of the field at the path.
	path     string
	converts bool     // a value is brought into the declared type
	stay     []*Error // why values of other types that were there before stay
}

// Reread says what becomes of the contact's values of a declared field when the contact is written again as it is: whether
// any of them is brought into the type, and why those stay that cannot be.
func (c *Catalogue) Reread(path string, contact *Contact) (converts bool, stay []*Error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	a := admission{path: path}
	if _, err := a.object(c.root, contact.Custom, contact.Custom); err != nil {
		return false, []*Error{err} // there is none: all was there before
	}
	return a.converts, a.stay
}

// object returns nil where nothing has to be changed. Before is what the object was; what is in it still is let through
// whatever its type is, so that a field which was declared since does not keep others from being changed.
func (a *admission) object(node *fieldNode, o, before filter.Object) (changed filter.Object, err *Error) {
	return changeObject(o, func(key string, v any) (any, bool, *Error) {
		child := node.find(key)
		if child == nil {
			a.news = true
			return v, false, nil
		}
		v, changed, err := a.value(child, v, before[key])
		a.news = a.news || key == AnyKey || !child.seen.includes(shapeOfValue(v))
		return v, changed, err
	})
}

func (a *admission) value(node *fieldNode, v, before any) (conformed any, changed bool, err *Error) {
	switch t := v.(type) {
	case []any:
		was, _ := before.([]any)
		list, err := changeList(t, func(i int, item any) (any, bool, *Error) {
			if i < len(was) {
				return a.value(node, item, was[i])
			}
			return a.value(node, item, nil)
		})
		if list == nil {
			return v, false, err
		}
		return list, true, nil
	case filter.Object:
		if node.Type != filter.KindNull {
			break
		}
		was, _ := before.(filter.Object)
		object, err := a.object(node, t, was)
		if object == nil {
			return v, false, err
		}
		return object, true, nil
	}
	if node.Type == filter.KindNull {
		return v, false, nil
	}
	conformed, changed, err = conform(v, node.Type)
	mine := node.Path == a.path
	switch {
	case err == nil:
		a.converts = a.converts || changed && mine
	case reflect.DeepEqual(v, before):
		if mine {
			a.stay = append(a.stay, err)
		}
		return v, false, nil
	}
	return conformed, changed, err
}
