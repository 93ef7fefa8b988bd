package command

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"segmentql/db"
)

// connection counts the deadlines that are set.
type connection struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
}

func (c *connection) SetReadDeadline(at time.Time) error {
	c.deadlines = append(c.deadlines, at)
	return nil
}

func TestBodyHasTimeForEachPart(t *testing.T) {
	t.Parallel()
	c := &connection{ResponseRecorder: httptest.NewRecorder()}
	b := &body{from: iotest.OneByteReader(strings.NewReader("abc")), connection: http.NewResponseController(c)}
	before := time.Now()
	if text, err := io.ReadAll(b); err != nil || string(text) != "abc" {
		t.Fatalf("got %q, %v", text, err)
	}
	if len(c.deadlines) < 3 {
		t.Errorf("for 3 parts there were the deadlines %v", c.deadlines)
	}
	for _, at := range c.deadlines {
		if at.Before(before.Add(readTimeout)) {
			t.Errorf("one of %v is before %v", c.deadlines, readTimeout)
		}
	}
	b.from = iotest.ErrReader(errors.New("i/o timeout"))
	if _, err := b.Read(make([]byte, 1)); db.CodeOf(err) != db.BadInput || !strings.Contains(err.Error(), "broke off after 3 bytes, and nothing of it was applied") {
		t.Errorf("got %v", err)
	}
}
