package graph

import (
	"context"
	"fmt"
	"sync"

	"segmentql/db"
)

// batcher puts the questions that the resolvers of one request ask at about the same time into few calls: the first
// is asked at once, and all that come while a call is under way go into the next one. So nothing waits for a timer,
// and fifty segments with their members cost two calls of the store, however they are nested in the query.
type batcher[Q, A any] struct {
	ask func(ctx context.Context, questions []Q) ([]A, error)

	mu      sync.Mutex
	waiting []question[Q, A]
	asking  bool
}

type question[Q, A any] struct {
	text   Q
	answer chan answer[A]
}

type answer[A any] struct {
	value A
	err   error
}

func (b *batcher[Q, A]) get(ctx context.Context, q Q) (A, error) {
	mine := question[Q, A]{q, make(chan answer[A], 1)}
	b.mu.Lock()
	b.waiting = append(b.waiting, mine)
	if !b.asking {
		b.asking = true
		go b.run(ctx)
	}
	b.mu.Unlock()
	select {
	case a := <-mine.answer:
		return a.value, a.err
	case <-ctx.Done():
		var none A
		return none, ctx.Err()
	}
}

// run asks what is waiting until nothing is.
func (b *batcher[Q, A]) run(ctx context.Context) {
	for {
		b.mu.Lock()
		batch := b.waiting
		b.waiting = nil
		b.asking = len(batch) > 0
		b.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		texts := make([]Q, len(batch))
		for i, q := range batch {
			texts[i] = q.text
		}
		values, err := b.call(ctx, texts)
		for i, q := range batch {
			switch {
			case err == nil:
				q.answer <- answer[A]{value: values[i]}
			case len(batch) > 1 && ctx.Err() == nil && db.CodeOf(err) != db.Unavailable:
				// The fault of one question is not to be that of its neighbours.
				q.answer <- b.alone(ctx, q.text)
			default:
				q.answer <- answer[A]{err: err}
			}
		}
	}
}

func (b *batcher[Q, A]) alone(ctx context.Context, q Q) answer[A] {
	values, err := b.call(ctx, []Q{q})
	if err != nil {
		return answer[A]{err: err}
	}
	return answer[A]{value: values[0]}
}

// call is on a goroutine of its own, where nobody else would recover.
func (b *batcher[Q, A]) call(ctx context.Context, questions []Q) (answers []A, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = db.Errorf(db.Internal, "internal error").Because(fmt.Errorf("panic: %v", r))
		}
	}()
	return b.ask(ctx, questions)
}
