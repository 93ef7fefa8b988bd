package embedded

import (
	"context"
	"database/sql"
	"sync/atomic"

	"segmentql/db"
)

// loading is how far the store is in loading its indexes.
type loading struct {
	done, total atomic.Int64 // contacts
	loaded      atomic.Bool
}

func (l *loading) ready() error {
	if l.loaded.Load() {
		return nil
	}
	percent := int64(0)
	if total := l.total.Load(); total > 0 {
		percent = min(100*l.done.Load()/total, 99)
	}
	return db.Errorf(db.Unavailable, "loading: %d%%", percent)
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
		s.loading.total.Add(n)
	}
	for _, w := range workspaces {
		_, err := w.load(ctx, func(more int) {
			progress(s.loading.done.Add(int64(more)), s.loading.total.Load())
		})
		if err != nil {
			return translate(ctx, err)
		}
	}
	s.loading.loaded.Store(true)
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
