package db

import (
	"iter"
	"regexp"
)

// An object has data for keys when it has, over all contacts, MaxIdentifiers keys that look like identifiers, or more
// than MaxKeys keys of any look. Keys are only ever added, so it comes to the same whoever was written first.
const (
	MaxIdentifiers = 3
	MaxKeys        = 100
)

// HasDataForKeys says whether the keys of an object are data rather than names of fields.
func HasDataForKeys(keys iter.Seq[string]) bool {
	all, identifiers := 0, 0
	for key := range keys {
		if all++; looksLikeIdentifier(key) {
			identifiers++
		}
		if identifiers == MaxIdentifiers || all > MaxKeys {
			return true
		}
	}
	return false
}

// identifiers are keys of a form that hardly anybody chooses as a name: numbers and other groups of digits, as days,
// instants and phone numbers are; long hexadecimal numbers, as hashes and ObjectIDs are; UUIDs; ULIDs.
var identifiers = regexp.MustCompile(`^(?:` +
	`(?:[-+/:_ T]?[0-9]+)+Z?|` +
	`[0-9A-Fa-f]{16,}|` +
	`[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|` +
	`[0-7][0-9A-HJKMNP-TV-Z]{25}` +
	`)$`)

// minDigits is how many digits an identifier has at least: years and the numbers of questions name fields, and there are
// words with no other letters than a to f.
const minDigits = 5

func looksLikeIdentifier(key string) bool {
	digits := 0
	for i := range len(key) {
		if '0' <= key[i] && key[i] <= '9' {
			digits++
		}
	}
	return digits >= minDigits && identifiers.MatchString(key)
}
