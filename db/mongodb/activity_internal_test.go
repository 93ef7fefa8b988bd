package mongodb

import (
	"math"
	"testing"
	"time"

	"segmentql/db"
)

// draftOf is a contact with another first name, as it is to be written.
func draftOf(t *testing.T, c *db.Contact, name string) *draft {
	t.Helper()
	after, err := db.ContactPatch{FirstName: &name}.Apply(*c, c.UpdatedAt)
	if err != nil {
		t.Fatal(err)
	}
	after.Sign(c, db.Actor{})
	return &draft{before: c, after: &after}
}

// changed returns a workspace, and a contact of it that was changed once.
func changed(t *testing.T) (*workspace, *db.Contact) {
	t.Helper()
	store, _, _ := openWatched(t)
	w := &workspace{store, "w"}
	created, err := w.CreateContact(t.Context(), db.ContactPatch{Email: new("a@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	c, err := w.UpdateContact(t.Context(), created.ID, db.ContactPatch{FirstName: new("Ada")})
	if err != nil {
		t.Fatal(err)
	}
	return w, c
}

// A process may die when it has logged what it is about to replace.
func TestLoggedTwice(t *testing.T) {
	w, c := changed(t)
	for _, name := range []string{"never", "neither"} {
		if err := w.logReplaced(t.Context(), draftOf(t, c, name)); err != nil {
			t.Fatal(err)
		}
		wantVersions(t, w, c.ID, 2, 1)
	}
	if _, err := w.UpdateContact(t.Context(), c.ID, db.ContactPatch{FirstName: new("Eve")}); err != nil {
		t.Fatal(err)
	}
	wantVersions(t, w, c.ID, 3, 2, 1)
}

func wantVersions(t *testing.T, w *workspace, contact string, want ...int64) {
	t.Helper()
	all, err := w.Activity(t.Context(), db.ActivityQuery{Contact: contact, Below: math.MaxInt64, Limit: 10})
	if err != nil || len(all) != len(want) {
		t.Fatalf("got %+v, %v, want the versions %v", all, err, want)
	}
	for i, a := range all {
		if a.Version != want[i] {
			t.Errorf("got %+v, want the versions %v", all, want)
		}
	}
}

// Who was about to change a contact when it was deleted leaves nothing in the log.
func TestLoggedOfTheDeleted(t *testing.T) {
	w, c := changed(t)
	late := draftOf(t, c, "late")
	if _, err := w.DeleteContacts(t.Context(), []string{c.ID}); err != nil {
		t.Fatal(err)
	}
	overtaken, err := w.write(t.Context(), time.Now(), []*draft{late})
	if err != nil || len(overtaken) != 1 {
		t.Errorf("%d drafts were overtaken, %v", len(overtaken), err)
	}
	if left, err := w.Records(t.Context(), db.ActivityRecords, ""); err != nil || len(left) != 0 {
		t.Errorf("the log has %v, %v", left, err)
	}

	// Where only the log was left by somebody who died, the next one deletes it.
	if err := w.logReplaced(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if deleted, err := w.DeleteContacts(t.Context(), []string{c.ID}); err != nil || len(deleted) != 0 {
		t.Errorf("deleted %v, %v", deleted, err)
	}
	if left, err := w.Records(t.Context(), db.ActivityRecords, ""); err != nil || len(left) != 0 {
		t.Errorf("the log still has %v, %v", left, err)
	}
}
