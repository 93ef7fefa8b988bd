package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
)

func TestRestoreReplaces(t *testing.T) {
	from, dir := t.TempDir(), t.TempDir()
	fill(t, open(t, from).Workspace("w"), 100)
	file := backUp(t, from)
	store := open(t, dir)
	fill(t, store.Workspace("w"), 7)
	closeStore(t, store)

	_, err := restore(t, file, dir, false)
	wantError(t, err, db.Conflict, "there is a store in the directory "+dir+" already")
	wantFilled(t, dir, 7)

	restored, err := restore(t, file, dir, true)
	aside := filepath.Join(dir, "segmentql.replaced-20260301T120000.000Z.db")
	if err != nil || restored.Replaced != aside {
		t.Fatalf("restored %+v, %v", restored, err)
	}
	if got, want := names(t, dir), []string{"lock", databaseFile, filepath.Base(aside)}; !reflect.DeepEqual(got, want) {
		t.Errorf("there are %v, want %v", got, want)
	}
	wantFilled(t, dir, 100)
	kept := t.TempDir()
	if err := os.Rename(aside, filepath.Join(kept, databaseFile)); err != nil {
		t.Fatal(err)
	}
	wantFilled(t, kept, 7)
}

// The log of a server that was killed belongs to the store that is replaced: its contacts are kept with that, and are not
// in the one that is restored.
func TestRestoreOverALog(t *testing.T) {
	from, dir := t.TempDir(), t.TempDir()
	fill(t, open(t, from).Workspace("w"), 100)
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
	_ = writer.Process.Kill()
	_ = writer.Wait()
	if log, err := os.Stat(filepath.Join(dir, databaseFile+"-wal")); err != nil || log.Size() == 0 {
		t.Fatalf("the server left no log: %v", err)
	}
	restored, err := restore(t, backUp(t, from), dir, true)
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 3 {
		t.Errorf("there are %v", got)
	}
	wantFilled(t, dir, 100)
	kept := t.TempDir()
	if err := os.Rename(restored.Replaced, filepath.Join(kept, databaseFile)); err != nil {
		t.Fatal(err)
	}
	c, err := open(t, kept).Workspace("w").ContactsByID(t.Context(), []string{said.Text()})
	if err != nil || c[0] == nil {
		t.Errorf("the replaced store has %v, %v", c, err)
	}
}

// A damaged store is what people restore over. Nothing of it is thrown away.
func TestRestoreOverADamagedStore(t *testing.T) {
	from := t.TempDir()
	fill(t, open(t, from).Workspace("w"), 100)
	file := backUp(t, from)
	for name, files := range map[string]map[string]string{
		"not a database":    {databaseFile: strings.Repeat("not a database ", 1000)},
		"with a log":        {databaseFile: strings.Repeat("not a database ", 1000), databaseFile + "-wal": "log"},
		"a log without one": {databaseFile + "-wal": "log"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := restore(t, file, dir, false)
			wantError(t, err, db.Conflict, "already")
			restored, err := restore(t, file, dir, true)
			if err != nil {
				t.Fatal(err)
			}
			for name, content := range files {
				kept, err := os.ReadFile(restored.Replaced + strings.TrimPrefix(name, databaseFile))
				if err != nil || string(kept) != content {
					t.Errorf("of %s there is kept %.20q, %v", name, kept, err)
				}
				if name != databaseFile {
					if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
						t.Errorf("%s stayed: %v", name, err)
					}
				}
			}
			wantFilled(t, dir, 100)
		})
	}
}

func TestRestoreOfWhatIsNoBackup(t *testing.T) {
	from := t.TempDir()
	fill(t, open(t, from).Workspace("w"), 1000)
	whole, err := os.ReadFile(backUp(t, from))
	if err != nil {
		t.Fatal(err)
	}
	copied, err := os.ReadFile(filepath.Join(from, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	const page = 8192
	damaged := func(at int) string {
		return string(whole[:at]) + strings.Repeat("damaged ", page/8) + string(whole[at+page:])
	}
	newer := append([]byte{}, whole...)
	newer[63] = 99 // user_version
	for name, c := range map[string]struct {
		content string
		code    db.Code
		says    string
	}{
		"empty":                 {"", db.BadInput, "is not a backup of SegmentQL"},
		"another file":          {strings.Repeat("email,name\n", 5000), db.BadInput, "is not a backup of SegmentQL"},
		"a copy of the file":    {string(copied), db.BadInput, "is not a backup of SegmentQL"},
		"cut off":               {string(whole[:len(whole)/2/page*page]), db.BadInput, "is damaged or cut off"},
		"cut off in a page":     {string(whole[:len(whole)-100]), db.BadInput, "is damaged or cut off"},
		"cut off in the header": {string(whole[:60]), db.BadInput, "is not a backup of SegmentQL"},
		"a damaged page":        {damaged(20 * page), db.BadInput, "is damaged or cut off"},
		"a letter of a contact": {strings.Replace(string(whole), "Lovelace 7", "Lovelaca 7", 1), db.BadInput, "is damaged or cut off"},
		"a damaged schema":      {damaged(page), db.BadInput, "is damaged or cut off"},
		"the last page":         {damaged(len(whole) - page), db.BadInput, "is damaged or cut off"},
		"newer":                 {string(newer), db.Unavailable, "was written by a newer SegmentQL (its schema has version 99"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			file, dir := filepath.Join(folder, "backup"), filepath.Join(folder, "data")
			if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			store := open(t, dir)
			fill(t, store.Workspace("w"), 5)
			closeStore(t, store)
			_, err := restore(t, file, dir, true)
			wantError(t, err, c.code, c.says)
			if got := names(t, dir); !reflect.DeepEqual(got, []string{"lock", databaseFile}) {
				t.Errorf("there are %v", got)
			}
			if got := names(t, folder); !reflect.DeepEqual(got, []string{"backup", "data"}) {
				t.Errorf("there are %v", got)
			}
			wantFilled(t, dir, 5)
		})
	}
	_, err = restore(t, filepath.Join(t.TempDir(), "none"), t.TempDir(), true)
	wantError(t, err, db.NotFound, "there is no file")
}

// restoreAndWait restores a backup until the first part of it is there, says so, and waits to be killed.
func restoreAndWait(file, dir string) error {
	_, err := embedded.Restore(context.Background(), file, dir, true, time.Now(), func(done, total int64) {
		fmt.Println("restored", done, "of", total)
		select {}
	})
	return err
}

func TestKilledRestore(t *testing.T) {
	from := t.TempDir()
	fill(t, open(t, from).Workspace("w"), 1000)
	file := backUp(t, from)
	for name, there := range map[string]int{"empty directory": 0, "over a store": 7} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if there > 0 {
				store := open(t, dir)
				fill(t, store.Workspace("w"), there)
				closeStore(t, store)
			}
			restorer := child("restorer", dir)
			restorer.Env = append(restorer.Env, childFile+"="+file)
			out, err := restorer.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := restorer.Start(); err != nil {
				t.Fatal(err)
			}
			said := bufio.NewScanner(out)
			if said.Scan(); !strings.HasPrefix(said.Text(), "restored") {
				t.Errorf("it said %s", said.Text())
			}
			_ = restorer.Process.Kill()
			_ = restorer.Wait()

			if there > 0 {
				wantFilled(t, dir, int64(there))
			} else if _, err := os.Stat(filepath.Join(dir, databaseFile)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("there is a part of a store: %v", err)
			}
			if _, err := restore(t, file, dir, there > 0); err != nil {
				t.Fatal(err)
			}
			if got := names(t, dir); len(got) != 2+min(there, 1) {
				t.Errorf("there are %v", got)
			}
			wantFilled(t, dir, 1000)
		})
	}
}

// A store that is being backed up is not replaced: the backup would read the log of another one.
func TestRestoreWhileABackupReads(t *testing.T) {
	from, dir := t.TempDir(), t.TempDir()
	fill(t, open(t, from).Workspace("w"), 100)
	file := backUp(t, from)
	store := open(t, dir)
	fill(t, store.Workspace("w"), 10)
	closeStore(t, store)
	var once bool
	_, err := embedded.Backup(t.Context(), dir, filepath.Join(t.TempDir(), "backup"), false, func(int64, int64) {
		if !once {
			once = true
			_, err := restore(t, file, dir, true)
			wantError(t, err, db.Unavailable, "another program reads the store")
		}
	})
	if err != nil || !once {
		t.Error(err)
	}
	wantFilled(t, dir, 10)
}
