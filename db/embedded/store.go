// Package embedded is the store for one machine: contacts are documents in an SQLite file.
//
// The documents are kept as BSON (see db/document), so every type comes back as it went in. Filters are answered from
// an index in memory (package index), which is built from the documents and follows each commit.
package embedded

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"segmentql/db"
)

// Store is a db.Store in a data directory, of which it is the only user. What it acknowledged survives the death of
// the process.
type Store struct {
	now        func() time.Time
	lock       *directoryLock
	database   *database
	files      *files
	catalogues catalogues
	indexes    indexes
	rescans    rescans
	recent     *recent
	loaded     atomic.Bool // all indexes there were

	mu       sync.Mutex
	closed   bool
	underWay sync.WaitGroup // calls; none is added once closed is set
	released chan struct{}  // is closed when the directory is released
	failure  error          // of the release
}

// Open opens the store in the directory, which is made where there is none. It fails with Unavailable where
// another process has the directory open, or where a newer SegmentQL wrote it.
func Open(ctx context.Context, dir string, now func() time.Time) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, db.Errorf(db.Unavailable, "the data directory %s cannot be made", dir).Because(err)
	}
	lock, err := lockDirectory(dir)
	if err != nil {
		return nil, err
	}
	files, err := openFiles(dir)
	if err != nil {
		lock.release()
		return nil, fileFault(err)
	}
	database, err := openDatabase(ctx, dir)
	if err != nil {
		files.close()
		lock.release()
		return nil, translate(ctx, err)
	}
	return &Store{now: now, lock: lock, database: database, files: files, recent: newRecent(), released: make(chan struct{})}, nil
}

// Workspace returns the handle of a workspace.
func (s *Store) Workspace(id string) db.Workspace { return &workspace{store: s, id: id} }

// Ready says whether the database can be read and all indexes are in memory.
func (s *Store) Ready(ctx context.Context) error {
	leave, err := s.enter()
	if err != nil {
		return err
	}
	defer leave()
	if !s.loaded.Load() {
		return db.Errorf(db.Unavailable, "the contacts are being loaded")
	}
	return translate(ctx, s.database.ready(ctx))
}

// Close refuses further calls, waits for those that are under way and releases the data directory. Where ctx ends
// first it fails with Timeout, and the directory is released when the last call has ended.
func (s *Store) Close(ctx context.Context) error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if first {
		go s.release()
	}
	select {
	case <-s.released:
		return translate(ctx, s.failure)
	case <-ctx.Done():
		return translate(ctx, ctx.Err())
	}
}

func (s *Store) release() {
	s.underWay.Wait()
	s.indexes.close()
	s.failure = s.database.close()
	s.files.close()
	s.lock.release()
	close(s.released)
}

// enter begins a call; leave ends it.
func (s *Store) enter() (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, db.Errorf(db.Unavailable, "the store is closed")
	}
	s.underWay.Add(1)
	return s.underWay.Done, nil
}
