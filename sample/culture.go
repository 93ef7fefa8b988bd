package sample

import (
	"strings"
	"unicode"
)

// culture is where a contact comes from: names and places that go together.
type culture struct {
	weight   int
	language string // BCP 47
	domain   string // of email addresses, beside the ones used everywhere
	given    []name
	family   []name
	streets  []string // with # for the number
	places   []place
}

// name is a name and its form in an email address.
type name struct{ text, ascii string }

// place is a city.
type place struct {
	city      string
	country   string // ISO 3166-1, two letters
	zone      string // IANA
	currency  string // ISO 4217
	calling   string // code for telephone numbers from abroad
	postcode  string // with # for any digit and @ for any letter
	latitude  float64
	longitude float64
}

// names reads names that are separated by commas, those that are not of ASCII letters in the form Łukasz=lukasz.
func names(list string) []name {
	var all []name
	for entry := range strings.SplitSeq(list, ",") {
		text, ascii, ok := strings.Cut(strings.TrimSpace(entry), "=")
		if !ok {
			ascii = strings.ToLower(strings.Map(onlyLetters, text))
		}
		all = append(all, name{text: text, ascii: ascii})
	}
	return all
}

func onlyLetters(r rune) rune {
	if unicode.IsLetter(r) {
		return r
	}
	return -1
}
