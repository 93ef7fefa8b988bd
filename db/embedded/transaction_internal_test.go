package embedded

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"segmentql/db"
	"segmentql/filter"
)

func openInternal(t *testing.T) (*Store, *workspace) {
	t.Helper()
	store, err := Open(t.Context(), t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return store, &workspace{store: store, id: "w"}
}

func create(ctx context.Context, w db.Workspace, email, field string) (*db.Contact, error) {
	return w.CreateContact(ctx, db.ContactPatch{Email: &email, Custom: filter.Object{field: "a value"}})
}

func TestFullDisk(t *testing.T) {
	store, w := openInternal(t)
	first, err := create(t.Context(), w, "first@example.com", "field")
	if err != nil {
		t.Fatal(err)
	}
	limit := func(pages int) {
		if _, err := store.database.writer.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(10)
	large := db.ContactPatch{Custom: filter.Object{"text": strings.Repeat("a", 400_000)}}
	for range 2 {
		if _, err := w.CreateContact(t.Context(), large); db.CodeOf(err) != db.Unavailable || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("got %v", err)
		}
		if c, err := w.ContactByEmail(t.Context(), "first@example.com"); err != nil || c.ID != first.ID {
			t.Errorf("got %v, %v", c, err)
		}
	}
	// A disk that is truly full is reported by the driver as one that fails to write.
	if err := translate(t.Context(), sqlite3.IOERR_WRITE); db.CodeOf(err) != db.Unavailable || !strings.Contains(err.Error(), "the disk is full or failing") {
		t.Errorf("got %v", err)
	}
	limit(1_000_000)
	if _, err := w.CreateContact(t.Context(), large); err != nil {
		t.Error(err)
	}
	if stored := storedFields(t, w); !strings.Contains(stored, "custom.text") {
		t.Errorf("the stored fields are %s: the failed writes kept the field from being stored", stored)
	}
}

func TestFieldsOfAFailedWriteAreForgotten(t *testing.T) {
	_, w := openInternal(t)
	if _, err := create(t.Context(), w, "ada@example.com", "one"); err != nil {
		t.Fatal(err)
	}
	if _, err := create(t.Context(), w, "ada@example.com", "two"); db.CodeOf(err) != db.Conflict {
		t.Fatalf("got %v", err)
	}
	c, err := w.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if known, _ := c.Known("custom.two"); known {
		t.Error("the catalogue has the field of a contact that was not stored")
	}
	if _, err := create(t.Context(), w, "grace@example.com", "two"); err != nil {
		t.Fatal(err)
	}
	if stored := storedFields(t, w); stored != "custom.one custom.two" {
		t.Errorf("the stored fields are %s", stored)
	}
}

// storedFields returns what a catalogue that is read anew has.
func storedFields(t *testing.T, w *workspace) string {
	t.Helper()
	w.store.catalogues.drop(w.id)
	c, err := w.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range c.Fields() {
		paths = append(paths, f.Path)
	}
	return strings.Join(paths, " ")
}

func TestReadersGoOnWhileAWriterWrites(t *testing.T) {
	store, w := openInternal(t)
	if _, err := create(t.Context(), w, "before@example.com", "field"); err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context(), func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	abandoned := errors.New("abandoned")
	err := w.writeContacts(t.Context(), func(tx *tx) error {
		email := "during@example.com"
		if _, err := tx.upsert(t.Context(), nil, db.ContactPatch{Email: &email}, db.Upsert); err != nil {
			return err
		}
		for range 20 {
			counts, err := w.CountContacts(t.Context(), []filter.Node{filter.Const(true)})
			if err != nil || counts[0] != 1 {
				t.Errorf("got %v, %v", counts, err)
			}
		}
		short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err := create(short, w, "second@example.com", "field"); db.CodeOf(err) != db.Timeout {
			t.Errorf("a second writer got %v", err)
		}
		if err := store.Close(short); db.CodeOf(err) != db.Timeout {
			t.Errorf("Close got %v", err)
		}
		return abandoned
	})
	if !errors.Is(err, abandoned) {
		t.Error(err)
	}
}

func TestUnknownNodeDoesNotEndTheProcess(t *testing.T) {
	_, w := openInternal(t)
	if _, err := create(t.Context(), w, "ada@example.com", "field"); err != nil {
		t.Fatal(err)
	}
	unknown := filter.Has{Path: filter.MustPath("email")} // without a test
	if _, err := w.CountContacts(t.Context(), []filter.Node{unknown}); db.CodeOf(err) != db.Internal {
		t.Errorf("got %v", err)
	}
}
