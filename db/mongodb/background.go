package mongodb

import "context"

// background is work that goes on until it is done or stopped.
type background struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// startInBackground starts work that outlives ctx.
func startInBackground(ctx context.Context, work func(context.Context)) *background {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	b := &background{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(b.done)
		work(ctx)
	}()
	return b
}

// wait returns when the work is done, or with an error when ctx is.
func (b *background) wait(ctx context.Context) error {
	select {
	case <-b.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop cancels the work and waits for its end.
func (b *background) stop() {
	b.cancel()
	<-b.done
}
