package filter

import (
	"cmp"
	"math"
	"math/big"
	"time"
)

// Object is a document or a nested object. Its values have these Go types and no others:
//
//	nil, string, int64, float64, bool, Date, time.Time (UTC, milliseconds), Object, []any
type Object = map[string]any

// Kind is the type of one value in a document.
type Kind uint8

// The kinds, in the order in which values of different kinds sort. Stores keep their numbers: never renumber.
const (
	KindNull Kind = iota
	KindNumber
	KindText
	KindObject
	KindDate
	KindList
	KindBoolean
	KindDateTime
)

// String returns the name the API uses for the kind.
func (k Kind) String() string {
	switch k {
	case KindNull:
		return "NULL"
	case KindNumber:
		return "NUMBER"
	case KindText:
		return "TEXT"
	case KindObject:
		return "OBJECT"
	case KindDate:
		return "DATE"
	case KindList:
		return "LIST"
	case KindBoolean:
		return "BOOLEAN"
	case KindDateTime:
		return "DATETIME"
	}
	return "UNKNOWN"
}

// ParseKind is the inverse of Kind.String.
func ParseKind(name string) (Kind, bool) {
	for k := KindNull; k <= KindDateTime; k++ {
		if k.String() == name {
			return k, true
		}
	}
	return KindNull, false
}

// KindOf returns the kind of a document value. A Go type that Object does not list counts as null, so that
// nothing ever matches it.
func KindOf(v any) Kind {
	switch v.(type) {
	case string:
		return KindText
	case int64, float64:
		return KindNumber
	case bool:
		return KindBoolean
	case Date:
		return KindDate
	case time.Time:
		return KindDateTime
	case Object:
		return KindObject
	case []any:
		return KindList
	default:
		return KindNull
	}
}

// Compare orders two scalar values: first by kind, then by value. Numbers compare by value whatever their Go
// type, exactly also beyond 2^53; text compares by bytes. Lists and objects are all equal among themselves.
func Compare(a, b any) int {
	ka, kb := KindOf(a), KindOf(b)
	if ka != kb {
		return cmp.Compare(ka, kb)
	}
	switch ka {
	case KindNumber:
		return compareNumbers(a, b)
	case KindText:
		return cmp.Compare(a.(string), b.(string))
	case KindBoolean:
		return compareBooleans(a.(bool), b.(bool))
	case KindDate:
		return cmp.Compare(a.(Date), b.(Date))
	case KindDateTime:
		return a.(time.Time).Compare(b.(time.Time))
	case KindNull, KindObject, KindList:
		return 0
	}
	return 0
}

func compareBooleans(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

func compareNumbers(a, b any) int {
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
		return compareIntFloat(a, b.(float64))
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
		return -compareIntFloat(b.(int64), a)
	}
	return 0
}

// exactInts is the range within which every integer has its own float64.
const exactInts = 1 << 53

func compareIntFloat(i int64, f float64) int {
	if -exactInts <= i && i <= exactInts || math.IsInf(f, 0) || math.IsNaN(f) {
		return cmp.Compare(float64(i), f)
	}
	return new(big.Float).SetInt64(i).Cmp(new(big.Float).SetFloat64(f))
}

// Canonical gives numbers that are equal by value the same Go value, so that they can be map keys.
func Canonical(v any) any {
	f, ok := v.(float64)
	if !ok {
		return v
	}
	// The upper bound is exclusive: float64(MaxInt64) is 2^63, which no int64 holds.
	if f == math.Trunc(f) && f >= math.MinInt64 && f < -math.MinInt64 {
		return int64(f)
	}
	return v
}
