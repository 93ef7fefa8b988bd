package query_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db/mongodb/query"
)

func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func jsonOf(t *testing.T, v any) []byte {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// readable lays JSON out as the golden files have it.
func readable(t *testing.T, text []byte) string {
	t.Helper()
	laidOut, err := query.LayOut(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return laidOut
}

// checkSound fails where MongoDB would refuse the query, or one of its tools would lose a part of it.
func checkSound(t *testing.T, name string, q bson.D) {
	t.Helper()
	for _, flaw := range flaws(q, true, false) {
		t.Errorf("%s: %s in %s", name, flaw, extendedJSON(t, q))
	}
}

// flaws lists what is wrong with a query, or with the operators that are asked of one field.
func flaws(d bson.D, isQuery, inElement bool) []string {
	var found []string
	seen := map[string]bool{}
	for _, e := range d {
		if seen[e.Key] {
			found = append(found, fmt.Sprintf("%s stands twice in a document", e.Key))
		}
		seen[e.Key] = true
		list, _ := e.Value.(bson.A)
		inner, isDocument := e.Value.(bson.D)
		switch e.Key {
		case "$and", "$or", "$nor":
			if !isQuery {
				found = append(found, e.Key+" among operators")
			}
			if len(list) == 0 || e.Key != "$nor" && len(list) == 1 {
				found = append(found, fmt.Sprintf("%s of %d", e.Key, len(list)))
			}
			for _, item := range list {
				if len(item.(bson.D)) == 0 {
					found = append(found, "an empty query in "+e.Key)
				}
				found = append(found, flaws(item.(bson.D), true, inElement)...)
			}
		case "$expr":
			if !isQuery || inElement {
				found = append(found, "$expr within an element or a field")
			}
		case "$elemMatch":
			ofFields := len(inner) > 0 && (!strings.HasPrefix(inner[0].Key, "$") || inner[0].Key == "$and" || inner[0].Key == "$or" || inner[0].Key == "$nor")
			found = append(found, flaws(inner, ofFields, true)...)
		case "$not":
			if isDocument {
				if len(inner) == 0 {
					found = append(found, "an empty $not")
				}
				found = append(found, flaws(inner, false, inElement)...)
			}
		case "$in", "$nin", "$all":
			if list == nil {
				found = append(found, e.Key+" of no list")
			}
			if isQuery {
				found = append(found, e.Key+" without a field")
			}
		case "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$exists", "$type", "$size", "$regex":
			if isQuery {
				found = append(found, e.Key+" without a field")
			}
		default:
			switch {
			case strings.HasPrefix(e.Key, "$"):
				found = append(found, "the operator "+e.Key)
			case !isQuery:
				found = append(found, "the field "+e.Key+" among operators")
			case isDocument:
				found = append(found, flaws(inner, false, inElement)...)
			}
		}
	}
	return found
}
