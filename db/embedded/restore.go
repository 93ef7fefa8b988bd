package embedded

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3"

	"segmentql/db"
)

const (
	// restoringFile is what becomes of a backup until it is whole. One that is left is written anew.
	restoringFile = databaseFile + ".restoring"

	// replacedFile is a store that another was restored in place of, by the time of that.
	replacedFile = "segmentql.replaced-20060102T150405.000Z.db"
)

// Restored says what Restore did.
type Restored struct {
	Contents
	Replaced string // the file in which the store is kept that was there before; "" where none was
}

// Restore makes of a backup the store in the directory. Until all of it is there and was checked, the directory stays
// as it was. It fails with Conflict where there is a store already, unless that may be replaced, with Unavailable where
// the directory is in use, and with BadInput where the file is not a whole backup.
func Restore(ctx context.Context, file, dir string, replace bool, now time.Time, progress func(done, total int64)) (Restored, error) {
	restored, err := restore(ctx, file, dir, replace, now, progress)
	return restored, translateFile(ctx, err, "the data directory "+dir)
}

func restore(ctx context.Context, file, dir string, replace bool, now time.Time, progress func(done, total int64)) (Restored, error) {
	source, err := filepath.Abs(file)
	if err != nil {
		return Restored{}, err
	}
	if err := checkBackup(ctx, source); err != nil {
		return Restored{}, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Restored{}, err
	}
	lock, err := lockDirectory(dir)
	if err != nil {
		return Restored{}, err
	}
	defer lock.release()
	if dir, err = filepath.Abs(dir); err != nil {
		return Restored{}, err
	}
	occupied, err := isOccupied(dir)
	if err != nil {
		return Restored{}, err
	}
	if occupied && !replace {
		return Restored{}, db.Errorf(db.Conflict,
			"there is a store in the directory %s already; name another directory, or replace the store with --force", dir)
	}
	part := filepath.Join(dir, restoringFile)
	removeDatabase(part)       // of one that was killed
	defer removeDatabase(part) // of no effect once it has its name
	contents, err := copyDatabase(ctx, source, part, progress)
	if err != nil {
		return Restored{}, badBackup(source, err)
	}
	if err := syncPath(part); err != nil {
		return Restored{}, err
	}
	restored := Restored{Contents: contents}
	if occupied {
		if restored.Replaced, err = setAside(ctx, dir, now); err != nil {
			return Restored{}, err
		}
	}
	if err := os.Rename(part, filepath.Join(dir, databaseFile)); err != nil {
		return Restored{}, err
	}
	return restored, syncPath(dir)
}

// checkBackup says whether a file is a whole backup that this program knows.
func checkBackup(ctx context.Context, file string) error {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return db.Errorf(db.NotFound, "there is no file %s", file)
	case err != nil:
		return db.Errorf(db.BadInput, "the file %s cannot be read", file).Because(err)
	case !info.Mode().IsRegular():
		return db.Errorf(db.BadInput, "%s is not a file", file)
	}
	h, err := readHeader(file)
	if err != nil {
		return badBackup(file, err)
	}
	if h.applicationID != applicationID || h.schema == 0 {
		return noBackup(file)
	}
	if err := h.checkSchema("file " + file); err != nil {
		return err
	}
	return badBackup(file, checkSum(ctx, file))
}

// isOccupied says whether there is a store in the directory, or what is left of one.
func isOccupied(dir string) (bool, error) {
	for _, suffix := range append(besides(), "") {
		_, err := os.Lstat(filepath.Join(dir, databaseFile+suffix))
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	return false, nil
}

// setAside gives the store in the directory a second name, which it returns, and leaves nothing beside the first one that
// SQLite would take for a part of a database that gets its name.
func setAside(ctx context.Context, dir string, now time.Time) (string, error) {
	store, aside := filepath.Join(dir, databaseFile), filepath.Join(dir, now.UTC().Format(replacedFile))
	// This brings all that is in the log into the file. It needs the file for itself, so that it fails while anybody
	// reads it, such as a backup. What is damaged is kept as it is.
	err := withFile(store, readOnly, func(pool *sql.DB) error {
		var tables int
		return pool.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables)
	})
	if err == nil {
		err = withFile(store, readWrite, func(pool *sql.DB) error {
			_, err := pool.ExecContext(ctx, `PRAGMA busy_timeout = 2000; PRAGMA journal_mode = DELETE`)
			return err
		})
	}
	if errors.Is(err, sqlite3.BUSY) {
		return "", db.Errorf(db.Unavailable, "another program reads the store in %s, such as a backup; try again when that is done", dir).Because(err)
	}
	unreadable := errors.Is(err, sqlite3.CORRUPT) || errors.Is(err, sqlite3.NOTADB) || errors.Is(err, sqlite3.CANTOPEN)
	if err != nil && !unreadable {
		return "", err
	}
	if err := os.Link(store, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, suffix := range besides() {
		if err := os.Rename(store+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, syncPath(dir)
}
