package db

import (
	"maps"
	"slices"

	"segmentql/filter"
)

// Values that are read into contacts seldom have to be changed, and values in contacts are shared. So both functions
// return a copy where change changes something, and nil where it does not.

// changeList changes the elements of a list.
func changeList(list []any, change func(i int, item any) (any, bool, *Error)) (changed []any, err *Error) {
	for i, item := range list {
		item, differs, err := change(i, item)
		if err != nil {
			return nil, err.At(i)
		}
		if !differs {
			continue
		}
		if changed == nil {
			changed = slices.Clone(list)
		}
		changed[i] = item
	}
	return changed, nil
}

// changeObject changes the values in an object.
func changeObject(o filter.Object, change func(key string, v any) (any, bool, *Error)) (changed filter.Object, err *Error) {
	for key, v := range o {
		v, differs, err := change(key, v)
		if err != nil {
			return nil, err.At(key)
		}
		if !differs {
			continue
		}
		if changed == nil {
			changed = maps.Clone(o)
		}
		changed[key] = v
	}
	return changed, nil
}
