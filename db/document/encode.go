package document

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"segmentql/filter"
)

// appendElement appends to a document an element with a value of a filter.Object. It makes the same bytes as the bson
// package makes of Value(v).
func appendElement(dst []byte, key string, v any) []byte {
	switch v := v.(type) {
	case nil:
		return bsoncore.AppendNullElement(dst, key)
	case string:
		return bsoncore.AppendStringElement(dst, key, v)
	case int64:
		return bsoncore.AppendInt64Element(dst, key, v)
	case float64:
		return bsoncore.AppendDoubleElement(dst, key, v)
	case bool:
		return bsoncore.AppendBooleanElement(dst, key, v)
	case time.Time:
		return bsoncore.AppendDateTimeElement(dst, key, int64(Instant(v)))
	case filter.Date:
		start, dst := bsoncore.AppendDocumentElementStart(dst, key)
		dst = bsoncore.AppendDateTimeElement(dst, filter.DateKey, int64(Instant(v.Midnight())))
		return end(dst, start)
	case filter.Object:
		start, dst := bsoncore.AppendDocumentElementStart(dst, key)
		return end(appendElements(dst, v), start)
	case []any:
		start, dst := bsoncore.AppendArrayElementStart(dst, key)
		for i, item := range v {
			dst = appendElement(dst, strconv.Itoa(i), item)
		}
		return end(dst, start)
	}
	panic(fmt.Sprintf("a contact cannot have a value of type %T", v))
}

// appendElements appends those of an object, in the order of their keys.
func appendElements(dst []byte, o filter.Object) []byte {
	var most [32]string // which an object seldom has, so that its keys are sorted without an allocation
	keys := most[:0]
	for key := range o {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		dst = appendElement(dst, key, o[key])
	}
	return dst
}

// end ends the document or array that started there.
func end(dst []byte, start int32) []byte {
	dst = append(dst, 0)
	return bsoncore.UpdateLength(dst, start, int32(len(dst)-int(start))) //nolint:gosec // far below what a contact may have
}
