package db

import (
	"context"
	"time"
)

type momentKey struct{}

// AsOf returns a context in which everything happens at one moment: what is written in a request is not later than the
// present of the request's own questions.
func AsOf(ctx context.Context, moment time.Time) context.Context {
	return context.WithValue(ctx, momentKey{}, moment)
}

// Now returns the moment at which everything in the context happens; without one, what the clock says.
func Now(ctx context.Context, clock func() time.Time) time.Time {
	if moment, ok := ctx.Value(momentKey{}).(time.Time); ok {
		return moment
	}
	return clock()
}
