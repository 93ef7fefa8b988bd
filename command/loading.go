package command

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"segmentql/db"
)

// loadingLogEvery is the time between two lines of the log about a store that is loaded.
const loadingLogEvery = 5 * time.Second

// loading is how far a store is with making itself ready. The zero value has not begun.
type loading struct {
	done, total atomic.Int64 // contacts
	took        atomic.Int64 // time.Duration; 0 until all is loaded
	ended       atomic.Bool  // whether all is loaded or not
}

// run loads the store, or gives up when ctx ends.
func (l *loading) run(ctx context.Context, store db.Store, now func() time.Time, log *slog.Logger) {
	defer l.ended.Store(true)
	begun := now()
	tell := paced(now, loadingLogEvery, func(done, total int64, rate float64) {
		log.InfoContext(ctx, "loading", "contacts", done, "of", total, "aSecond", int64(rate))
	})
	err := store.Load(ctx, func(done, total int64) {
		l.done.Store(done)
		l.total.Store(total)
		tell(done, total)
	})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		log.ErrorContext(ctx, "the store could not be loaded", "cause", err)
	default:
		l.took.Store(max(1, int64(now().Sub(begun))))
		if total := l.total.Load(); total > 0 {
			log.InfoContext(ctx, "loaded", "contacts", total, "duration", now().Sub(begun).Round(time.Millisecond))
		}
	}
}

// ratio is the part that is loaded.
func (l *loading) ratio() float64 {
	switch total := l.total.Load(); {
	case l.took.Load() > 0:
		return 1
	case total > 0:
		return float64(l.done.Load()) / float64(total)
	default:
		return 0
	}
}

// underWay says how far it is, or "" where it has ended.
func (l *loading) underWay() string {
	if l.ended.Load() {
		return ""
	}
	return fmt.Sprintf("loading: %d%%", int(100*l.ratio()))
}

// paced returns a function that tells of progress, with the rate since the beginning, from time to time.
func paced(now func() time.Time, every time.Duration, tell func(done, total int64, rate float64)) func(done, total int64) {
	start := now()
	last := start
	return func(done, total int64) {
		if at := now(); at.Sub(last) >= every {
			last = at
			tell(done, total, float64(done)/at.Sub(start).Seconds())
		}
	}
}
