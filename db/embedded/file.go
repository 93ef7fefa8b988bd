package embedded

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"segmentql/db"
)

const (
	filesFolder = "files"
	unfinished  = ".part" // at the end of the name of a file that is being written
)

// files is the folder of the files in the data directory, and in it one for each workspace. What is in it cannot be
// left by any name.
type files struct{ root *os.Root }

// openFiles opens the folder and deletes what a process that died left half-written.
func openFiles(dir string) (*files, error) {
	folder := path.Join(dir, filesFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	f := &files{root}
	parts, err := fs.Glob(root.FS(), "*/*"+unfinished)
	for _, part := range parts {
		err = errors.Join(err, root.Remove(part))
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

// folderOf is the workspace's: its ID may be any text.
func folderOf(workspace string) string { return "w" + hex.EncodeToString([]byte(workspace)) }

// SaveFile writes the file under another name, which it gives up for the right one when all is on the disk.
func (w *workspace) SaveFile(ctx context.Context, id string, r io.Reader) (size int64, err error) {
	if err := db.CheckFileID(id); err != nil {
		return 0, err
	}
	leave, err := w.store.enter()
	if err != nil {
		return 0, err
	}
	defer leave()
	folder := folderOf(w.id)
	if err := w.store.files.makeFolder(folder); err != nil {
		return 0, fileFault(err)
	}
	name := path.Join(folder, id)
	size, err = w.store.files.write(ctx, name+unfinished, r)
	if err == nil {
		err = w.store.files.root.Rename(name+unfinished, name)
	}
	if err != nil {
		_ = w.store.files.root.Remove(name + unfinished)
		return 0, fileFault(err)
	}
	return size, fileFault(w.store.files.sync(folder))
}

// OpenFile opens a file.
func (w *workspace) OpenFile(_ context.Context, id string) (io.ReadCloser, error) {
	if err := db.CheckFileID(id); err != nil {
		return nil, err
	}
	file, err := w.store.files.root.Open(path.Join(folderOf(w.id), id))
	if err != nil {
		return nil, fileFault(err)
	}
	return file, nil
}

// DeleteFile deletes a file.
func (w *workspace) DeleteFile(_ context.Context, id string) error {
	if err := db.CheckFileID(id); err != nil {
		return err
	}
	err := w.store.files.root.Remove(path.Join(folderOf(w.id), id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fileFault(err)
}

// makeFolder makes a folder that stays after the machine dies.
func (f *files) makeFolder(folder string) error {
	err := f.root.Mkdir(folder, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.sync(".")
}

// write writes a file to the disk.
func (f *files) write(ctx context.Context, name string, r io.Reader) (size int64, err error) {
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	size, err = io.Copy(file, db.Received(ctx, r))
	if err == nil {
		err = file.Sync()
	}
	return size, errors.Join(err, file.Close())
}

// sync brings the names in a folder to the disk.
func (f *files) sync(folder string) error {
	directory, err := f.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

// fileFault makes a *db.Error of what happened to a file.
func fileFault(err error) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*db.Error](err); ok {
		return known
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return db.NoSuchFile().Because(err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return db.Errorf(db.Unavailable, "the disk is full; nothing can be written until there is space again").Because(err)
	}
	return db.Errorf(db.Unavailable, "the folder %s in the data directory cannot be read or written", filesFolder).Because(err)
}

func (f *files) close() { _ = f.root.Close() } // it was only read through
