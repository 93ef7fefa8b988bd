package db

import (
	"reflect"

	"segmentql/filter"
)

// admission brings the custom fields of one contact into their declared types. Most contacts are like others before,
// so it also finds out whether there is anything to tell the catalogue.
type admission struct {
	news bool // the catalogue may not have seen all of the contact
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
		a.news = a.news || key == AnyKey || !child.Shape.includes(shapeOfValue(v))
		return v, changed, err
	})
}

func (a *admission) value(node *fieldNode, v, before any) (conformed any, changed bool, err *Error) {
	if node.Type != filter.KindNull {
		conformed, changed, err = conform(v, node.Type)
		if err != nil && reflect.DeepEqual(v, before) {
			return v, false, nil
		}
		return conformed, changed, err
	}
	switch t := v.(type) {
	case filter.Object:
		was, _ := before.(filter.Object)
		object, err := a.object(node, t, was)
		if object == nil {
			return v, false, err
		}
		return object, true, nil
	case []any:
		list, err := changeList(t, func(item any) (any, bool, *Error) { return a.value(node, item, nil) })
		if list == nil {
			return v, false, err
		}
		return list, true, nil
	}
	return v, false, nil
}
