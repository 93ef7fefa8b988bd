package db

import (
	"encoding/json"
	"math"
	"time"
	"unicode/utf8"

	"segmentql/filter"
)

// normaliser brings values of a document, with numbers as json.Number or of any common Go type, into the types of
// filter.Object and checks keys, depth and size.
type normaliser struct {
	size int // bytes, roughly, of the values so far
}

func (n *normaliser) value(v any, depth int) (normal any, changed bool, err *Error) {
	if depth > MaxCustomDepth {
		return nil, false, Errorf(LimitExceeded, "custom fields are nested at most %d deep", MaxCustomDepth)
	}
	if n.size += 8 + textLength(v); n.size > MaxCustomSize {
		return nil, false, Errorf(LimitExceeded, "the custom fields of a contact take at most %d bytes", MaxCustomSize)
	}
	switch t := v.(type) {
	case nil, bool, int64, filter.Date:
		return v, false, nil
	case int:
		return int64(t), true, nil
	case int32:
		return int64(t), true, nil
	case float64:
		if math.IsNaN(t) || math.IsInf(t, 0) {
			return nil, false, Errorf(BadInput, "%v is not a finite number", t)
		}
		return v, false, nil
	case json.Number:
		number, err := filter.ParseNumber(t)
		if err != nil {
			return nil, false, Errorf(BadInput, "%s", err)
		}
		return number, true, nil
	case time.Time:
		return millis(t), true, nil
	case string:
		if !utf8.ValidString(t) {
			return nil, false, Errorf(BadInput, "the text is not valid UTF-8")
		}
		return v, false, nil
	case []any:
		list, err := changeList(t, func(_ int, item any) (any, bool, *Error) { return n.value(item, depth+1) })
		if list == nil {
			return v, false, err
		}
		return list, true, nil
	case filter.Object:
		object, err := n.object(t, depth)
		if object == nil {
			return v, false, err
		}
		return object, true, nil
	}
	return nil, false, Errorf(BadInput, "a value of type %T cannot be kept", v)
}

func (n *normaliser) object(o filter.Object, depth int) (changed filter.Object, err *Error) {
	return changeObject(o, func(key string, v any) (any, bool, *Error) {
		if err := filter.CheckKey(key); err != nil {
			return nil, false, Errorf(BadInput, "%s; give the field another name", err)
		}
		n.size += len(key)
		return n.value(v, depth+1)
	})
}

func textLength(v any) int {
	text, _ := v.(string)
	return len(text)
}
