package filter

import (
	"fmt"
	"strings"
)

// Code says what kind of mistake a Problem is; the values are those of the API's extensions.code.
type Code string

// The codes.
const (
	BadInput      Code = "BAD_USER_INPUT"
	UnknownField  Code = "UNKNOWN_FIELD"
	NotFound      Code = "NOT_FOUND"
	LimitExceeded Code = "LIMIT_EXCEEDED"
)

// Problem is one mistake in a filter.
type Problem struct {
	Path    []any // from the input's root: names and list positions
	Code    Code
	Message string // what is wrong and how to mend it
}

// Problems are all the mistakes in a filter, in the order in which they stand there.
type Problems []Problem

// Error joins the messages, each with its path.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Message
		if len(p.Path) > 0 {
			lines[i] = fmt.Sprintf("%s: %s", pathText(p.Path), p.Message)
		}
	}
	return strings.Join(lines, "\n")
}

func pathText(path []any) string {
	parts := make([]string, len(path))
	for i, step := range path {
		parts[i] = fmt.Sprint(step)
	}
	return strings.Join(parts, ".")
}
