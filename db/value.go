package db

import (
	"encoding/json"
	"math"
	"time"
	"unicode/utf8"

	"segmentql/filter"
)

// normaliseValue copies a value of a document, with numbers as json.Number or of any common Go type, into the types
// of filter.Object and checks keys, depth and size.
func normaliseValue(v any, depth int, size *int) (any, *Error) {
	if depth > MaxCustomDepth {
		return nil, Errorf(LimitExceeded, "custom fields are nested at most %d deep", MaxCustomDepth)
	}
	if *size += 8 + textLength(v); *size > MaxCustomSize {
		return nil, Errorf(LimitExceeded, "the custom fields of a contact take at most %d bytes", MaxCustomSize)
	}
	switch v := v.(type) {
	case nil, bool, int64, filter.Date:
		return v, nil
	case int:
		return int64(v), nil
	case int32:
		return int64(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, Errorf(BadInput, "%v is not a finite number", v)
		}
		return v, nil
	case json.Number:
		n, err := filter.ParseNumber(v)
		if err != nil {
			return nil, Errorf(BadInput, "%s", err)
		}
		return n, nil
	case time.Time:
		return millis(v), nil
	case string:
		if !utf8.ValidString(v) {
			return nil, Errorf(BadInput, "the text is not valid UTF-8")
		}
		return v, nil
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			var err *Error
			if list[i], err = normaliseValue(item, depth+1, size); err != nil {
				return nil, err.At(i)
			}
		}
		return list, nil
	case filter.Object:
		object := make(filter.Object, len(v))
		for key, item := range v {
			if err := filter.CheckKey(key); err != nil {
				return nil, Errorf(BadInput, "%s; give the field another name", err).At(key)
			}
			*size += len(key)
			var err *Error
			if object[key], err = normaliseValue(item, depth+1, size); err != nil {
				return nil, err.At(key)
			}
		}
		return object, nil
	}
	return nil, Errorf(BadInput, "a value of type %T cannot be kept", v)
}

func textLength(v any) int {
	text, _ := v.(string)
	return len(text)
}
