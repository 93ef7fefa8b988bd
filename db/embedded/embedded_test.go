package embedded_test

import (
	"context"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/dbtest"
	"segmentql/db/embedded"
)

func TestStore(t *testing.T) {
	dbtest.Run(t, dbtest.Subject{Open: func(t *testing.T, now func() time.Time) db.Store {
		t.Helper()
		store, err := embedded.Open(t.Context(), t.TempDir(), now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := store.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		return store
	}})
}
