package command

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// TestPatientServer takes longer over an answer than the server allows for others.
func TestPatientServer(t *testing.T) {
	t.Parallel()
	const limit = 50 * time.Millisecond
	server := httptest.NewUnstartedServer(patiently(time.Minute, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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

// endless is a store whose exports have no end.
type endless struct{ loadedStore }

func (*endless) Workspace(string) db.Workspace { return endlessWorkspace{} }

type endlessWorkspace struct{ noJobs }

func (endlessWorkspace) Catalogue(context.Context) (*db.Catalogue, error) {
	return db.NewCatalogue(nil), nil
}

func (endlessWorkspace) EachContact(_ context.Context, _ filter.Node, yield func(*db.Contact) error) error {
	for {
		if err := yield(&db.Contact{FirstName: strings.Repeat("Ada ", 200), Status: db.Subscribed}); err != nil {
			return err
		}
	}
}

// cutOff is a log that tells of each export that was cut off.
type cutOff chan struct{}

func (c cutOff) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("an export was cut off")) {
		c <- struct{}{}
	}
	return len(line), nil
}

// TestStalledClient has the server send to clients that do not read. They are cut off, so that others are served.
func TestStalledClient(t *testing.T) {
	t.Parallel()
	const clients = 6 // more than there may be exports at once
	ended := make(cutOff, clients)
	url, _, _ := serveStore(t, &endless{}, ended)
	for range clients {
		client, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		if _, err := io.WriteString(client, "GET /export/contacts HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		<-ended
	}
}
