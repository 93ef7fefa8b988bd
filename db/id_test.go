package db_test

import (
	"testing"
	"time"

	"segmentql/db"
)

func TestIDsIncreaseWithinAMillisecond(t *testing.T) {
	last := ""
	for _, at := range []time.Time{now(), now(), now(), now().Add(time.Millisecond)} {
		for range 1_000 {
			id := db.NewID(db.ContactID, at)
			if id <= last {
				t.Fatalf("%s comes after %s", id, last)
			}
			last = id
		}
	}
}

func BenchmarkNewID(b *testing.B) {
	for b.Loop() {
		db.NewID(db.ContactID, time.Now())
	}
}
