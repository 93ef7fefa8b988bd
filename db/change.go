package db

import (
	"maps"
	"slices"

	"segmentql/filter"
)

// Values that are read into contacts seldom have to be changed, and values in contacts are shared. So both functions
// return what they were given, unless change changes something in it: then they return a copy.

// changeList changes the elements of a list.
func changeList(list []any, change func(item any) (any, bool, *Error)) (result []any, changed bool, err *Error) {
	result = list
	for i, item := range list {
		item, differs, err := change(item)
		if err != nil {
			return nil, false, err.At(i)
		}
		if differs && !changed {
			result, changed = slices.Clone(list), true
		}
		if differs {
			result[i] = item
		}
	}
	return result, changed, nil
}

// changeObject changes the values in an object.
func changeObject(o filter.Object, change func(key string, v any) (any, bool, *Error)) (result filter.Object, changed bool, err *Error) {
	result = o
	for key, v := range o {
		v, differs, err := change(key, v)
		if err != nil {
			return nil, false, err.At(key)
		}
		if differs && !changed {
			result, changed = maps.Clone(o), true
		}
		if differs {
			result[key] = v
		}
	}
	return result, changed, nil
}
