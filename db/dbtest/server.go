package dbtest

import (
	"context"
	"fmt"
	"testing"

	"segmentql/db"
)

// server is a store that can be closed and opened again, on the same data.
type server struct {
	t       *testing.T
	subject Subject
	place   string
	store   db.Store
}

func (s Subject) start(t *testing.T) *server {
	t.Helper()
	place := s.Place(t)
	return &server{t: t, subject: s, place: place, store: s.Open(t, place, start)}
}

func (s *server) stop() {
	if err := s.store.Close(context.WithoutCancel(s.t.Context())); err != nil {
		s.t.Error(err)
	}
}

func (s *server) restart() error {
	if err := s.store.Close(s.t.Context()); err != nil {
		return err
	}
	s.store = s.subject.Open(s.t, s.place, start)
	return nil
}

// load loads the store and says what is wrong with how it tells of its progress.
func load(ctx context.Context, store db.Store) error {
	var last int64
	var mistake error
	err := store.Load(ctx, func(done, total int64) {
		if done < last || done > total {
			mistake = fmt.Errorf("it has loaded %d of %d, after %d", done, total, last)
		}
		last = done
	})
	if err != nil {
		return err
	}
	if err := store.Ready(ctx); err != nil {
		return fmt.Errorf("it is loaded and not ready: %w", err)
	}
	return mistake
}
