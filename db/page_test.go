package db_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"segmentql/db"
)

func ptr[T any](v T) *T { return &v }

// wantError fails unless err is of the code, at the path, and its message begins with text.
func wantError(t *testing.T, err error, code db.Code, path []any, text string) {
	t.Helper()
	e, ok := errors.AsType[*db.Error](err)
	if !ok {
		t.Errorf("got %v, want %s at %v", err, code, path)
		return
	}
	samePath := len(e.Path) == 0 && len(path) == 0 || reflect.DeepEqual(e.Path, path)
	if e.Code != code || !samePath || !strings.HasPrefix(e.Message, text) {
		t.Errorf("got %s at %v: %s\nwant %s at %v: %s", e.Code, e.Path, e.Message, code, path, text)
	}
}

func TestPageArgs(t *testing.T) {
	s := sortBy(t, "email")
	a, b := db.Key{ID: "con_a", Values: []any{"a"}}, db.Key{ID: "con_b", Values: []any{nil}}
	for name, c := range map[string]struct {
		args db.PageArgs
		want db.Page
	}{
		"nothing":         {db.PageArgs{}, db.Page{Limit: db.DefaultPageSize}},
		"first":           {db.PageArgs{First: ptr(int32(7))}, db.Page{Limit: 7}},
		"none":            {db.PageArgs{First: ptr(int32(0))}, db.Page{Limit: 0}},
		"most":            {db.PageArgs{First: ptr(int32(1000))}, db.Page{Limit: 1000}},
		"last":            {db.PageArgs{Last: ptr(int32(7))}, db.Page{Limit: 7, Backward: true}},
		"last of none":    {db.PageArgs{Last: ptr(int32(0))}, db.Page{Limit: 0, Backward: true}},
		"after":           {db.PageArgs{After: ptr(s.Cursor(a))}, db.Page{Limit: db.DefaultPageSize, After: &a}},
		"before":          {db.PageArgs{Before: ptr(s.Cursor(b)), First: ptr(int32(1))}, db.Page{Limit: 1, Before: &b}},
		"between":         {db.PageArgs{After: ptr(s.Cursor(a)), Before: ptr(s.Cursor(b)), Last: ptr(int32(2))}, db.Page{Limit: 2, After: &a, Before: &b, Backward: true}},
		"an empty cursor": {db.PageArgs{After: ptr(""), Before: ptr("")}, db.Page{Limit: db.DefaultPageSize}},
	} {
		if got, err := c.args.Page(s); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	const invalid = "the cursor is not valid here"
	for name, c := range map[string]struct {
		args db.PageArgs
		code db.Code
		path string
		text string
	}{
		"both":            {db.PageArgs{First: ptr(int32(1)), Last: ptr(int32(1))}, db.BadInput, "last", "first and last cannot be used together; use one of them"},
		"negative":        {db.PageArgs{First: ptr(int32(-1))}, db.BadInput, "first", "first must not be negative"},
		"negative last":   {db.PageArgs{Last: ptr(int32(-900))}, db.BadInput, "last", "last must not be negative"},
		"too many":        {db.PageArgs{First: ptr(int32(1001))}, db.LimitExceeded, "first", "first is at most 1000; read further pages with the cursors"},
		"too many, last":  {db.PageArgs{Last: ptr(int32(2147483647))}, db.LimitExceeded, "last", "last is at most 1000; read further pages with the cursors"},
		"no cursor":       {db.PageArgs{After: ptr("x")}, db.BadInput, "after", invalid},
		"no cursor ahead": {db.PageArgs{Before: ptr("x")}, db.BadInput, "before", invalid},
		"another sort":    {db.PageArgs{After: ptr(sortBy(t, "-email").Cursor(a))}, db.BadInput, "after", invalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.args.Page(s)
			wantError(t, err, c.code, []any{c.path}, c.text)
		})
	}
}
