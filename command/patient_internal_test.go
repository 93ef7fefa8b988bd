package command

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

// TestPatientServer takes longer over an answer than the server allows for others.
func TestPatientServer(t *testing.T) {
	t.Parallel()
	const limit = 50 * time.Millisecond
	server := httptest.NewUnstartedServer(patient(time.Minute, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, part := range []string{"a", "b"} {
			_, _ = io.WriteString(w, part)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			select {
			case <-time.After(4 * limit):
			case <-r.Context().Done():
				t.Error("the request has ended")
			}
		}
	})))
	server.Config.ReadTimeout, server.Config.WriteTimeout = limit, limit
	server.Start()
	defer server.Close()
	if status, body := get(t, server.URL); status != http.StatusOK || body != "ab" {
		t.Errorf("status %d, %q", status, body)
	}
}

// TestStalledClient sends to a client that does not read, which is cut off.
func TestStalledClient(t *testing.T) {
	t.Parallel()
	ended := make(chan error)
	server := httptest.NewServer(patient(50*time.Millisecond, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		part := make([]byte, 64<<10)
		for {
			if _, err := w.Write(part); err != nil {
				ended <- err
				panic(http.ErrAbortHandler)
			}
		}
	})))
	defer server.Close()
	client, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the answer ended with %v", err)
	}
}
