package document_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 123_000_000, time.UTC) }

func drawValue(r *rapid.T, depth int) any {
	form := rapid.IntRange(0, 9).Draw(r, "form")
	switch {
	case depth > 0 && form < 2:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(r, "length") {
			list = append(list, drawValue(r, depth-1))
		}
		return list
	case depth > 0 && form < 4:
		return drawObject(r, depth-1)
	}
	return rapid.OneOf(
		rapid.SampledFrom([]any{
			nil, "", "a\x00b", true, false, int64(5), 5.0, math.Copysign(0, -1), int64(math.MaxInt64), int64(math.MinInt64), math.MaxFloat64,
			filter.NewDate(1, 1, 1), filter.NewDate(9999, 12, 31), time.UnixMilli(-1).UTC(), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		}),
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Int64(), func(i int64) any { return i }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.IntRange(-700_000, 2_900_000), func(d int) any { return filter.Date(d) }),
		rapid.Map(rapid.Int64Range(-1e14, 1e14), func(ms int64) any { return time.UnixMilli(ms).UTC() }),
	).Draw(r, "scalar")
}

func drawObject(r *rapid.T, depth int) filter.Object {
	o := filter.Object{}
	key := rapid.OneOf(rapid.SampledFrom([]string{"a", "0", "12", "ключ", "_id", "__proto__", "day"}), rapid.String()).Filter(func(k string) bool { return filter.CheckKey(k) == nil })
	for range rapid.IntRange(0, 4).Draw(r, "keys") {
		o[key.Draw(r, "key")] = drawValue(r, depth)
	}
	return o
}

// What is written is read again with the very same types.
func TestContactSurvives(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.Just(""), rapid.String())
		c := &db.Contact{
			ID: "con_" + text.Draw(r, "ID"), Email: text.Draw(r, "email"), Phone: text.Draw(r, "phone"), FirstName: text.Draw(r, "firstName"), LastName: text.Draw(r, "lastName"),
			Status:   rapid.SampledFrom([]db.Status{db.Subscribed, db.Unsubscribed, db.Pending, db.Bounced, db.Complained}).Draw(r, "status"),
			Tags:     append([]string{}, rapid.SliceOfN(text, 0, 3).Draw(r, "tags")...),
			Segments: rapid.SliceOfN(text, 1, 3).Draw(r, "segments"),
			Custom:   drawObject(r, 4), CreatedAt: start(), UpdatedAt: start().Add(time.Hour), Version: rapid.Int64Range(1, math.MaxInt64).Draw(r, "version"),
		}
		if rapid.Bool().Draw(r, "imported") {
			c.From = &db.JobRow{Job: text.Draw(r, "job"), Row: rapid.Int64Range(1, math.MaxInt64).Draw(r, "row")}
		}
		if rapid.Bool().Draw(r, "signed") {
			c.CreatedBy = drawActor(r)
			for range rapid.IntRange(1, 3).Draw(r, "statuses") {
				c.StatusChanges = append(c.StatusChanges, db.StatusChange{Status: db.Pending, At: start(), Source: text.Draw(r, "source")})
			}
			a := drawActivity(r)
			c.LastChange = &a
		}
		if rapid.Bool().Draw(r, "subscribed") {
			at := time.UnixMilli(rapid.Int64Range(-1e13, 1e13).Draw(r, "subscribedAt")).UTC()
			c.SubscribedAt = &at
		}
		for range rapid.IntRange(0, 2).Draw(r, "merged") {
			at := time.UnixMilli(rapid.Int64Range(-1e13, 1e13).Draw(r, "at")).UTC()
			c.Merged = append(c.Merged, db.MergedContact{ID: text.Draw(r, "old ID"), Email: text.Draw(r, "old email"), At: at})
		}
		raw, err := bson.Marshal(document.Contact("w", c))
		if err != nil {
			r.Fatal(err)
		}
		got, err := document.ReadContact(raw)
		if err != nil {
			r.Fatal(err)
		}
		if !reflect.DeepEqual(got, c) || !sameSigns(got.Custom, c.Custom) {
			r.Fatalf("%#v\ncomes back as %#v", c, got)
		}
		clear(raw)
		if !reflect.DeepEqual(got, c) {
			r.Fatal("the contact keeps a part of what it was read from")
		}
	})
}

func drawActor(r *rapid.T) db.Actor {
	return rapid.SampledFrom([]db.Actor{{Kind: db.APIActor}, {Kind: db.JobActor, ID: "job_1"}, {Kind: db.CommandActor, ID: "import"}}).Draw(r, "actor")
}

func drawActivity(r *rapid.T) db.Activity {
	a := db.Activity{
		Version: rapid.Int64Range(1, math.MaxInt64).Draw(r, "of version"), At: start(), By: drawActor(r), Action: db.Updated, Omitted: rapid.IntRange(0, 2).Draw(r, "omitted"),
	}
	for range rapid.IntRange(0, 3).Draw(r, "changes") {
		a.Changes = append(a.Changes, db.FieldChange{
			Path: "custom." + rapid.String().Draw(r, "path"), Before: drawValue(r, 2), After: drawValue(r, 2), Cut: rapid.Bool().Draw(r, "cut"),
		})
	}
	return a
}

// The log keeps an activity with the very same types, under an ID that has the order of the versions.
func TestActivitySurvives(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := drawActivity(r), drawActivity(r)
		record := document.ActivityRecord("w", "con_1", &a)
		got, err := document.ActivityOf("w", record)
		if err != nil || !reflect.DeepEqual(got, a) {
			r.Fatalf("%#v\ncomes back as %#v, %v", a, got, err)
		}
		if other := document.ActivityRecord("w", "con_1", &b); (record.ID < other.ID) != (a.Version < b.Version) {
			r.Fatalf("%s and %s are not in the order of the versions", record.ID, other.ID)
		}
		if _, err := document.ActivityOf("another", record); db.CodeOf(err) != db.BadInput {
			r.Fatalf("in another workspace: %v", err)
		}
	})
}

// sameSigns tells 0.0 and -0.0 apart, which are equal in Go.
func sameSigns(a, b any) bool {
	switch a := a.(type) {
	case float64:
		return math.Float64bits(a) == math.Float64bits(b.(float64))
	case []any:
		for i := range a {
			if !sameSigns(a[i], b.([]any)[i]) {
				return false
			}
		}
	case filter.Object:
		for key := range a {
			if !sameSigns(a[key], b.(filter.Object)[key]) {
				return false
			}
		}
	}
	return true
}

// The form in which MongoDB's users see a contact.
func TestContactDocument(t *testing.T) {
	at := start()
	c := &db.Contact{
		ID: "con_1", Email: "a@example.com", Status: db.Pending, SubscribedAt: &at, Tags: []string{"vip"}, CreatedAt: at, UpdatedAt: at, Version: 3,
		Custom: filter.Object{"z": int64(1), "born": filter.NewDate(1990, 5, 6), "list": []any{filter.Object{"b": nil, "a": 1.0}}},
	}
	text, err := bson.MarshalExtJSON(document.Contact("w", c), true, false)
	if err != nil {
		t.Fatal(err)
	}
	const when = `{"$date":{"$numberLong":"1772366400123"}}`
	want := `{"_id":"con_1","workspace":"w","email":"a@example.com","status":"PENDING","subscribedAt":` + when + `,"tags":["vip"],` +
		`"custom":{"born":{"_day":{"$date":{"$numberLong":"641952000000"}}},"list":[{"a":{"$numberDouble":"1.0"},"b":null}],"z":{"$numberLong":"1"}},` +
		`"createdAt":` + when + `,"updatedAt":` + when + `,"version":{"$numberLong":"3"}}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	bare, err := bson.MarshalExtJSON(document.Contact("w", &db.Contact{ID: "con_2", Status: db.Pending, CreatedAt: at, UpdatedAt: at}), false, false)
	if err != nil || strings.Contains(string(bare), "email") || !strings.Contains(string(bare), `"tags":[]`) || !strings.Contains(string(bare), `"custom":{}`) {
		t.Errorf("got %s, %v", bare, err)
	}
}

// Other programs write to the same collection. Whatever they wrote, a contact can be read.
func TestReadContactOfOtherPrograms(t *testing.T) {
	decimal := func(text string) bson.Decimal128 {
		d, err := bson.ParseDecimal128(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	id := bson.ObjectID{0x65, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	when := bson.NewDateTimeFromTime(start())
	got := read(t, bson.D{
		{Key: "_id", Value: "con_1"},
		{Key: "workspace", Value: "w"},
		{Key: "extra", Value: "left alone"},
		{Key: "version", Value: int32(7)},
		{Key: "subscribedAt", Value: when},
		{Key: "tags", Value: bson.A{"vip", 5, nil, "beta"}},
		{Key: "custom", Value: bson.D{
			{Key: "int32", Value: int32(5)},
			{Key: "decimal", Value: decimal("12.5")},
			{Key: "whole", Value: decimal("7")},
			{Key: "large", Value: decimal("1E+6000")},
			{Key: "nan", Value: decimal("NaN")},
			{Key: "objectID", Value: id},
			{Key: "binary", Value: bson.Binary{Data: []byte("hi")}},
			{Key: "symbol", Value: bson.Symbol("s")},
			{Key: "regex", Value: bson.Regex{Pattern: "a"}},
			{Key: "timestamp", Value: bson.Timestamp{T: 1772366400, I: 1}},
			{Key: "code", Value: bson.JavaScript("1")},
			{Key: "min", Value: bson.MinKey{}},
			{Key: "undefined", Value: bson.Undefined{}},
			{Key: "day", Value: bson.D{{Key: "_day", Value: bson.NewDateTimeFromTime(start())}}},
			{Key: "noDay", Value: bson.D{{Key: "_day", Value: "x"}}},
			{Key: "moreThanADay", Value: bson.D{{Key: "_day", Value: when}, {Key: "x", Value: int32(1)}}},
			{Key: "nested", Value: bson.A{bson.D{{Key: "a", Value: bson.A{int32(1), bson.A{}}}}}},
		}},
	})
	want := filter.Object{
		"int32": int64(5), "decimal": 12.5, "whole": int64(7), "large": "1E+6000", "nan": "NaN", "objectID": id.Hex(), "binary": "aGk=", "symbol": "s",
		"regex": nil, "timestamp": time.Unix(1772366400, 0).UTC(), "code": nil, "min": nil, "undefined": nil,
		"day": filter.NewDate(2026, 3, 1), "noDay": filter.Object{"_day": "x"}, "moreThanADay": filter.Object{"_day": start(), "x": int64(1)},
		"nested": []any{filter.Object{"a": []any{int64(1), []any{}}}},
	}
	if !reflect.DeepEqual(got.Custom, want) {
		t.Errorf("got %#v", got.Custom)
	}
	if got.Version != 7 || got.SubscribedAt == nil || !got.SubscribedAt.Equal(start()) || !reflect.DeepEqual(got.Tags, []string{"vip", "beta"}) {
		t.Errorf("got %+v", got)
	}

	empty := &db.Contact{Custom: filter.Object{}, Tags: []string{}}
	if got := read(t, bson.D{}); !reflect.DeepEqual(got, empty) {
		t.Errorf("got %+v", got)
	}
	for _, wrong := range []any{nil, int32(5), "text", 1.5, true, bson.A{"a"}, bson.D{{Key: "a", Value: 1}}, id, bson.Regex{}} {
		var d bson.D
		for _, name := range []string{"_id", "email", "phone", "firstName", "lastName", "status", "subscribedAt", "tags", "custom", "createdAt", "updatedAt", "version"} {
			d = append(d, bson.E{Key: name, Value: wrong})
		}
		c := read(t, d)
		if c.Custom == nil || c.Tags == nil {
			t.Errorf("%v: got %+v", wrong, c)
		}
		for _, f := range filter.StandardFields() {
			if v, ok := c.Field(f.Name); ok && !f.List && filter.KindOf(v) != f.Kind {
				t.Errorf("%v: %s is %v", wrong, f.Name, v)
			}
		}
	}
}

func read(t *testing.T, d bson.D) *db.Contact {
	t.Helper()
	raw, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	c, err := document.ReadContact(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// FuzzReadContact: bytes that are no document are refused, all others give a contact of sound types.
func FuzzReadContact(f *testing.F) {
	whole, err := bson.Marshal(document.Contact("w", &db.Contact{
		ID: "con_1", Email: "a@example.com", Status: db.Pending, Tags: []string{"vip"}, CreatedAt: start(), UpdatedAt: start(), Version: 1,
		Custom: filter.Object{"a": []any{int64(1), filter.Object{"b": filter.NewDate(2026, 3, 1)}}, "t": "text"},
	}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte{5, 0, 0, 0, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := document.ReadContact(raw)
		if err != nil {
			if db.CodeOf(err) != db.Internal {
				t.Fatal(err)
			}
			return
		}
		checkTypes(t, c.Custom)
	})
}

func checkTypes(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case filter.Object:
		for _, item := range v {
			checkTypes(t, item)
		}
	case []any:
		for _, item := range v {
			checkTypes(t, item)
		}
	default:
		if v != nil && filter.KindOf(v) == filter.KindNull {
			t.Fatalf("a %T", v)
		}
	}
}
