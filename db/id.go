package db

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

// Prefixes of IDs: what an ID names.
const (
	ContactID = "con_"
	SegmentID = "seg_"
	JobID     = "job_"
)

// entropy is what IDs of one millisecond differ in: random, and from one ID to the next a random amount higher.
var entropy = sync.OnceValue(func() ulid.MonotonicReader {
	return &ulid.LockedMonotonicReader{MonotonicReader: ulid.Monotonic(rand.Reader, 0)}
})

// NewID returns a new ID of the kind that prefix names. It sorts after those that this process made before, as long as
// now does not go back.
func NewID(prefix string, now time.Time) string {
	return prefix + strings.ToLower(ulid.MustNew(ulid.Timestamp(now), entropy()).String())
}
