package embedded_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/filter"
)

const databaseFile = "segmentql.db"

func TestDirectoryIsMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "with space", "?and#more%20")
	open(t, dir)
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("got %v, %v", info, err)
	}
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); err != nil {
		t.Error(err)
	}
}

func TestDirectoryHasOneUser(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)

	_, err := embedded.Open(t.Context(), dir, time.Now)
	wantError(t, err, db.Unavailable, "the data directory "+dir+" is in use by another SegmentQL process")

	said, err := child("opener", dir).Output()
	if err != nil || !strings.Contains(string(said), "is in use by another SegmentQL process") {
		t.Errorf("the other process said %q, %v", said, err)
	}

	closeStore(t, store)
	open(t, dir)
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	closeStore(t, open(t, dir))
	alter(t, dir, `PRAGMA user_version = 99`)
	_, err := embedded.Open(t.Context(), dir, time.Now)
	wantError(t, err, db.Unavailable, "a newer SegmentQL (its schema has version 99")

	alter(t, dir, `PRAGMA user_version = 7`)
	open(t, dir) // and the lock was released
}

// before makes the directory one that the program of an earlier schema has written.
func before(t *testing.T, dir string, version int) {
	t.Helper()
	undo := []string{
		1: `ALTER TABLE segments DROP COLUMN format`,
		2: `DROP TABLE sizes; ALTER TABLE contacts ADD COLUMN email TEXT;
			CREATE UNIQUE INDEX contacts_email ON contacts (workspace, email) WHERE email IS NOT NULL`,
		3: `ALTER TABLE segments DROP COLUMN kind`,
		4: `DROP TABLE jobs; DROP TABLE problems`,
		5: `DROP TABLE activity`,
		6: `DROP TABLE merged`,
	}
	for i := len(undo) - 1; i >= version; i-- {
		alter(t, dir, undo[i])
	}
	alter(t, dir, fmt.Sprintf(`PRAGMA user_version = %d`, version))
}

// Emails were unique by an index on disk.
func TestMigrationOfEmails(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	for _, w := range []string{"v", "w"} {
		if _, err := store.Workspace(w).UpsertContacts(t.Context(), customers(0, 300), db.Upsert); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, store)
	before(t, dir, 2)
	store = open(t, dir)
	done, total := int64(0), int64(0)
	if err := store.Load(t.Context(), func(d, t int64) { done, total = d, t }); err != nil || done != 600 || total != 600 {
		t.Errorf("%d of %d contacts were loaded, %v", done, total, err)
	}
	w := store.Workspace("w")
	taken := *customer(7).Email
	if c, err := w.ContactByEmail(t.Context(), taken); err != nil || c.LastName != *customer(7).LastName {
		t.Errorf("got %+v, %v", c, err)
	}
	_, err := w.CreateContact(t.Context(), db.ContactPatch{Email: &taken})
	wantError(t, err, db.Conflict, "another contact has this email")
}

// Filters that were saved before their form had a version are of the first one.
func TestMigrationOfFilterFormat(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	saved, err := store.Workspace("w").CreateSegment(t.Context(), db.SegmentPatch{Name: new("All"), Filter: []byte(`{"and":[]}`)})
	if err != nil {
		t.Fatal(err)
	}
	closeStore(t, store)
	before(t, dir, 1)
	read, err := open(t, dir).Workspace("w").SegmentsByID(t.Context(), []string{saved.ID})
	if err != nil || !reflect.DeepEqual(read[0], saved) || saved.Format != 1 {
		t.Errorf("got %+v, %v, want %+v", read, err, saved)
	}
}

func alter(t *testing.T, dir, statement string) {
	t.Helper()
	file, err := sql.Open("sqlite3", filepath.Join(dir, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Exec(statement); err != nil {
		t.Error(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}

func TestDamagedFile(t *testing.T) {
	t.Run("not a database", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, databaseFile), []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := embedded.Open(t.Context(), dir, time.Now)
		wantError(t, err, db.Unavailable, "is damaged")
	})
	t.Run("broken pages", func(t *testing.T) {
		dir := t.TempDir()
		store := open(t, dir)
		if _, err := store.Workspace("w").UpsertContacts(t.Context(), customers(0, 1000), db.Upsert); err != nil {
			t.Fatal(err)
		}
		closeStore(t, store)
		file := filepath.Join(dir, databaseFile)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		const schema = 8192 * 8 // the first pages, which Open needs
		for i := schema; i < len(data); i++ {
			data[i] = byte(i)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = open(t, dir).Workspace("w").CountContacts(t.Context(), []filter.Node{filter.Const(true)})
		wantError(t, err, db.Unavailable, "is damaged")
	})
	t.Run("no directory", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := embedded.Open(t.Context(), file, time.Now)
		wantError(t, err, db.Unavailable, "cannot be made")
	})
}

func TestClosedStore(t *testing.T) {
	store := open(t, t.TempDir())
	closeStore(t, store)
	closeStore(t, store)
	wantError(t, store.Ready(t.Context()), db.Unavailable, "closed")
	_, err := store.Workspace("w").Segments(t.Context())
	wantError(t, err, db.Unavailable, "closed")
}

func TestEndedContext(t *testing.T) {
	store := open(t, t.TempDir())
	w := store.Workspace("w")
	if _, err := w.UpsertContacts(t.Context(), customers(0, 1000), db.Upsert); err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context(), func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	filters := []filter.Node{typicalFilter(t, 0)}
	queries := []db.ContactQuery{{Filter: filters[0], Page: db.Page{Limit: 50, Backward: true}}}
	calls := map[string]func(context.Context) error{
		"upsert": func(ctx context.Context) error {
			_, err := w.UpsertContacts(ctx, customers(0, 1000), db.Upsert)
			return err
		},
		"delete":    func(ctx context.Context) error { _, err := w.DeleteContacts(ctx, []string{"con_none"}); return err },
		"count":     func(ctx context.Context) error { _, err := w.CountContacts(ctx, filters); return err },
		"find":      func(ctx context.Context) error { _, err := w.FindContacts(ctx, queries); return err },
		"segments":  func(ctx context.Context) error { _, err := w.Segments(ctx); return err },
		"catalogue": func(ctx context.Context) error { _, err := w.Catalogue(ctx); return err },
		"ready":     store.Ready,
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			cancelled, cancel := context.WithCancel(t.Context())
			cancel()
			wantError(t, call(cancelled), db.Timeout, "")
			for i := range 40 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*100*time.Microsecond)
				if err := call(ctx); err != nil {
					wantError(t, err, db.Timeout, "")
				}
				cancel()
			}
			if err := call(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	if n := count(t, w); n != 1000 {
		t.Errorf("there are %d contacts", n)
	}
}

func count(t *testing.T, w db.Workspace) int64 {
	t.Helper()
	counts, err := w.CountContacts(t.Context(), []filter.Node{filter.Const(true)})
	if err != nil {
		t.Fatal(err)
	}
	return counts[0]
}
