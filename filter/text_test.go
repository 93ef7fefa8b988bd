package filter_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segmentql/filter"
)

// TestASCIITextsFoldAsOthers compares the short way for ASCII texts with the plain one, which a character that is not
// ASCII enforces.
func TestASCIITextsFoldAsOthers(t *testing.T) {
	const notASCII = "…"
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`[abkKsSzZ@\[`+"`"+`{ 0]{0,12}`).Draw(r, "text")
		sought := rapid.StringMatching(`[abkKsSzZ@\[`+"`"+`{ 0]{0,3}`).Draw(r, "sought")
		for place, plain := range map[filter.Place]string{filter.Anywhere: notASCII + text + notASCII, filter.AtStart: text + notASCII, filter.AtEnd: notASCII + text} {
			match := filter.NewTextMatch(place, sought, true)
			if short := filter.Passes(match, text); short != filter.Passes(match, plain) {
				r.Fatalf("%q in %q at %v: %v", sought, text, place, short)
			}
		}
		if got, want := filter.OfText(filter.NewTextMatch(filter.Anywhere, sought, true))(text), strings.Contains(strings.ToUpper(text), strings.ToUpper(sought)); got != want {
			r.Fatalf("%q in %q: %v", sought, text, got)
		}
	})
}
