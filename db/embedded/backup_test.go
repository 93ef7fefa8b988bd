package embedded_test

import (
	"bufio"
	"context"
	"crypto/sha256"
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

func quiet(int64, int64) {}

// backUp makes a backup of the store in the directory and returns its file.
func backUp(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "store.backup")
	if _, err := embedded.Backup(t.Context(), dir, file, false, quiet); err != nil {
		t.Fatal(err)
	}
	return file
}

func restore(t *testing.T, file, dir string, replace bool) (embedded.Restored, error) {
	t.Helper()
	return embedded.Restore(t.Context(), file, dir, replace, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), quiet)
}

// names returns the names of what is in a directory, but for the folder of what was sent for jobs, which no backup has.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, e := range entries {
		if e.Name() != "files" {
			all = append(all, e.Name())
		}
	}
	return all
}

// fill writes contacts, a segment and a declared field.
func fill(t *testing.T, w db.Workspace, contacts int) {
	t.Helper()
	if _, err := w.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath("custom.score"), Type: filter.KindNumber}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.UpsertContacts(t.Context(), customers(0, contacts), db.Upsert); err != nil {
		t.Fatal(err)
	}
	if _, err := w.CreateSegment(t.Context(), db.SegmentPatch{Name: new("All"), Filter: []byte(`{"and":[]}`)}); err != nil {
		t.Fatal(err)
	}
}

// wantFilled looks for what fill wrote.
func wantFilled(t *testing.T, dir string, contacts int64) {
	t.Helper()
	store := open(t, dir)
	w := store.Workspace("w")
	segments, err := w.Segments(t.Context())
	if n := count(t, w); n != contacts || err != nil || len(segments) != 1 {
		t.Errorf("there are %d contacts and segments %v, %v; want %d and one", n, segments, err, contacts)
	}
	if f, _ := catalogue(t, w).Field("custom.score"); f.Type != filter.KindNumber {
		t.Errorf("the field is %+v", f)
	}
	closeStore(t, store)
}

func TestBackupAndRestore(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	fill(t, store.Workspace("w"), 1000)
	file := filepath.Join(t.TempDir(), "?a b#c%20")
	var done, total int64
	made, err := embedded.Backup(t.Context(), dir, file, false, func(d, t int64) { done, total = d, t })
	info, statErr := os.Stat(file)
	if err != nil || statErr != nil {
		t.Fatal(err, statErr)
	}
	if want := (embedded.Contents{Contacts: 1000, Segments: 1, Bytes: info.Size()}); made != want || done != total || total+sha256.Size != info.Size() {
		t.Errorf("made %+v, told %d of %d, want %+v", made, done, total, want)
	}
	if got := names(t, filepath.Dir(file)); len(got) != 1 || info.Mode().Perm() != 0o600 {
		t.Errorf("it left %v, with mode %s", got, info.Mode())
	}

	// What is written later is not in it.
	if _, err := store.Workspace("w").UpsertContacts(t.Context(), customers(1000, 1010), db.Upsert); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "made", "by restore")
	restored, err := restore(t, file, other, false)
	made.Bytes -= sha256.Size
	if want := (embedded.Restored{Contents: made}); err != nil || restored != want {
		t.Errorf("restored %+v, %v, want %+v", restored, err, want)
	}
	if got := names(t, other); !reflect.DeepEqual(got, []string{"lock", databaseFile}) {
		t.Errorf("it left %v", got)
	}
	wantFilled(t, other, 1000)

	// A backup of what was restored is one, too.
	wantContents(t, backUp(t, other), 1000)
}

// wantContents restores a backup into a directory of its own.
func wantContents(t *testing.T, file string, contacts int64) {
	t.Helper()
	dir := t.TempDir()
	if restored, err := restore(t, file, dir, false); err != nil || restored.Contacts != contacts {
		t.Errorf("restored %+v, %v", restored, err)
	}
	wantFilled(t, dir, contacts)
}

// Another process writes while backups are made. Each must have all that was acknowledged before it began, and whole
// batches only.
func TestBackupOfAServedStore(t *testing.T) {
	dir := t.TempDir()
	writer := child("writer", dir)
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = writer.Process.Kill(); _ = writer.Wait() })
	said := make(chan string, 1_000_000)
	go func() {
		defer close(said)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			said <- scanner.Text()
		}
	}()
	var acknowledged []string
	for before := int64(0); before < 4; before++ {
		for next := 500; next > 0; next-- {
			line, more := <-said
			if !more || strings.HasPrefix(line, "error") {
				t.Fatalf("the writer ended: %s", line)
			}
			acknowledged = append(acknowledged, line)
		}
		file := backUp(t, dir)
		restored := t.TempDir()
		contents, err := restore(t, file, restored, false)
		if err != nil {
			t.Fatal(err)
		}
		store := open(t, restored)
		w := store.Workspace("w")
		contacts, err := w.ContactsByID(t.Context(), acknowledged)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range contacts {
			if c == nil {
				t.Errorf("%s was acknowledged before the backup and is not in it", acknowledged[i])
			}
		}
		inBatches, err := w.CountContacts(t.Context(), []filter.Node{filter.Const(true), parse(t, filter.Object{"empty": filter.Object{"path": "email", "is": false}})})
		if err != nil {
			t.Fatal(err)
		}
		if inBatches[0] != contents.Contacts || inBatches[1]%20 != 0 {
			t.Errorf("of %d contacts, %d are found, %d of them from batches of 20", contents.Contacts, inBatches[0], inBatches[1])
		}
		closeStore(t, store)
	}
	_, err = embedded.Open(t.Context(), dir, time.Now)
	wantError(t, err, db.Unavailable, "in use by another SegmentQL process")
	for _, replace := range []bool{false, true} {
		_, err = restore(t, backUp(t, dir), dir, replace)
		wantError(t, err, db.Unavailable, "in use by another SegmentQL process")
	}
}

// Backups of a store that nobody serves, and whose last server was killed, have what is in the log.
func TestBackupAfterAKill(t *testing.T) {
	dir := t.TempDir()
	writer := child("writer", dir)
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	said.Scan()
	first := said.Text()
	_ = writer.Process.Kill()
	_ = writer.Wait()

	restored := t.TempDir()
	if _, err := restore(t, backUp(t, dir), restored, false); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{restored, dir} {
		if c, err := open(t, dir).Workspace("w").ContactsByID(t.Context(), []string{first}); err != nil || c[0] == nil {
			t.Errorf("got %v, %v", c, err)
		}
	}
}

func TestBackupTargets(t *testing.T) {
	dir, folder := t.TempDir(), t.TempDir()
	fill(t, open(t, dir).Workspace("w"), 10)
	file := filepath.Join(folder, "backup")
	back := func(from, to string, replace bool) error {
		_, err := embedded.Backup(t.Context(), from, to, replace, quiet)
		return err
	}
	if err := back(dir, file, false); err != nil {
		t.Fatal(err)
	}
	wantError(t, back(dir, file, false), db.Conflict, "already; name another one, or replace it with --force")
	if err := os.WriteFile(file, []byte("older"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := back(dir, file, true); err != nil {
		t.Error(err)
	}
	wantContents(t, file, 10)

	for name, c := range map[string]struct {
		from, to string
		code     db.Code
		says     string
	}{
		"no store":           {t.TempDir(), file, db.NotFound, "there is no store in the directory"},
		"no folder":          {dir, filepath.Join(folder, "none", "backup"), db.BadInput, "does not exist"},
		"a folder":           {dir, folder, db.BadInput, "is not a file"},
		"the store itself":   {dir, filepath.Join(dir, databaseFile), db.BadInput, "is in the data directory"},
		"the data directory": {dir, filepath.Join(folder, "..", filepath.Base(dir), "x"), db.BadInput, "is in the data directory"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.to == filepath.Join(folder, "..", filepath.Base(dir), "x") {
				link := filepath.Join(folder, "link")
				if err := os.Symlink(dir, link); err != nil {
					t.Fatal(err)
				}
				defer func() { _ = os.Remove(link) }()
				c.to = filepath.Join(link, "x")
			}
			wantError(t, back(c.from, c.to, true), c.code, c.says)
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := embedded.Backup(ctx, dir, filepath.Join(folder, "cancelled"), false, func(int64, int64) { cancel() })
		wantError(t, err, db.Timeout, "")
	})
	if got := names(t, folder); !reflect.DeepEqual(got, []string{"backup"}) {
		t.Errorf("there are left %v", got)
	}
	wantContents(t, file, 10)
}

func TestBackupOfANewerOrDamagedStore(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	fill(t, store.Workspace("w"), 1000)
	closeStore(t, store)
	file := filepath.Join(t.TempDir(), "backup")
	alter(t, dir, `PRAGMA user_version = 99`)
	_, err := embedded.Backup(t.Context(), dir, file, false, quiet)
	wantError(t, err, db.Unavailable, "a newer SegmentQL (its schema has version 99")
	alter(t, dir, `PRAGMA user_version = 4`)

	damage(t, filepath.Join(dir, databaseFile), 8192*20)
	_, err = embedded.Backup(t.Context(), dir, file, false, quiet)
	wantError(t, err, db.Unavailable, "is damaged; restore it from a backup")
	if got := names(t, filepath.Dir(file)); len(got) != 0 {
		t.Errorf("there are left %v", got)
	}
}

// damage overwrites a page of a file.
func damage(t *testing.T, file string, at int64) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("damaged ", 1024)), at); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
