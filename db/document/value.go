// Package document is how contacts are kept as BSON documents, the same in every store. Types are kept exactly:
// whole numbers as int64, others as double, instants as date, and a calendar day, for which BSON has no type, as
// {_day: midnight UTC}, a key that no contact may have.
package document

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/filter"
)

// Value returns a value of a filter.Object in the form that the bson package marshals.
func Value(v any) any {
	switch v := v.(type) {
	case filter.Date:
		return bson.D{{Key: filter.DateKey, Value: Instant(v.Midnight())}}
	case time.Time:
		return Instant(v)
	case filter.Object:
		d := make(bson.D, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			d = append(d, bson.E{Key: key, Value: Value(v[key])})
		}
		return d
	case []any:
		list := make(bson.A, len(v))
		for i, item := range v {
			list[i] = Value(item)
		}
		return list
	}
	return v
}

// Instant returns t as BSON keeps it.
func Instant(t time.Time) bson.DateTime { return bson.NewDateTimeFromTime(t) }

// ReadValue returns a BSON value as one of filter.Object. Of the types that SegmentQL does not write, but other
// programs may, it keeps what a reader can use.
func ReadValue(v bson.RawValue) any {
	switch v.Type {
	case bson.TypeString:
		return v.StringValue()
	case bson.TypeInt64:
		return v.Int64()
	case bson.TypeInt32:
		return int64(v.Int32())
	case bson.TypeDouble:
		if f := v.Double(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
		return nil // to a filter they are no numbers
	case bson.TypeBoolean:
		return v.Boolean()
	case bson.TypeDateTime:
		return v.Time().UTC()
	case bson.TypeEmbeddedDocument:
		return decodeObject(v.Document())
	case bson.TypeArray:
		list := []any{}
		each(bson.Raw(v.Array()), func(_ string, item bson.RawValue) { list = append(list, ReadValue(item)) })
		return list
	case bson.TypeObjectID:
		return v.ObjectID().Hex()
	case bson.TypeSymbol:
		return v.Symbol()
	case bson.TypeDecimal128:
		if n, err := filter.ParseNumber(json.Number(v.Decimal128().String())); err == nil {
			return n
		}
		return v.Decimal128().String()
	case bson.TypeTimestamp:
		seconds, _ := v.Timestamp()
		return time.Unix(int64(seconds), 0).UTC()
	case bson.TypeBinary:
		_, data := v.Binary()
		return base64.StdEncoding.EncodeToString(data)
	default:
		return nil
	}
}

func decodeObject(raw bson.Raw) any {
	if day, ok := Day(raw); ok {
		return day
	}
	o := filter.Object{}
	each(raw, func(key string, v bson.RawValue) { o[key] = ReadValue(v) })
	return o
}
