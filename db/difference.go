package db

import (
	"maps"
	"math"
	"slices"
	"time"

	"segmentql/filter"
)

// differences gathers what is different between two states of a contact.
type differences struct {
	changes []FieldChange
	omitted int
}

func changesOf(before, after *Contact) (changes []FieldChange, omitted int) {
	var d differences
	for _, f := range [...]struct{ name, was, is string }{
		{"email", before.Email, after.Email},
		{"phone", before.Phone, after.Phone},
		{"firstName", before.FirstName, after.FirstName},
		{"lastName", before.LastName, after.LastName},
		{"status", string(before.Status), string(after.Status)},
	} {
		if f.was != f.is {
			d.add(f.name, unlessEmpty(f.was), unlessEmpty(f.is))
		}
	}
	const subscribedAt = "subscribedAt"
	was, _ := before.Field(subscribedAt)
	is, _ := after.Field(subscribedAt)
	if !identical(was, is) {
		d.add(subscribedAt, was, is)
	}
	d.members("tags", before.Tags, after.Tags)
	d.members(filter.SegmentsField, before.Segments, after.Segments)
	d.object(filter.CustomField, before.Custom, after.Custom)
	return d.changes, d.omitted
}

func unlessEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (d *differences) add(path string, was, is any) {
	if len(d.changes) == MaxChanges {
		d.omitted++
		return
	}
	before, wasCut := abbreviated(was)
	after, isCut := abbreviated(is)
	d.changes = append(d.changes, FieldChange{path, before, after, wasCut || isCut})
}

// members compares lists of which each text is in once.
func (d *differences) members(path string, was, is []string) {
	if slices.Equal(was, is) {
		return
	}
	known := len(d.changes) + d.omitted
	for _, text := range less(was, is) {
		d.add(path, text, nil)
	}
	for _, text := range less(is, was) {
		d.add(path, nil, text)
	}
	if len(d.changes)+d.omitted == known { // only their order is another
		d.add(path, list(was), list(is))
	}
}

// less returns those of the texts that the others have not.
func less(texts, others []string) []string {
	has := make(map[string]bool, len(others))
	for _, text := range others {
		has[text] = true
	}
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return has[text] })
}

func (d *differences) object(path string, was, is filter.Object) {
	var keys []string
	for key, v := range is {
		if before, had := was[key]; !had || !identical(before, v) {
			keys = append(keys, key)
		}
	}
	for key := range was {
		if _, has := is[key]; !has {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		before, wasObject := was[key].(filter.Object)
		after, isObject := is[key].(filter.Object)
		if wasObject && isObject {
			d.object(path+"."+key, before, after)
		} else {
			d.add(path+"."+key, was[key], is[key])
		}
	}
}

// identical says whether two values are stored the same.
func identical(a, b any) bool {
	switch a := a.(type) {
	case filter.Object:
		b, ok := b.(filter.Object)
		return ok && maps.EqualFunc(a, b, identical)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, identical)
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	case float64: // 0 and -0 are not
		b, ok := b.(float64)
		return ok && math.Float64bits(a) == math.Float64bits(b)
	}
	return a == b
}

// abbreviated returns the beginning of a value that takes more than MaxChangeSize: of texts, lists and objects.
func abbreviated(v any) (short any, cut bool) {
	room := abbreviation{left: MaxChangeSize}
	short = room.value(v)
	return short, room.cut
}

type abbreviation struct {
	left int // bytes
	cut  bool
}

// scalarSize is about what a value takes beside its text.
const scalarSize = 8

func (a *abbreviation) value(v any) any {
	switch v := v.(type) {
	case string:
		text := cut(v, max(0, a.left))
		a.cut = a.cut || len(text) < len(v)
		a.left -= len(text)
		return text
	case []any:
		list := []any{}
		for _, item := range v {
			if !a.room(scalarSize) {
				break
			}
			list = append(list, a.value(item))
		}
		return list
	case filter.Object:
		o := filter.Object{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if !a.room(scalarSize + len(key)) {
				break
			}
			o[key] = a.value(v[key])
		}
		return o
	}
	return v
}

// room takes some bytes and says whether they were left.
func (a *abbreviation) room(bytes int) bool {
	a.left -= bytes
	a.cut = a.cut || a.left < 0
	return a.left >= 0
}
