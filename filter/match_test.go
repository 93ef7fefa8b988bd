package filter_test

import (
	"slices"
	"testing"

	"segmentql/filter"
	"segmentql/filter/filtertest"
)

func TestMatchConformance(t *testing.T) {
	for _, suite := range filtertest.Suites(t) {
		t.Run(suite.Name, func(t *testing.T) {
			for _, c := range suite.Cases {
				n := suite.Parse(t, c)
				got := []string{}
				for name, document := range suite.Documents {
					if filter.Match(n, filter.AsDocument(withDefaults(document))) {
						got = append(got, name)
					}
				}
				slices.Sort(got)
				slices.Sort(c.Want)
				if !slices.Equal(got, c.Want) {
					t.Errorf("%s:\n got %v\nwant %v", c.Name, got, c.Want)
				}
			}
		})
	}
}

// withDefaults adds what every contact has.
func withDefaults(document filter.Object) filter.Object {
	contact := filter.Object{"status": "PENDING", "tags": []any{}, "custom": filter.Object{}}
	for key, v := range document {
		contact[key] = v
	}
	return contact
}
