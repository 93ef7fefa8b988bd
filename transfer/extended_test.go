package transfer

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/filter"
)

func TestExtendedJSON(t *testing.T) {
	instant := time.Date(2014, 6, 13, 14, 0, 0, 123e6, time.UTC)
	for text, want := range map[string]any{
		`{"$oid":"5ca4bbcea2dd94ee58162a68"}`:                                     "5ca4bbcea2dd94ee58162a68",
		`{"$date":"2014-06-13T14:00:00.123Z"}`:                                    instant,
		`{"$date":"2014-06-13T10:00:00.123-0400"}`:                                instant,
		`{"$date":"2014-06-13T10:00:00.123-04:00"}`:                               instant,
		`{"$date":{"$numberLong":"1402668000123"}}`:                               instant,
		`{"$date":1402668000123}`:                                                 instant,
		`{"$date":{"$numberLong":"-1"}}`:                                          time.UnixMilli(-1).UTC(),
		`{"$numberInt":"-5"}`:                                                     int64(-5),
		`{"$numberLong":"9223372036854775807"}`:                                   int64(9223372036854775807),
		`{"$numberLong":5}`:                                                       int64(5),
		`{"$numberDouble":"5"}`:                                                   5.0,
		`{"$numberDouble":"-1.5E+3"}`:                                             -1500.0,
		`{"$numberDecimal":"10.00"}`:                                              int64(10),
		`{"$numberDecimal":"1E+3"}`:                                               int64(1000),
		`{"$numberDecimal":"9223372036854775807"}`:                                int64(9223372036854775807),
		`{"$numberDecimal":"0.10"}`:                                               0.1,
		`{"$numberDecimal":"-12.34"}`:                                             -12.34,
		`{"$numberDecimal":"1E+300"}`:                                             1e300,
		`{"$timestamp":{"t":1402668000,"i":1}}`:                                   instant.Truncate(time.Second),
		`{"$binary":{"base64":"AQID","subType":"00"}}`:                            "AQID",
		`{"$binary":"AQID","$type":"00"}`:                                         "AQID",
		`{"$binary":{"base64":"c//SZESzTGmQ6OfR38A11A==","subType":"04"}}`:        "73ffd264-44b3-4c69-90e8-e7d1dfc035d4",
		`{"$uuid":"73ffd264-44b3-4c69-90e8-e7d1dfc035d4"}`:                        "73ffd264-44b3-4c69-90e8-e7d1dfc035d4",
		`{"$regularExpression":{"pattern":"^a","options":"i"}}`:                   "/^a/i",
		`{"$regex":"^a","$options":""}`:                                           "/^a/",
		`{"$symbol":"s"}`:                                                         "s",
		`{"$code":"f()"}`:                                                         "f()",
		`{"a":{"$undefined":true},"b":[{"$undefined":true},{"$numberInt":"1"}]}`:  filter.Object{"b": []any{nil, int64(1)}},
		`{"$ref":"orders","$id":{"$oid":"5ca4bbcea2dd94ee58162a68"}}`:             filter.Object{"$ref": "orders", "$id": "5ca4bbcea2dd94ee58162a68"},
		`{"$date":"2014-06-13T14:00:00.123Z","note":"an object of its own keys"}`: filter.Object{"$date": "2014-06-13T14:00:00.123Z", "note": "an object of its own keys"},
	} {
		document, err := decodeDocument([]byte(`{"v":` + text + `}`))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := document["v"]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %#v, want %#v", text, got, want)
		}
	}
}

func TestExtendedJSONRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"$numberDouble":"NaN"}`:                      "NaN is not a finite number",
		`{"$numberDouble":"-Infinity"}`:                "-Infinity is not a finite number",
		`{"$numberDouble":"1e999"}`:                    "1e999 is not a finite number",
		`{"$numberDecimal":"NaN"}`:                     "NaN is not a finite number",
		`{"$numberDecimal":"0.12345678901234567890"}`:  "cannot be kept exactly",
		`{"$numberDecimal":"1E-6000"}`:                 "cannot be kept exactly",
		`{"$numberDecimal":"1E+999999999999"}`:         errForm.Error(),
		`{"$numberDecimal":"ten"}`:                     errForm.Error(),
		`{"$numberLong":"9223372036854775808"}`:        errForm.Error(),
		`{"$numberInt":"1.5"}`:                         errForm.Error(),
		`{"$oid":5}`:                                   errForm.Error(),
		`{"$date":"yesterday"}`:                        errForm.Error(),
		`{"$date":{"$numberLong":"253402300800000"}}`:  "the year 10000 is not between 0 and 9999",
		`{"$timestamp":5}`:                             errForm.Error(),
		`{"$binary":{"base64":"%","subType":"00"}}`:    errForm.Error(),
		`{"$regularExpression":"a"}`:                   errForm.Error(),
		`{"$minKey":1}`:                                "has no meaning for a contact",
		`{"$maxKey":1}`:                                "has no meaning for a contact",
		`{"$code":"f","$scope":{}}`:                    "has no meaning for a contact",
		`{"a":[1,{"b":{"$numberDouble":"Infinity"}}]}`: "v.a.1.b: Infinity is not a finite number",
	} {
		if v, err := decodeDocument([]byte(`{"v":` + text + `}`)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is %v, %v; want the error %s", text, v, err, want)
		}
	}
}

// TestExtendedJSONAgreesWithMongoDB writes values as the MongoDB driver does.
func TestExtendedJSONAgreesWithMongoDB(t *testing.T) {
	instant := time.Date(2014, 6, 13, 14, 0, 0, 123e6, time.UTC)
	id := bson.NewObjectIDFromTimestamp(instant)
	document := bson.D{
		{Key: "id", Value: id},
		{Key: "int", Value: int32(5)},
		{Key: "long", Value: int64(1) << 60},
		{Key: "double", Value: 1.25},
		{Key: "whole", Value: 2.0},
		{Key: "at", Value: bson.NewDateTimeFromTime(instant)},
		{Key: "early", Value: bson.NewDateTimeFromTime(time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC))},
		{Key: "list", Value: bson.A{"x", true, nil, bson.D{{Key: "y", Value: int32(-1)}}}},
	}
	want := filter.Object{
		"id": id.Hex(), "int": int64(5), "long": int64(1) << 60, "double": 1.25, "whole": 2.0, "at": instant,
		"early": time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC),
		"list":  []any{"x", true, nil, filter.Object{"y": int64(-1)}},
	}
	for _, canonical := range []bool{true, false} {
		text, err := bson.MarshalExtJSON(document, canonical, false)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeDocument(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngot  %v, %v\nwant %v", text, got, err, want)
		}
	}
}
