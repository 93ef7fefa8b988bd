package graph_test

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/filter"
	"segmentql/graph"
)

// Values of documents are written as encoding/json writes them, but for instants, which always have milliseconds.
func TestValuesAreWrittenAsEncodingJSONDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := document(4).Draw(t, "value")
		var got bytes.Buffer
		graph.MarshalJSON(v).MarshalGQL(&got)
		if want := encoded(t, v); got.String() != want {
			t.Errorf("got  %s\nwant %s", got.String(), want)
		}
	})
	for _, v := range []any{
		0.0, math.Copysign(0, -1), 1e-6, 9.999e-7, 1e-7, -1e-10, 1e20, 1e21, 1.5e100, 1e-100, math.MaxFloat64, math.SmallestNonzeroFloat64,
		int64(math.MaxInt64), int64(math.MinInt64), "a\x00\x1f\x7f\u2028\u2029\ufffd\xff<&>\"\\/\b\f\n\r\tü🙂\xed\xa0\x80", "", nil, true, false,
		filter.Object(nil), []any(nil),
		filter.Object{"b": int64(1), "a": []any{}, "": filter.Object{}, "ü": nil, "\n": nil},
	} {
		var got bytes.Buffer
		graph.MarshalJSON(v).MarshalGQL(&got)
		if want := encoded(t, v); got.String() != want {
			t.Errorf("got  %s\nwant %s", got.String(), want)
		}
	}
}

// document generates values of documents, nested so deep at most.
func document(depth int) *rapid.Generator[any] {
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	float := rapid.OneOf(rapid.Float64(), rapid.Map(rapid.Float64Range(-30, 30), func(f float64) float64 { return math.Pow(10, f) }))
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil), text.AsAny(), rapid.Int64().AsAny(), rapid.Bool().AsAny(),
		rapid.Map(float, func(f float64) any { return f }),
		rapid.Map(rapid.Int32Range(-1_000_000, 3_000_000), func(d int32) any { return filter.Date(d) }),
		rapid.Map(rapid.Int64Range(-62_135_596_800_000, 253_402_300_799_999), func(ms int64) any { return time.UnixMilli(ms).UTC() }),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	return rapid.OneOf(append(scalars,
		rapid.Map(rapid.MapOfN(text, document(depth-1), 0, 8), func(o map[string]any) any { return o }),
		rapid.SliceOfN(document(depth-1), 0, 5).AsAny(),
	)...)
}

// encoded is what encoding/json makes of a value.
func encoded(t interface{ Fatal(...any) }, v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(withInstants(v)); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// withInstants writes instants as JavaScript does.
func withInstants(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	case filter.Object:
		o := filter.Object{}
		for key, item := range v {
			o[key] = withInstants(item)
		}
		return o
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, withInstants(item))
		}
		return list
	}
	return v
}
