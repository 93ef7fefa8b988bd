package transfer

import (
	"unicode/utf8"

	"segmentql/db"
)

// Delimiter separates the columns of a CSV file; 0 finds out which one does from the header.
type Delimiter rune

// delimiters are those that are found out, and the names by which they can be given.
func delimiters() map[string]Delimiter {
	return map[string]Delimiter{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|'}
}

// ParseDelimiter reads a character, or the name comma, semicolon, tab or pipe.
func ParseDelimiter(text string) (Delimiter, error) {
	if text == "" {
		return 0, nil
	}
	if d, named := delimiters()[text]; named {
		return d, nil
	}
	r, size := utf8.DecodeRuneInString(text)
	if size != len(text) || r == utf8.RuneError || r == '"' || r == '\r' || r == '\n' {
		return 0, db.Errorf(db.BadInput, "%q does not separate columns; give one character, or comma, semicolon, tab or pipe", abbreviate(text))
	}
	return Delimiter(r), nil
}

// String returns the name or the character.
func (d Delimiter) String() string {
	for name, named := range delimiters() {
		if d == named {
			return name
		}
	}
	if d == 0 {
		return ""
	}
	return string(rune(d))
}
