package job

import (
	"context"
	"time"
)

// grace is how long work that was begun may still take.
const grace = 5 * time.Second

// WithGrace returns a context that ends some seconds after ctx. It is for what is written at once: when the work is to end
// in the middle of that, what is said of it should be true.
func WithGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-longer.Done():
		case <-time.After(grace):
			cancel()
		}
	})
	return longer, func() { stop(); cancel() }
}
