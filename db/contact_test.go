package db_test

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

func now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 123_456_789, time.UTC) }

func TestNewContact(t *testing.T) {
	at := time.Date(2026, 2, 3, 4, 5, 6, 7_999_999, time.FixedZone("", 3600))
	custom := filter.Object{
		"int": 5, "int32": int32(6), "number": json.Number("1.50"), "whole": json.Number("9007199254740993"), "at": at, "day": filter.NewDate(2026, 3, 1),
		"list": []any{json.Number("1"), nil, []any{}, filter.Object{"deep": json.Number("-0.0")}}, "null": nil, "": nil,
	}
	delete(custom, "")
	got, err := db.NewContact(db.ContactPatch{
		Email: ptr(" Ada.Lovelace@EXAMPLE.com\n"), Phone: ptr(" +44 20 "), FirstName: ptr("\tAda"), LastName: ptr("Lovelace "),
		SubscribedAt: &at, Tags: &[]string{" vip", "beta", "vip "}, Custom: custom, Version: ptr(int64(77)),
	}, now())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.ID, db.ContactID) {
		t.Errorf("got the ID %s", got.ID)
	}
	millisecond := time.Date(2026, 3, 1, 12, 0, 0, 123_000_000, time.UTC)
	subscribed := time.Date(2026, 2, 3, 3, 5, 6, 7_000_000, time.UTC)
	want := db.Contact{
		ID: got.ID, Email: "ada.lovelace@example.com", Phone: "+44 20", FirstName: "Ada", LastName: "Lovelace", Status: db.Pending,
		SubscribedAt: &subscribed, Tags: []string{"vip", "beta"}, CreatedAt: millisecond, UpdatedAt: millisecond, Version: 1,
		Custom: filter.Object{
			"int": int64(5), "int32": int64(6), "number": 1.5, "whole": int64(9007199254740993), "at": subscribed, "day": filter.NewDate(2026, 3, 1),
			"list": []any{int64(1), nil, []any{}, filter.Object{"deep": math.Copysign(0, -1)}}, "null": nil,
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if _, isNumber := custom["number"].(json.Number); !isNumber {
		t.Error("the patch was changed")
	}
}

func TestPatchIsRefused(t *testing.T) {
	long := strings.Repeat("é", 501)
	nested := func(depth int) any {
		var v any = "x"
		for range depth {
			v = []any{v}
		}
		return v
	}
	many := make([]string, db.MaxTags+1)
	for i := range many {
		many[i] = strings.Repeat("x", i%500+1) + string(rune('a'+i/500))
	}
	custom := func(v any) db.ContactPatch {
		return db.ContactPatch{Custom: filter.Object{"a": filter.Object{"b": []any{v}}}}
	}
	at := []any{"custom", "a", "b", 0}
	for name, c := range map[string]struct {
		patch db.ContactPatch
		code  db.Code
		path  []any
		text  string
	}{
		"email without @":     {db.ContactPatch{Email: ptr("ada")}, db.BadInput, []any{"email"}, `"ada" is not an email address like ada@example.com`},
		"email with a name":   {db.ContactPatch{Email: ptr("Ada <ada@example.com>")}, db.BadInput, []any{"email"}, `"ada <ada@example.com>" is not an email address`},
		"two emails":          {db.ContactPatch{Email: ptr("a@example.com,b@example.com")}, db.BadInput, []any{"email"}, `"a@example.com,b@example.com" is not`},
		"an email too long":   {db.ContactPatch{Email: ptr(strings.Repeat("a", 250) + "@x.de")}, db.BadInput, []any{"email"}, `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" is not`},
		"phone":               {db.ContactPatch{Phone: &long}, db.BadInput, []any{"phone"}, "the text has 1002 bytes; it may have 1000"},
		"firstName":           {db.ContactPatch{FirstName: ptr("\xff")}, db.BadInput, []any{"firstName"}, "the text is not valid UTF-8"},
		"lastName":            {db.ContactPatch{LastName: &long}, db.BadInput, []any{"lastName"}, "the text has 1002 bytes"},
		"status":              {db.ContactPatch{Status: ptr(db.Status("pending"))}, db.BadInput, []any{"status"}, `"pending" is not a status; it is one of SUBSCRIBED, UNSUBSCRIBED, PENDING, BOUNCED, COMPLAINED`},
		"no status":           {db.ContactPatch{Status: ptr(db.Status(""))}, db.BadInput, []any{"status"}, `"" is not a status`},
		"a blank tag":         {db.ContactPatch{Tags: &[]string{"vip", " "}}, db.BadInput, []any{"tags", 1}, "a tag must not be empty"},
		"a long tag":          {db.ContactPatch{Tags: &[]string{long}}, db.BadInput, []any{"tags", 0}, "the text has 1002 bytes"},
		"many tags":           {db.ContactPatch{Tags: &many}, db.LimitExceeded, []any{"tags"}, "a contact has at most 1000 tags, this one would have 1001"},
		"a key of MongoDB":    {db.ContactPatch{Custom: filter.Object{"$set": 1}}, db.BadInput, []any{"custom", "$set"}, `the key "$set" must not start with $; give the field another name`},
		"a key with a dot":    {custom(filter.Object{"x.y": 1}), db.BadInput, append(slices.Clone(at), "x.y"), `the key "x.y" must not contain a dot`},
		"an empty key":        {custom(filter.Object{"": 1}), db.BadInput, append(slices.Clone(at), ""), "a key must not be empty"},
		"the key of days":     {custom(filter.Object{"_day": 1}), db.BadInput, append(slices.Clone(at), "_day"), `the key "_day" is reserved`},
		"not a number":        {custom(math.NaN()), db.BadInput, at, "NaN is not a finite number"},
		"an endless number":   {custom(math.Inf(-1)), db.BadInput, at, "-Inf is not a finite number"},
		"an inexact number":   {custom(json.Number("9223372036854775809")), db.BadInput, at, "9223372036854775809 is a whole number that cannot be kept exactly"},
		"an invalid text":     {custom("a\xff"), db.BadInput, at, "the text is not valid UTF-8"},
		"another type":        {custom(struct{}{}), db.BadInput, at, "a value of type struct {} cannot be kept"},
		"too deep":            {db.ContactPatch{Custom: filter.Object{"a": nested(db.MaxCustomDepth)}}, db.LimitExceeded, append([]any{"custom", "a"}, slices.Repeat([]any{0}, db.MaxCustomDepth)...), "custom fields are nested at most 32 deep"},
		"too many values":     {custom(slices.Repeat([]any{nil}, db.MaxCustomSize/8)), db.LimitExceeded, nil, ""},
		"unset of the email":  {db.ContactPatch{Unset: []filter.Path{filter.MustPath("email")}}, db.BadInput, []any{"unset"}, "only fields below custom can be unset, email is not one"},
		"unset of all custom": {db.ContactPatch{Unset: []filter.Path{filter.MustPath("custom")}}, db.BadInput, []any{"unset"}, "only fields below custom can be unset, custom is not one"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := db.NewContact(c.patch, now())
			if c.text == "" {
				if db.CodeOf(err) != c.code {
					t.Errorf("got %v", err)
				}
				return
			}
			wantError(t, err, c.code, c.path, c.text)
		})
	}
}

// The size is that of all texts and keys, the last one too.
func TestOneLargeTextIsRefused(t *testing.T) {
	for _, custom := range []filter.Object{{"a": strings.Repeat("x", db.MaxCustomSize)}, {strings.Repeat("x", db.MaxCustomSize): nil}} {
		if _, err := db.NewContact(db.ContactPatch{Custom: custom}, now()); db.CodeOf(err) != db.LimitExceeded {
			t.Errorf("got %v", err)
		}
	}
}

func TestDeepestCustom(t *testing.T) {
	var v any = "x"
	for range db.MaxCustomDepth - 1 {
		v = filter.Object{"a": v}
	}
	if _, err := db.NewContact(db.ContactPatch{Custom: filter.Object{"a": v}}, now()); err != nil {
		t.Error(err)
	}
}

func TestApply(t *testing.T) {
	subscribed := now()
	before, err := db.NewContact(db.ContactPatch{
		Email: ptr("a@example.com"), FirstName: ptr("Ada"), SubscribedAt: &subscribed, Tags: &[]string{"vip"},
		Custom: filter.Object{"plan": "pro", "address": filter.Object{"city": "Bonn", "zip": "53111"}, "list": []any{filter.Object{"a": int64(1)}}},
	}, now())
	if err != nil {
		t.Fatal(err)
	}
	later := now().Add(time.Hour)
	paths := func(texts ...string) []filter.Path {
		var list []filter.Path
		for _, text := range texts {
			list = append(list, filter.MustPath(text))
		}
		return list
	}
	unchanged := filter.Object{"plan": "pro", "address": filter.Object{"city": "Bonn", "zip": "53111"}, "list": []any{filter.Object{"a": int64(1)}}}
	for name, c := range map[string]struct {
		patch  db.ContactPatch
		custom filter.Object
	}{
		"nothing":                  {db.ContactPatch{}, unchanged},
		"set one":                  {db.ContactPatch{Custom: filter.Object{"plan": nil}}, filter.Object{"plan": nil, "address": unchanged["address"], "list": unchanged["list"]}},
		"an object as a whole":     {db.ContactPatch{Custom: filter.Object{"address": filter.Object{"city": "Köln"}}}, filter.Object{"plan": "pro", "address": filter.Object{"city": "Köln"}, "list": unchanged["list"]}},
		"unset":                    {db.ContactPatch{Unset: paths("custom.plan", "custom.address.zip")}, filter.Object{"address": filter.Object{"city": "Bonn"}, "list": unchanged["list"]}},
		"unset what is not there":  {db.ContactPatch{Unset: paths("custom.x", "custom.plan.x", "custom.address.x.y", "custom.list.a")}, unchanged},
		"unset goes before custom": {db.ContactPatch{Unset: paths("custom.plan"), Custom: filter.Object{"plan": "free"}}, filter.Object{"plan": "free", "address": unchanged["address"], "list": unchanged["list"]}},
	} {
		after, err := c.patch.Apply(before, later)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(after.Custom, c.custom) {
			t.Errorf("%s: got %v", name, after.Custom)
		}
		if after.Version != 2 || !after.UpdatedAt.Equal(later.Truncate(time.Millisecond)) || after.CreatedAt != before.CreatedAt || after.ID != before.ID {
			t.Errorf("%s: got %+v", name, after)
		}
		if !reflect.DeepEqual(before.Custom, unchanged) || before.Version != 1 {
			t.Fatalf("%s changed the contact itself: %v", name, before.Custom)
		}
	}
	cleared, err := db.ContactPatch{Email: ptr(""), FirstName: ptr(" "), SubscribedAt: &time.Time{}, Tags: &[]string{}, Version: ptr(int64(1))}.Apply(before, later)
	if err != nil || cleared.Email != "" || cleared.FirstName != "" || cleared.SubscribedAt != nil || len(cleared.Tags) != 0 {
		t.Errorf("got %+v, %v", cleared, err)
	}
	_, err = db.ContactPatch{Version: ptr(int64(7))}.Apply(before, later)
	wantError(t, err, db.Conflict, nil, "it was changed in the meantime: the current version is 1; read it again and repeat the change")
}

// A contact is the document that filters see.
func TestContactAsDocument(t *testing.T) {
	empty := &db.Contact{Status: db.Pending, Custom: filter.Object{}}
	for _, name := range []string{"email", "phone", "firstName", "lastName", "subscribedAt", "_id", "version", ""} {
		if v, ok := empty.Field(name); ok {
			t.Errorf("an empty contact has %s: %v", name, v)
		}
	}
	for _, field := range filter.StandardFields() {
		full := &db.Contact{Email: "a", Phone: "a", FirstName: "a", LastName: "a", Status: db.Pending, SubscribedAt: ptr(now()), Tags: []string{"a"}, CreatedAt: now(), UpdatedAt: now()}
		v, ok := full.Field(field.Name)
		if list, isList := v.([]any); isList && field.List {
			v = list[0]
		}
		if !ok || filter.KindOf(v) != field.Kind {
			t.Errorf("%s is %v, want %s", field.Name, v, field.Kind)
		}
		if _, has := empty.Field(field.Name); field.Required && !has {
			t.Errorf("%s is required and missing", field.Name)
		}
	}
}
