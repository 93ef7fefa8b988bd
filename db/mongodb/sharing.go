package mongodb

import (
	"context"
	"sync"
	"time"
)

// sharing lets requests that ask the same at about the same time share an answer, which is never older than the
// request: those that come while a call is under way wait for the next one, and all share that. The zero value is
// ready for use.
type sharing[A any] struct {
	mu    sync.Mutex
	calls map[string]*call[A] // under way, by what they ask
}

// call is one call, for all who joined it before it started.
type call[A any] struct {
	ask      func(context.Context) (A, error)
	ctx      context.Context // of the first caller, less its end; from the start on the call's own
	cancel   context.CancelFunc
	deadline time.Time // the latest of the callers'
	endless  bool      // a caller has none
	waiting  int       // callers that have not left

	done   chan struct{} // closed when there are an answer and err
	answer A
	err    error

	next *call[A] // starts when this one is done
}

// get returns what ask does. What is equal has the same key. It ends with ctx, and the call with the last of its callers.
func (s *sharing[A]) get(ctx context.Context, key string, ask func(context.Context) (A, error)) (A, error) {
	c := s.join(ctx, key, ask)
	select {
	case <-c.done:
		return c.answer, c.err
	case <-ctx.Done():
		s.leave(c)
		var none A
		return none, ctx.Err()
	}
}

// join returns a call that has not started yet; where none is under way, it starts at once.
func (s *sharing[A]) join(ctx context.Context, key string, ask func(context.Context) (A, error)) *call[A] {
	s.mu.Lock()
	defer s.mu.Unlock()
	underWay := s.calls[key]
	if underWay != nil && underWay.next != nil {
		underWay.next.add(ctx)
		return underWay.next
	}
	c := &call[A]{ask: ask, ctx: context.WithoutCancel(ctx), done: make(chan struct{})}
	c.add(ctx)
	if underWay != nil {
		underWay.next = c
		return c
	}
	if s.calls == nil {
		s.calls = map[string]*call[A]{}
	}
	s.start(key, c)
	go s.run(key, c)
	return c
}

func (c *call[A]) add(ctx context.Context) {
	c.waiting++
	deadline, ok := ctx.Deadline()
	c.endless = c.endless || !ok
	if deadline.After(c.deadline) {
		c.deadline = deadline
	}
}

func (s *sharing[A]) leave(c *call[A]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.waiting--
	if c.waiting == 0 && c.cancel != nil {
		c.cancel()
	}
}

func (s *sharing[A]) start(key string, c *call[A]) {
	if c.endless {
		c.ctx, c.cancel = context.WithCancel(c.ctx)
	} else {
		c.ctx, c.cancel = context.WithDeadline(c.ctx, c.deadline)
	}
	s.calls[key] = c
}

// run makes the call, and then those that come after it.
func (s *sharing[A]) run(key string, c *call[A]) {
	for c != nil {
		c.answer, c.err = c.ask(c.ctx)
		close(c.done)
		c = s.follow(key, c)
	}
}

// follow starts the call that comes after c, if anybody waits for it.
func (s *sharing[A]) follow(key string, c *call[A]) *call[A] {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.cancel()
	next := c.next
	if next == nil || next.waiting == 0 {
		delete(s.calls, key)
		return nil
	}
	s.start(key, next)
	return next
}
