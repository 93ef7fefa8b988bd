package graph_test

import (
	"encoding/json"
	"testing"
)

// Fields of the same key are one field in the response, so an error within one of them is found in all.
func TestPathsOfErrorsInMergedFields(t *testing.T) {
	for _, query := range []string{
		`{ contacts { totalCount } contacts { nodes { id } nodes { value(path: "plan") } } }`,
		`{ contacts { ...page nodes { id } } contacts { ...values } } fragment page on ContactConnection { nodes { email } } fragment values on ContactConnection { ...page nodes { value(path: "plan") } }`,
	} {
		var got struct {
			Errors []struct {
				Path       []any
				Extensions struct{ Path []any }
			}
		}
		recorder := post(t, newHandler(&recording{}), query, nil)
		if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil || len(got.Errors) != 2 {
			t.Fatalf("%v: %s", err, recorder.Body)
		}
		for _, e := range got.Errors {
			if len(e.Path) != 4 || e.Path[3] != "value" || len(e.Extensions.Path) != 1 || e.Extensions.Path[0] != "path" {
				t.Errorf("%s: got %+v", query, e)
			}
		}
	}
}
