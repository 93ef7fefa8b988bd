package mongodb

import (
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"segmentql/db"
	"segmentql/filter"
)

// TestEachContactReadsASnapshot looks at what is sent: a find in a snapshot where the server has these. Elsewhere the
// log says that there is none.
func TestEachContactReadsASnapshot(t *testing.T) {
	store, watch, log := openWatched(t)
	has, err := store.hasSnapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	log.Reset()
	w := store.Workspace("w")
	sent := watch.during(func() {
		if err := w.EachContact(t.Context(), filter.Const(true), func(*db.Contact) error { return nil }); err != nil {
			t.Error(err)
		}
	})
	if len(sent["find contacts"]) != 1 {
		t.Fatalf("sent %v, want one find", sent)
	}
	level, _ := sent["find contacts"][0].Lookup("readConcern", "level").StringValueOK()
	if inSnapshot := level == "snapshot"; inSnapshot != has {
		t.Errorf("the find has the read concern %q; the server has snapshots: %t", level, has)
	}
	if said := strings.Contains(log.String(), "has no snapshots"); said == has {
		t.Errorf("the server has snapshots: %t; the log is %s", has, log)
	}
}

func TestLostSnapshotIsUnavailable(t *testing.T) {
	for _, code := range []int32{snapshotTooOld, snapshotUnavailable} {
		if err := translate(mongo.CommandError{Code: code}); db.CodeOf(err) != db.Unavailable {
			t.Errorf("code %d: %v", code, err)
		}
	}
}
