package mongodb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slow answers with the number of the call and takes a second, unless it is cancelled.
type slow struct {
	mu        sync.Mutex
	calls     int
	cancelled int
	deadlines []time.Duration // from the start of a call on; 0 for none
}

func (s *slow) ask(ctx context.Context) (int, error) {
	s.mu.Lock()
	s.calls++
	mine := s.calls
	left := time.Duration(0)
	if deadline, ok := ctx.Deadline(); ok {
		left = time.Until(deadline)
	}
	s.deadlines = append(s.deadlines, left)
	s.mu.Unlock()
	select {
	case <-time.After(time.Second):
		return mine, nil
	case <-ctx.Done():
		s.mu.Lock()
		s.cancelled++
		s.mu.Unlock()
		return 0, ctx.Err()
	}
}

func TestSharing(t *testing.T) {
	const second = time.Second
	type request struct {
		key     string
		at      time.Duration // asks
		timeout time.Duration // 0: none
		want    string
	}
	for name, c := range map[string]struct {
		requests  []request
		calls     int
		cancelled int
		deadlines []time.Duration
	}{
		"one": {
			[]request{{"a", 0, 0, "1 after 1s"}},
			1, 0,
			[]time.Duration{0},
		},
		"who comes while a call is under way shares the next": {
			[]request{
				{"a", 0, 0, "1 after 1s"},
				{"a", second / 10, 0, "2 after 1.9s"},
				{"a", second / 2, 0, "2 after 1.5s"},
				{"a", 3 * second / 2, 0, "3 after 1.5s"},
			},
			3, 0,
			[]time.Duration{0, 0, 0},
		},
		"who comes after a call starts one": {
			[]request{{"a", 0, 0, "1 after 1s"}, {"a", 2 * second, 0, "2 after 1s"}},
			2, 0,
			[]time.Duration{0, 0},
		},
		"other questions wait for nothing": {
			[]request{{"a", 0, 0, "1 after 1s"}, {"b", second / 10, 0, "2 after 1s"}},
			2, 0,
			[]time.Duration{0, 0},
		},
		"a deadline is that of the call": {
			[]request{{"a", 0, second / 2, "context deadline exceeded after 500ms"}},
			1, 1,
			[]time.Duration{second / 2},
		},
		"who leaves does not end what others wait for": {
			[]request{
				{"a", 0, 0, "1 after 1s"},
				{"a", second / 10, second, "context deadline exceeded after 1s"},
				{"a", second / 2, 0, "2 after 1.5s"},
			},
			2, 0,
			[]time.Duration{0, 0},
		},
		"the latest deadline is that of the call": {
			[]request{
				{"a", 0, 0, "1 after 1s"},
				{"a", second / 2, 3 * second, "2 after 1.5s"},
				{"a", second / 2, second, "context deadline exceeded after 1s"},
			},
			2, 0,
			[]time.Duration{0, 5 * second / 2},
		},
		"a call that nobody waits for does not start": {
			[]request{
				{"a", 0, 0, "1 after 1s"},
				{"a", second / 10, second / 10, "context deadline exceeded after 100ms"},
				{"a", 3 * second, 0, "2 after 1s"},
			},
			2, 0,
			[]time.Duration{0, 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var shared sharing[int]
				var asked slow
				var group sync.WaitGroup
				for _, r := range c.requests {
					group.Go(func() {
						time.Sleep(r.at)
						ctx, start := t.Context(), time.Now()
						if r.timeout > 0 {
							var cancel context.CancelFunc
							ctx, cancel = context.WithTimeout(ctx, r.timeout)
							defer cancel()
						}
						answer, err := shared.get(ctx, r.key, asked.ask)
						got := fmt.Sprint(answer)
						if err != nil {
							got = err.Error()
						}
						if got = fmt.Sprint(got, " after ", time.Since(start)); got != r.want {
							t.Errorf("at %v: got %s, want %s", r.at, got, r.want)
						}
					})
				}
				group.Wait()
				synctest.Wait()
				if asked.calls != c.calls || asked.cancelled != c.cancelled || fmt.Sprint(asked.deadlines) != fmt.Sprint(c.deadlines) {
					t.Errorf("%d calls, %d cancelled, with deadlines %v; want %d, %d, %v",
						asked.calls, asked.cancelled, asked.deadlines, c.calls, c.cancelled, c.deadlines)
				}
				if len(shared.calls) > 0 {
					t.Errorf("%d calls are kept", len(shared.calls))
				}
			})
		})
	}
}

// The answer is never from before the request.
func TestSharingIsNeverStale(t *testing.T) {
	var shared sharing[int]
	var mu sync.Mutex
	written := 0
	read := func(ctx context.Context) (int, error) {
		mu.Lock()
		n := written
		mu.Unlock()
		time.Sleep(time.Millisecond) // The answer is on its way.
		return n, ctx.Err()
	}
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 50 {
				mu.Lock()
				written++
				mine := written
				mu.Unlock()
				if got, err := shared.get(t.Context(), "a", read); err != nil || got < mine {
					t.Errorf("read %d (%v) after %d was written", got, err, mine)
				}
			}
		})
	}
	group.Wait()
}

// When the last caller leaves, so does the call.
func TestSharingEndsUnwantedCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shared sharing[int]
		var asked slow
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second/2, cancel)
		if _, err := shared.get(ctx, "a", asked.ask); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		synctest.Wait()
		if asked.cancelled != 1 || len(shared.calls) != 0 {
			t.Errorf("%d cancelled, %d kept", asked.cancelled, len(shared.calls))
		}
	})
}
