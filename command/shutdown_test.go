package command_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"segmentql/db/mongodb/mongotest"
)

// TestGracefulShutdown interrupts the server while it reads a request, and only then sends the rest of that.
func TestGracefulShutdown(t *testing.T) { //nolint:paralleltest // it counts goroutines
	for name, flags := range map[string][]string{"embedded": {"--data", t.TempDir()}, "mongodb": {"--mongodb-uri", mongotest.Database(t)}} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			s := serve(t, flags...)
			load(t, s, people)
			address := strings.TrimPrefix(s.url, "http://")
			connection, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = connection.Close() }()
			response := bufio.NewReader(connection)
			body := `{"query": "{ contacts { totalCount } }"}`
			// The server answers 100 Continue when it begins to read the body, so the request is under way.
			_, _ = fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", address, len(body))
			if line, err := response.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
				t.Fatalf("got %q, %v", line, err)
			}
			if line, err := response.ReadString('\n'); err != nil || line != "\r\n" {
				t.Fatalf("got %q, %v", line, err)
			}
			_, _ = io.WriteString(connection, body[:10])

			s.interrupt()
			eventually(t, "new connections are refused", func() bool {
				var dialer net.Dialer
				c, err := dialer.DialContext(context.Background(), "tcp", address)
				if err == nil {
					_ = c.Close()
				}
				return err != nil
			})
			select {
			case <-s.ended:
				t.Fatal("the server ended before the request under way")
			default:
			}
			_, _ = io.WriteString(connection, body[10:])
			answer, err := http.ReadResponse(response, nil)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if want := `{"data":{"contacts":{"totalCount":4}}}`; answer.StatusCode != 200 || string(text) != want {
				t.Errorf("status %d, %s, want %s", answer.StatusCode, text, want)
			}
			s.stop(t)
			if s.err != nil {
				t.Errorf("the server ended with %v", s.err)
			}
			http.DefaultClient.CloseIdleConnections()
			http.DefaultTransport.(*http.Transport).CloseIdleConnections()
			eventually(t, "the goroutines are gone", func() bool { return runtime.NumGoroutine() <= before })
		})
	}
}
