package db

import (
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// Prefixes of IDs: what an ID names.
const (
	ContactID = "con_"
	SegmentID = "seg_"
)

// NewID returns a new ID of the kind that prefix names. It sorts after those that this process made before.
func NewID(prefix string, now time.Time) string {
	return prefix + strings.ToLower(ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String())
}
