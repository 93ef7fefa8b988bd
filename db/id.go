package db

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// Prefixes of IDs: what an ID names.
const (
	ContactID = "con_"
	SegmentID = "seg_"
)

// NewID returns a new ID of the kind that prefix names. IDs of later milliseconds sort after earlier ones.
func NewID(prefix string, now time.Time) string {
	return prefix + strings.ToLower(ulid.MustNew(ulid.Timestamp(now), rand.Reader).String())
}
