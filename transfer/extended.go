package transfer

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/filter"
)

// undefined stands for a value that MongoDB says is not there.
type undefined struct{}

// errForm is returned for a value that has the keys of extended JSON, but not what belongs there.
var errForm = errors.New("it is not a value of MongoDB extended JSON")

// extended returns what an object with $ keys stands for in MongoDB extended JSON, in its canonical, relaxed and
// version 1 forms (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/); values within it were read
// already. An object that stands for nothing is returned as it is: its keys are refused when a contact gets them.
func extended(o filter.Object) (any, error) {
	switch strings.Join(slices.Sorted(maps.Keys(o)), " ") {
	case "$undefined":
		return undefined{}, nil
	case "$oid", "$symbol", "$code", "$uuid":
		return only[string](o)
	case "$numberInt", "$numberLong":
		return whole(o)
	case "$numberDouble":
		return double(o)
	case "$numberDecimal":
		return decimal(o)
	case "$date":
		return date(o["$date"])
	case "$timestamp":
		return timestamp(o["$timestamp"])
	case "$binary", "$binary $type":
		return binary(o)
	case "$regularExpression":
		inner, _ := o["$regularExpression"].(filter.Object)
		return expression(inner["pattern"], inner["options"])
	case "$options $regex":
		return expression(o["$regex"], o["$options"])
	case "$minKey", "$maxKey", "$code $scope", "$dbPointer":
		text, err := json.Marshal(o)
		if err != nil {
			return nil, errForm
		}
		return nil, fmt.Errorf("%s has no meaning for a contact; leave it out", abbreviate(string(text)))
	}
	return o, nil
}

// only returns the one value in the object.
func only[T any](o filter.Object) (T, error) {
	for _, v := range o {
		if v, ok := v.(T); ok {
			return v, nil
		}
	}
	var none T
	return none, errForm
}

func whole(o filter.Object) (any, error) {
	if n, err := only[int64](o); err == nil {
		return n, nil
	}
	text, _ := only[string](o)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, errForm
	}
	return n, nil
}

func double(o filter.Object) (any, error) {
	text, err := only[string](o)
	if err != nil {
		return nil, err
	}
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return nil, fmt.Errorf("%s is not a finite number; leave it out", abbreviate(text))
	case err != nil:
		return nil, errForm
	}
	return f, nil
}

// decimal keeps a decimal number where an integer or the shortest decimal form of a float64 has the same value.
func decimal(o filter.Object) (any, error) {
	text, err := only[string](o)
	if err != nil {
		return nil, err
	}
	// Its range of exponents bounds the work below.
	d, err := bson.ParseDecimal128(text)
	if err != nil {
		return nil, errForm
	}
	if d.IsNaN() || d.IsInf() != 0 {
		return nil, fmt.Errorf("%s is not a finite number; leave it out", text)
	}
	exact, ok := new(big.Rat).SetString(d.String())
	if !ok {
		return nil, errForm
	}
	if exact.IsInt() && exact.Num().IsInt64() {
		return exact.Num().Int64(), nil
	}
	f, err := strconv.ParseFloat(d.String(), 64)
	if err == nil {
		shortest, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'e', -1, 64))
		if ok && shortest.Cmp(exact) == 0 {
			return f, nil
		}
	}
	return nil, fmt.Errorf("%s cannot be kept exactly as a number; write it as text", abbreviate(text))
}

func date(v any) (any, error) {
	switch v := v.(type) {
	case int64:
		return inCalendar(time.UnixMilli(v))
	case string:
		// Ours: MongoDB has no days.
		if day, err := filter.ParseDate(v); err == nil {
			return day, nil
		}
		// mongoexport before version 4 wrote offsets without a colon.
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
			if t, err := time.Parse(layout, v); err == nil {
				return inCalendar(t)
			}
		}
	}
	return nil, errForm
}

func timestamp(v any) (any, error) {
	o, _ := v.(filter.Object)
	seconds, ok := o["t"].(int64)
	if !ok {
		return nil, errForm
	}
	return inCalendar(time.Unix(seconds, 0))
}

// inCalendar refuses instants that have no form in RFC 3339.
func inCalendar(t time.Time) (any, error) {
	t = t.UTC()
	if year := t.Year(); year < 0 || year > 9999 {
		return nil, fmt.Errorf("the year %d is not between 0 and 9999", year)
	}
	return t, nil
}

// binary returns a UUID as such and any other data as base64.
func binary(o filter.Object) (any, error) {
	text, subtype := o["$binary"], o["$type"]
	if inner, ok := text.(filter.Object); ok {
		text, subtype = inner["base64"], inner["subType"]
	}
	encoded, ok := text.(string)
	if !ok {
		return nil, errForm
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errForm
	}
	if (subtype == "04" || subtype == "4") && len(data) == 16 {
		return fmt.Sprintf("%x-%x-%x-%x-%x", data[:4], data[4:6], data[6:8], data[8:10], data[10:]), nil
	}
	return encoded, nil
}

func expression(pattern, options any) (any, error) {
	p, isText := pattern.(string)
	o, hasOptions := options.(string)
	if !isText || !hasOptions {
		return nil, errForm
	}
	return "/" + p + "/" + o, nil
}
