package query_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/db/dbtest"
	"segmentql/db/document"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
)

// testStages asks the judge what MongoDB's documentation says of the stages:
// https://www.mongodb.com/docs/v8.0/reference/operator/aggregation/unwind/ and .../group/
func (j judging) testStages(t *testing.T) {
	documents := []string{
		`{"_id": "a", "v": {"l": [1, {"m": [2, 3]}], "n": {"$numberLong": "5"}}}`,
		`{"_id": "b", "v": {"l": 4, "n": 5.0}}`,
		`{"_id": "c", "v": {"l": [], "n": "x"}}`,
		`{"_id": "d", "v": [{"l": [6]}], "n": null}`,
	}
	for pipeline, want := range map[string]string{
		`[{"$unwind": "$v.l"}, {"$group": {"_id": "$v.l"}}]`:                                                                              `[{"_id":1},{"_id":{"m":[2,3]}},{"_id":4}]`,
		`[{"$unwind": "$v.l"}, {"$unwind": "$v.l.m"}, {"$group": {"_id": {"c": "$_id", "m": "$v.l.m"}}}]`:                                 `[{"_id":{"c":"a","m":2}},{"_id":{"c":"a","m":3}}]`,
		`[{"$match": {"v.n": {"$exists": true}}}, {"$group": {"_id": "$v.n", "count": {"$sum": 1}}}, {"$sort": {"count": -1, "_id": 1}}]`: `[{"_id":5,"count":2},{"_id":"x","count":1}]`,
		`[{"$match": {"v.l": 4}}, {"$limit": 1}, {"$group": {"_id": "$w"}}]`:                                                              `[{"_id":null}]`,
		`[{"$project": {"v": 1}}]`: `unknown stage`,
	} {
		got := ""
		if answer, err := j.Aggregate(documents, pipeline); err != nil {
			got = err.Error()
		} else {
			got = relaxed(t, answer)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s\n got %s\nwant %s", pipeline, got, want)
		}
	}
}

func relaxed(t *testing.T, documents []json.RawMessage) string {
	t.Helper()
	var texts []string
	for _, d := range documents {
		var read bson.D
		if err := bson.UnmarshalExtJSON(d, true, &read); err != nil {
			t.Fatal(err)
		}
		text, err := bson.MarshalExtJSON(read, false, false)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return "[" + strings.ReplaceAll(strings.Join(texts, ","), ".0", "") + "]"
}

// testValues runs the pipelines for the values and ranges of random contacts.
func (j judging) testValues(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var contacts []*db.Contact
		var documents []string
		catalogue := db.NewCatalogue(nil)
		for i := range 6 {
			c := contactOf(r, fmt.Sprint(i), dbtest.DrawDocument(r, i))
			if _, err := catalogue.Admit(nil, c); err != nil {
				r.Fatal(err)
			}
			contacts = append(contacts, c)
			documents = append(documents, canonical(document.Contact("w", c)))
		}
		ask := func(pipeline []bson.D) (answers []bson.Raw) {
			if pipeline == nil {
				return nil
			}
			text, err := json.Marshal(each(pipeline, func(stage bson.D) json.RawMessage { return json.RawMessage(canonical(stage)) }))
			if err != nil {
				r.Fatal(err)
			}
			found, err := j.Aggregate(documents, string(text))
			if err != nil {
				r.Fatalf("%s\n%v", text, err)
			}
			return each(found, func(d json.RawMessage) (answer bson.Raw) {
				if err := bson.UnmarshalExtJSON(d, true, &answer); err != nil {
					r.Fatal(err)
				}
				return answer
			})
		}
		valueIn := func(answer bson.Raw) any { return filter.Canonical(document.ReadValue(answer.Lookup("_id"))) }
		all := bson.D{{Key: "workspace", Value: "w"}}
		for range 5 {
			q := dbtest.DrawValuesQuery(r)
			for _, shapes := range []query.Shapes{catalogue, nil} {
				values := each(ask(query.Values(q, all, shapes)), func(answer bson.Raw) db.ValueCount {
					return db.ValueCount{Value: valueIn(answer), Count: answer.Lookup("count").AsInt64()}
				})
				values = values[:min(q.First, len(values))]
				if want := dbtest.FieldValues(slices.Values(contacts), q); !slices.Equal(values, want) {
					r.Fatalf("%+v\n%v\n%s\n got %v\nwant %v", q, query.Values(q, all, shapes), strings.Join(documents, "\n"), values, want)
				}
				ranges := db.Ranges{}
				for _, kind := range db.RangeKinds() {
					for _, greatest := range []bool{false, true} {
						for _, answer := range ask(query.End(q.Path, kind, greatest, all, shapes)) {
							ranges.Include(valueIn(answer))
						}
					}
				}
				if want := dbtest.FieldRanges(slices.Values(contacts), q.Path); !maps.Equal(ranges, want) {
					r.Fatalf("%s\n%s\n got %v\nwant %v", q.Path, strings.Join(documents, "\n"), ranges, want)
				}
			}
		}
	})
}

func each[T, U any](items []T, of func(T) U) []U {
	made := make([]U, len(items))
	for i, item := range items {
		made[i] = of(item)
	}
	return made
}
