package embedded

import (
	"context"
	"sync"

	"segmentql/db"
)

const selectSizes = `SELECT workspace, contacts FROM sizes ORDER BY workspace`

// Load builds the indexes of all workspaces.
func (s *Store) Load(ctx context.Context, progress func(done, total int64)) error {
	var mu sync.Mutex // contacts are read by several goroutines
	done, total := int64(0), int64(0)
	workspaces, err := s.sized(ctx, func(contacts int64) { total += contacts })
	if err != nil {
		return translate(ctx, err)
	}
	for _, w := range workspaces {
		_, err := w.load(ctx, func(more int) {
			mu.Lock()
			defer mu.Unlock()
			done += int64(more)
			total = max(total, done) // others may write meanwhile
			progress(done, total)
		})
		if err != nil {
			return translate(ctx, err)
		}
	}
	s.loaded.Store(true)
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
