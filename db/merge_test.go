package db_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

func TestMergedStatus(t *testing.T) {
	order := []db.Status{db.Complained, db.Bounced, db.Unsubscribed, db.Pending, db.Subscribed}
	for i, a := range order {
		for j, b := range order {
			c, err := db.Merge(db.Contact{ID: "a", Status: a}, db.Contact{ID: "b", Status: b}, nil, db.Actor{}, time.Now())
			if want := order[min(i, j)]; err != nil || c.Status != want {
				t.Errorf("%s and %s become %s, %v, want %s", a, b, c.Status, err, want)
			}
		}
	}
}

func TestMergedCustom(t *testing.T) {
	for _, c := range []struct{ survivor, duplicate, want filter.Object }{
		{nil, nil, nil},
		{filter.Object{"a": int64(1)}, nil, filter.Object{"a": int64(1)}},
		{nil, filter.Object{"a": int64(1)}, filter.Object{"a": int64(1)}},
		{filter.Object{"a": nil}, filter.Object{"a": int64(1), "b": nil}, filter.Object{"a": int64(1), "b": nil}},
		{filter.Object{"a": ""}, filter.Object{"a": "x"}, filter.Object{"a": ""}},
		{filter.Object{"a": []any{}}, filter.Object{"a": []any{"x"}}, filter.Object{"a": []any{}}},
		{filter.Object{"a": int64(1)}, filter.Object{"a": filter.Object{"b": true}}, filter.Object{"a": int64(1)}},
		{
			filter.Object{"o": filter.Object{"x": "s", "deep": filter.Object{"y": true}}},
			filter.Object{"o": filter.Object{"x": "d", "z": "d", "deep": filter.Object{"y": false, "w": nil}}},
			filter.Object{"o": filter.Object{"x": "s", "z": "d", "deep": filter.Object{"y": true, "w": nil}}},
		},
	} {
		survivor, duplicate := fmt.Sprint(c.survivor), fmt.Sprint(c.duplicate)
		got, err := db.Merge(db.Contact{ID: "a", Status: db.Pending, Custom: c.survivor}, db.Contact{ID: "b", Status: db.Pending, Custom: c.duplicate}, nil, db.Actor{}, time.Now())
		if err != nil || !reflect.DeepEqual(got.Custom, c.want) {
			t.Errorf("%v and %v become %v, %v, want %v", c.survivor, c.duplicate, got.Custom, err, c.want)
		}
		if fmt.Sprint(c.survivor) != survivor || fmt.Sprint(c.duplicate) != duplicate {
			t.Errorf("the contacts themselves became %v and %v", c.survivor, c.duplicate)
		}
	}
}

// TestMergedRow keeps the row that was applied later: it is the one from which an import may go on.
func TestMergedRow(t *testing.T) {
	first, second, other := &db.JobRow{Job: "job_1", Row: 2}, &db.JobRow{Job: "job_1", Row: 10}, &db.JobRow{Job: "job_2", Row: 1}
	for _, c := range [][3]*db.JobRow{{nil, nil, nil}, {first, nil, first}, {nil, first, first}, {first, second, second}, {second, first, second}, {second, other, other}} {
		got, err := db.Merge(db.Contact{ID: "a", Status: db.Pending, From: c[0]}, db.Contact{ID: "b", Status: db.Pending, From: c[1]}, nil, db.Actor{}, time.Now())
		if err != nil || got.From != c[2] {
			t.Errorf("%v and %v become %v, %v", c[0], c[1], got.From, err)
		}
	}
}

func TestMergeLimits(t *testing.T) {
	many := func(n int) (tags []string) {
		for i := range n {
			tags = append(tags, fmt.Sprint(n, "-", i))
		}
		return tags
	}
	for _, c := range []struct {
		survivor, duplicate db.Contact
		want                string
	}{
		{db.Contact{Tags: many(600)}, db.Contact{Tags: many(500)}, "at most 1000 tags, this one would have 1100; nothing was merged: first remove"},
		{db.Contact{Merged: make([]db.MergedContact, 60)}, db.Contact{Merged: make([]db.MergedContact, 40)}, "at most 100 contacts can be merged into one"},
		{db.Contact{Custom: filter.Object{"a": strings.Repeat("x", 300<<10)}}, db.Contact{Custom: filter.Object{"b": strings.Repeat("x", 300<<10)}}, "take at most 524288 bytes; nothing was merged: first remove"},
	} {
		c.survivor.ID, c.survivor.Status, c.duplicate.ID, c.duplicate.Status = "a", db.Pending, "b", db.Pending
		if _, err := db.Merge(c.survivor, c.duplicate, nil, db.Actor{}, time.Now()); db.CodeOf(err) != db.LimitExceeded || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
