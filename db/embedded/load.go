package embedded

import (
	"context"
	"database/sql"
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
	l.total = max(l.total+total, l.done) // those without an email were not counted
	progress(l.done, l.total)
}

func (l *loading) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loaded = true
}

// Load builds the indexes of all workspaces.
func (s *Store) Load(ctx context.Context, progress func(done, total int64)) error {
	workspaces, err := s.workspaces(ctx)
	if err != nil {
		return translate(ctx, err)
	}
	for _, w := range workspaces {
		n, err := w.countWithEmail(ctx)
		if err != nil {
			return err
		}
		s.loading.add(0, n, progress)
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

// workspaces returns those that have contacts.
func (s *Store) workspaces(ctx context.Context) ([]*workspace, error) {
	leave, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	var all []*workspace
	for last := ""; ; {
		var next sql.NullString
		if err := s.database.readers.QueryRowContext(ctx, nextWorkspace, last).Scan(&next); err != nil {
			return nil, err
		}
		if !next.Valid {
			return all, nil
		}
		last = next.String
		all = append(all, &workspace{store: s, id: last})
	}
}

// countWithEmail says about how many contacts there are, without reading them: the emails are in an index.
func (w *workspace) countWithEmail(ctx context.Context) (n int64, err error) {
	err = w.read(ctx, func(t *tx) error {
		_, err := t.one(ctx, []any{&n}, countWithEmail)
		return err
	})
	return n, err
}

// Stats says what the indexes take.
func (s *Store) Stats(context.Context) (db.Stats, error) {
	return db.Stats{Workspaces: s.indexes.stats()}, nil
}
