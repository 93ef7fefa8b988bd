package transfer

import (
	"fmt"
	"strings"

	"segmentql/db"
)

// Summary says what an import did.
type Summary struct {
	Created  int64 // contacts
	Updated  int64 // rows that changed a contact that was there, be it by an earlier row
	Skipped  int64 // rows, of which the mode wants nothing to be done
	Rejected int64 // rows

	Mode db.UpsertMode

	// Guessed are the standard fields that were mapped because Options.Guess is set.
	Guessed Mapping

	// Declared are the fields that were declared: those of Options.Types, then the inferred ones by path.
	Declared []db.FieldDeclaration

	// Warnings are sentences about what is probably not as it was meant to be.
	Warnings []string
}

// Rows returns the number of rows that were dealt with.
func (s Summary) Rows() int64 { return s.Created + s.Updated + s.Skipped + s.Rejected }

// String returns the numbers in the form in which they end the output of an import.
func (s Summary) String() string {
	text := fmt.Sprintf("%d created, %d updated, %d rejected", s.Created, s.Updated, s.Rejected)
	if s.Mode != db.Upsert {
		text += fmt.Sprintf(", %d skipped", s.Skipped)
	}
	return text
}

// notes are sentences about what was guessed, what is probably not as it was meant to be, and what was declared.
func (s Summary) notes() []string {
	var notes []string
	for name, source := range s.Guessed.All() {
		notes = append(notes, fmt.Sprintf("%s is taken from %q", name, source))
	}
	declared := make([]string, len(s.Declared))
	for i, d := range s.Declared {
		declared[i] = fmt.Sprintf("%s as %s", d.Path, d.Type)
	}
	if len(declared) > 0 {
		notes = append(notes, "declared "+strings.Join(declared, ", "))
	}
	return append(notes, s.Warnings...)
}

func (s *Summary) warn(format string, args ...any) {
	s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
}
