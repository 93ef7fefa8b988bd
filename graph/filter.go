package graph

import (
	"encoding/json"
	"io"
)

// FilterInput is a filter in its input form. It unmarshals itself, because filter.Parser reads the input as it came:
// it finds all mistakes at once and keeps numbers exact.
type FilterInput struct {
	members
	input any
}

// members are what the schema says a FilterInput has. They are for gqlgen to bind to and never filled.
type members struct {
	And, Or                                                     []*FilterInput
	Not                                                         *FilterInput
	Text, Number, Boolean, Date, List, Empty, Any, Segment, Geo map[string]any
}

// UnmarshalGQL keeps the input as it came.
func (f *FilterInput) UnmarshalGQL(v any) error {
	f.input = withoutNilLists(v)
	return nil
}

// withoutNilLists makes the empty list of a literal, which gqlparser hands over as a nil slice, one that stays a list
// as JSON.
func withoutNilLists(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = withoutNilLists(item)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, item := range v {
			object[key] = withoutNilLists(item)
		}
		return object
	}
	return v
}

// MarshalGQL is never called: the type is for input only.
func (FilterInput) MarshalGQL(io.Writer) {}

// saved returns the form in which a filter is stored.
func (f FilterInput) saved() (json.RawMessage, error) { return json.Marshal(f.input) }
