package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"segmentql/sample"
	"segmentql/transfer"
)

// load is what an import took.
type load struct {
	rows  int64
	took  time.Duration
	bytes int64 // of the data directory
}

// measureLoad imports contacts into a new store, just as segmentql import does: from a file, so that making the contacts
// up is no part of it, and durable.
func measureLoad(ctx context.Context, dir, data string, contacts int, asOf time.Time) (load, error) {
	file, err := makeFile(filepath.Join(dir, "contacts.jsonl"), contacts, asOf)
	if err != nil {
		return load{}, err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	w, closeStore, err := openWorkspace(ctx, data)
	if err != nil {
		return load{}, err
	}
	start := time.Now()
	summary, err := transfer.Import(ctx, w, file, transfer.Options{})
	l := load{rows: summary.Created, took: time.Since(start)}
	if err == nil && summary.Created != int64(contacts) {
		err = fmt.Errorf("of %d contacts: %s", contacts, summary)
	}
	if err = errors.Join(err, closeStore()); err != nil {
		return load{}, err
	}
	l.bytes, err = sizeOf(data)
	return l, err
}

// makeFile returns a file of made-up contacts, at its beginning.
func makeFile(name string, contacts int, asOf time.Time) (*os.File, error) {
	file, err := os.Create(name) //nolint:gosec // in a directory that was made for it
	if err != nil {
		return nil, err
	}
	err = sample.WriteJSONLines(file, seed, contacts, asOf)
	if err == nil {
		_, err = file.Seek(0, 0)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func sizeOf(dir string) (int64, error) {
	var size int64
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}
