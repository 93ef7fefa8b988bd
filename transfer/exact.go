package transfer

import (
	"strings"

	"segmentql/filter"
)

// exactKey marks a document of which the texts are texts, whatever they look like: "$text": true. An import infers no
// types from it. Exports mark contacts that have a text which could be read as a day or an instant.
const exactKey = "$text"

// takeExact takes the mark out of a document.
func takeExact(document filter.Object) bool {
	exact, _ := document[exactKey].(bool)
	if exact {
		delete(document, exactKey)
	}
	return exact
}

// looksDated says whether inference would take the text for a day or an instant.
func looksDated(text string) bool {
	const year = len("2006")
	text = strings.TrimSpace(text)
	return len(text) > year && text[year] == '-' && (reads(text, filter.KindDate) || reads(text, filter.KindDateTime))
}
