package db

import (
	"fmt"
	"slices"
	"testing"
)

func TestLooksLikeIdentifier(t *testing.T) {
	for key, want := range map[string]bool{
		"0df078f33aa74a2e9696e0520c1a828a":     true, // a UUID without its dashes
		"5ca4bbcea2dd94ee58162a68":             true, // an ObjectID
		"5CA4BBCEA2DD94EE58162A68":             true,
		"f81d4fae-7dec-11d0-a765-00a0c91e6bf6": true,
		"01HV8S3Z5Y2Q9K7N4M6P8R1T0W":           true, // a ULID
		"371138":                               true,
		"12345":                                true,
		"-12345":                               true,
		"2026-03-01":                           true,
		"2026-03":                              true,
		"2026-03-01T09:00:00Z":                 true,
		"+44 20 7946 0018":                     true,
		"2026":                                 false, // a year
		"1":                                    false, // of a question
		"q12345":                               false,
		"field_360012345678":                   false,
		"address_line_2":                       false,
		"feedfacecafebeef":                     false, // words
		"deadbeef01234":                        false, // short
		"f81d4fae-7dec-11d0-a765":              false,
		"plan":                                 false,
		"-":                                    false,
		"*":                                    false,
		"":                                     false,
		"٣٤٥٦٧":                                false,
	} {
		if got := looksLikeIdentifier(key); got != want {
			t.Errorf("%q: got %v, want %v", key, got, want)
		}
	}
}

func TestHasDataForKeys(t *testing.T) {
	ids, names := []string{"10001", "10002", "10003"}, make([]string, MaxKeys)
	for i := range names {
		names[i] = fmt.Sprint("name", i)
	}
	for name, c := range map[string]struct {
		keys []string
		want bool
	}{
		"none":                    {nil, false},
		"a few identifiers":       {ids[:MaxIdentifiers-1], false},
		"several identifiers":     {ids, true},
		"several behind names":    {slices.Concat(names[:50], ids), true},
		"few behind names":        {slices.Concat(names[:50], ids[:MaxIdentifiers-1]), false},
		"as many names as may":    {names, false},
		"more names than that":    {slices.Concat(names, []string{"more"}), true},
		"years, each the name":    {[]string{"2021", "2022", "2023", "2024"}, false},
		"the questions of a form": {[]string{"1", "2", "3", "4", "5", "6", "7"}, false},
	} {
		if got := HasDataForKeys(slices.Values(c.keys)); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
