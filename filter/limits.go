package filter

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

// DefaultLimits returns the limits that hold unless a configuration lowers them.
func DefaultLimits() Limits {
	return Limits{Depth: MaxDepth, Conditions: MaxConditions, Values: MaxValues, Pattern: MaxPattern, Text: MaxText}
}
