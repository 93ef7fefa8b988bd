package embedded

import (
	"context"
	"sync"

	"segmentql/db"
)

// loading is how far the store is in loading its indexes.
type loading struct {
	mu          sync.Mutex
	done, total int64 // contacts
	loaded      bool
}

func (l *loading) ready() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded {
		return nil
	}
	return db.Errorf(db.Unavailable, "loading: %d%%", 100*l.done/max(l.total, 1))
}

// add takes note of contacts that are to be loaded, or of some that were, and tells of it.
func (l *loading) add(done, total int64, progress func(done, total int64)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done += done
	l.total = max(l.total+total, l.done) // others may write meanwhile
	progress(l.done, l.total)
}

func (l *loading) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loaded = true
}

const selectSizes = `SELECT workspace, contacts FROM sizes ORDER BY workspace`

// Load builds the indexes of all workspaces.
func (s *Store) Load(ctx context.Context, progress func(done, total int64)) error {
	workspaces, err := s.sized(ctx, func(contacts int64) { s.loading.add(0, contacts, progress) })
	if err != nil {
		return translate(ctx, err)
	}
	for _, w := range workspaces {
		_, err := w.load(ctx, func(more int) { s.loading.add(int64(more), 0, progress) })
		if err != nil {
			return translate(ctx, err)
		}
	}
	s.loading.end()
	return nil
}

// sized returns all workspaces, and calls yield with the number of contacts of each.
func (s *Store) sized(ctx context.Context, yield func(contacts int64)) ([]*workspace, error) {
	leave, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	rows, err := s.database.readers.QueryContext(ctx, selectSizes)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has what went wrong
	var all []*workspace
	for rows.Next() {
		w, contacts := &workspace{store: s}, int64(0)
		if err := rows.Scan(&w.id, &contacts); err != nil {
			return nil, err
		}
		all = append(all, w)
		yield(contacts)
	}
	return all, rows.Err()
}

// Stats says what the indexes take.
func (s *Store) Stats(context.Context) (db.Stats, error) {
	return db.Stats{Workspaces: s.indexes.stats()}, nil
}
