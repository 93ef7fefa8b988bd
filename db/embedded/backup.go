package embedded

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"segmentql/db"
)

// CheckExists fails with NotFound where there is no store in the directory.
func CheckExists(dir string) error {
	_, err := os.Stat(filepath.Join(dir, databaseFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return db.Errorf(db.NotFound, "there is no store in the directory %s; name another one", dir)
	case err != nil:
		return db.Errorf(db.Unavailable, "the data directory %s cannot be read", dir).Because(err)
	}
	return nil
}

// Backup writes the store in the directory, as of one moment, to a file from which Restore makes it again. A server may
// serve the directory meanwhile. The file has its name only when it is whole, was checked, and is on the disk; one that
// was there before is replaced then, if it may be. Progress is told in bytes.
func Backup(ctx context.Context, dir, file string, replace bool, progress func(done, total int64)) (Contents, error) {
	contents, err := backup(ctx, dir, file, replace, progress)
	return contents, translateFile(ctx, err, "the folder of "+file)
}

func backup(ctx context.Context, dir, file string, replace bool, progress func(done, total int64)) (Contents, error) {
	if err := CheckExists(dir); err != nil {
		return Contents{}, err
	}
	source, err := filepath.Abs(filepath.Join(dir, databaseFile))
	if err != nil {
		return Contents{}, err
	}
	target, err := filepath.Abs(file)
	if err != nil {
		return Contents{}, err
	}
	if err := checkTarget(dir, target, replace); err != nil {
		return Contents{}, err
	}
	part, err := newPart(target)
	if err != nil {
		return Contents{}, err
	}
	defer removeDatabase(part) // of no effect once it has its name
	contents, err := copyDatabase(ctx, source, part, progress)
	if err != nil {
		return Contents{}, err
	}
	if err := appendSum(ctx, part); err != nil {
		return Contents{}, err
	}
	if err := checkTarget(dir, target, replace); err != nil {
		return Contents{}, err // somebody was faster
	}
	if err := os.Rename(part, target); err != nil {
		return Contents{}, err
	}
	contents.Bytes += sha256.Size
	return contents, syncPath(filepath.Dir(target))
}

// newPart makes an empty file beside another, which only its owner can read.
func newPart(file string) (string, error) {
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part")
	if err != nil {
		return "", err
	}
	return part.Name(), part.Close()
}

// checkTarget says whether a backup may be written there.
func checkTarget(dir, file string, replace bool) error {
	folder, err := os.Stat(filepath.Dir(file))
	if err != nil {
		return err
	}
	data, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if os.SameFile(folder, data) {
		return db.Errorf(db.BadInput, "%s is in the data directory; keep backups in another one", file)
	}
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return db.Errorf(db.BadInput, "%s is not a file; name another one", file)
	case !replace:
		return db.Errorf(db.Conflict, "there is a file %s already; name another one, or replace it with --force", file)
	}
	return nil
}
