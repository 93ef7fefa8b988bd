package filter

import "fmt"

// Limits bound a filter. A configuration may lower them.
type Limits struct {
	Depth      int // nesting of and, or, not and any; a single condition has depth 1
	Conditions int // conditions in the whole filter; groups are bounded by the same number
	Values     int // values in one list
	Pattern    int // characters in one regular expression
	Text       int // bytes in one text
}

// The default limits.
const (
	MaxDepth      = 20
	MaxConditions = 500
	MaxValues     = 10_000
	MaxPattern    = 256
	MaxText       = 10_000
)

// Limits of what stores are asked at once, which no configuration changes.
const (
	MaxNestedAny = 8       // any within any
	MaxSize      = 4 << 20 // bytes of all values, those of segments to which the filter refers included
)

// Check says whether the limits are set and none is above its default.
func (l Limits) Check() error {
	most := DefaultLimits()
	for _, limit := range []struct {
		name        string
		value, most int
	}{
		{"depth", l.Depth, most.Depth},
		{"conditions", l.Conditions, most.Conditions},
		{"values", l.Values, most.Values},
		{"pattern", l.Pattern, most.Pattern},
		{"text", l.Text, most.Text},
	} {
		if limit.value < 1 || limit.value > limit.most {
			return fmt.Errorf("the limit of a filter's %s is from 1 to %d", limit.name, limit.most)
		}
	}
	return nil
}

// DefaultLimits returns the limits that hold unless a configuration lowers them.
func DefaultLimits() Limits {
	return Limits{Depth: MaxDepth, Conditions: MaxConditions, Values: MaxValues, Pattern: MaxPattern, Text: MaxText}
}
