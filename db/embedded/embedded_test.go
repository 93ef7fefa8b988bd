package embedded_test

import (
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/dbtest"
	"segmentql/db/embedded"
)

func TestStore(t *testing.T) {
	dbtest.Run(t, dbtest.Subject{
		Place: func(t *testing.T) string { return t.TempDir() },
		Open: func(t *testing.T, dir string, now func() time.Time) db.Store {
			t.Helper()
			store, err := embedded.Open(t.Context(), dir, now)
			if err != nil {
				t.Fatal(err)
			}
			return store
		},
	})
}
