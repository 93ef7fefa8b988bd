package filter_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/filter"
)

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]any{
		"0": int64(0), "-0": int64(0), "5": int64(5), "-7": int64(-7),
		"9007199254740993": int64(1<<53 + 1), "9223372036854775807": int64(math.MaxInt64), "-9223372036854775808": int64(math.MinInt64),
		"5.0": 5.0, "5e0": 5.0, "1e3": 1000.0, "0.1": 0.1, "-1.5e-3": -0.0015, "1e308": 1e308, "1e-400": 0.0,
		"9223372036854775808": 9223372036854775808.0, "-9223372036854775809.0": -9223372036854775808.0,
		"10000000000000000000000": 1e22, "100000000000000000000000000000000000000000.5": 1e41,
	} {
		n, err := filter.ParseNumber(json.Number(text))
		if err != nil || n != want {
			t.Errorf("%s: got %#v, %v", text, n, err)
		}
	}
	if n, err := filter.ParseNumber("-0.0"); err != nil || !math.Signbit(n.(float64)) {
		t.Errorf("-0.0: got %v, %v", n, err)
	}
	for text, want := range map[string]string{
		"9223372036854775809":        "9223372036854775809 is a whole number that cannot be kept exactly; write it as text",
		"-9223372036854775809":       "-9223372036854775809 is a whole number that cannot be kept exactly; write it as text",
		"10000000000000000000000001": "10000000000000000000000001 is a whole number that cannot be kept exactly; write it as text",
		"1e309":                      "1e309 is not a finite number",
		"-1e999":                     "-1e999 is not a finite number",
		"NaN":                        "NaN is not a finite number",
		"Infinity":                   "Infinity is not a finite number",
		"five":                       "five is not a finite number",
		"":                           " is not a finite number",
		strings.Repeat("9", 400):     strings.Repeat("9", 60) + "… is not a finite number",
	} {
		if n, err := filter.ParseNumber(json.Number(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, %v", text, n, err)
		}
	}
}

func TestParseKind(t *testing.T) {
	for k := filter.KindNull; k <= filter.KindDateTime; k++ {
		if back, ok := filter.ParseKind(k.String()); !ok || back != k {
			t.Errorf("%s is read as %s", k, back)
		}
	}
	for _, name := range []string{"", "text", "UNKNOWN", "INT"} {
		if k, ok := filter.ParseKind(name); ok {
			t.Errorf("%q is read as %s", name, k)
		}
	}
}

// A Go type that no document has is a null to every filter.
func TestKindOfOtherTypes(t *testing.T) {
	for _, v := range []any{int32(1), uint64(1), float32(1), []string{"a"}, map[string]string{}, struct{}{}, json.Number("1")} {
		if k := filter.KindOf(v); k != filter.KindNull {
			t.Errorf("%T is %s", v, k)
		}
	}
}

// ascending are values in the order in which contacts are sorted; those in one list are equal.
func ascending() [][]any {
	return [][]any{
		{nil},
		{-math.MaxFloat64},
		{int64(math.MinInt64), float64(math.MinInt64)},
		{int64(math.MinInt64 + 1)},
		{-1.5},
		{int64(-1), -1.0},
		{-math.SmallestNonzeroFloat64},
		{int64(0), 0.0, math.Copysign(0, -1)},
		{math.SmallestNonzeroFloat64},
		{int64(1 << 53), float64(1 << 53)},
		{int64(1<<53 + 1)},
		{int64(1<<53 + 2), float64(1<<53 + 2)},
		{int64(math.MaxInt64 - 1)},
		{int64(math.MaxInt64)},
		{9223372036854775808.0},
		{math.MaxFloat64},
		{""},
		{"A"},
		{"a"},
		{"a\x00"},
		{"aa"},
		{"Å"},
		{"\U0001F600"},
		{filter.Object{}, filter.Object{"a": int64(1)}},
		{filter.NewDate(1960, 1, 1)},
		{filter.NewDate(2026, 3, 1)},
		{[]any{}, []any{int64(1)}},
		{false},
		{true},
		{time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC)},
		{time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 10, 0, 0, 0, time.FixedZone("", 3600))},
	}
}

func TestCompareTable(t *testing.T) {
	values := ascending()
	for i, some := range values {
		for j, others := range values {
			for _, a := range some {
				for _, b := range others {
					if got, want := filter.Compare(a, b), sign(i-j); got != want {
						t.Errorf("%#v and %#v: got %d, want %d", a, b, got, want)
					}
				}
			}
		}
	}
}

func TestCompareIsATotalOrder(t *testing.T) {
	pool := rapid.SampledFrom(slices.Concat(ascending()...))
	value := rapid.OneOf(
		pool,
		rapid.Map(rapid.Int64(), func(i int64) any { return i }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		// Around 2^53 and 2^63, where neighbours meet.
		rapid.Map(rapid.Int64Range(1<<53-3, 1<<53+3), func(i int64) any { return i }),
		rapid.Map(rapid.Int64Range(1<<53-3, 1<<53+3), func(i int64) any { return float64(i) }),
		rapid.Map(rapid.Int64Range(math.MaxInt64-1500, math.MaxInt64), func(i int64) any { return i }),
		rapid.Map(rapid.Int64Range(math.MaxInt64-1500, math.MaxInt64), func(i int64) any { return float64(i) }),
		rapid.Map(rapid.String(), func(s string) any { return s }),
	)
	rapid.Check(t, func(r *rapid.T) {
		a, b, c := value.Draw(r, "a"), value.Draw(r, "b"), value.Draw(r, "c")
		if filter.Compare(a, a) != 0 {
			r.Fatalf("%v is not itself", a)
		}
		if filter.Compare(a, b) != -filter.Compare(b, a) {
			r.Fatalf("%v and %v are not antisymmetric", a, b)
		}
		ordered := []any{a, b, c}
		slices.SortStableFunc(ordered, filter.Compare)
		if x, y, z := ordered[0], ordered[1], ordered[2]; filter.Compare(x, y) > 0 || filter.Compare(y, z) > 0 || filter.Compare(x, z) > 0 {
			r.Fatalf("%v, %v and %v are not transitive", x, y, z)
		}
		if filter.Compare(a, b) == 0 && filter.Compare(a, c) != filter.Compare(b, c) {
			r.Fatalf("%v and %v are equal, but not to %v", a, b, c)
		}
	})
}

// Equality in a filter and in a sort is the same.
func TestEqualsAgreesWithCompare(t *testing.T) {
	numbers := rapid.SampledFrom(slices.DeleteFunc(slices.Concat(ascending()...), func(v any) bool { return filter.KindOf(v) != filter.KindNumber }))
	rapid.Check(t, func(r *rapid.T) {
		a, b := numbers.Draw(r, "a"), numbers.Draw(r, "b")
		n, err := filter.Parser{}.Parse(filter.Object{"number": filter.Object{"path": "custom.n", "equals": a}})
		if err != nil {
			r.Fatal(err)
		}
		d := filter.AsDocument(filter.Object{"custom": filter.Object{"n": b}})
		if got, want := filter.Match(n, d), filter.Compare(a, b) == 0; got != want {
			r.Fatalf("%v equals %v: got %t", b, a, got)
		}
	})
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	default:
		return 0
	}
}
