package transfer

import (
	"fmt"

	"segmentql/db"
)

// Summary says what an import did.
type Summary struct {
	Created  int64 // contacts
	Updated  int64 // rows that changed a contact that was there, be it by an earlier row
	Rejected int64 // rows

	// Declared are the fields that were declared: those of Options.Types, then the inferred ones by path.
	Declared []db.FieldDeclaration

	// Warnings are sentences about what is probably not as it was meant to be.
	Warnings []string
}

// Rows returns the number of rows that were dealt with.
func (s Summary) Rows() int64 { return s.Created + s.Updated + s.Rejected }

// String returns the numbers in the form in which they end the output of an import.
func (s Summary) String() string {
	return fmt.Sprintf("%d created, %d updated, %d rejected", s.Created, s.Updated, s.Rejected)
}

func (s *Summary) warn(format string, args ...any) {
	s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
}
