package command_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// server is a program that serves.
type server struct {
	*program
	url string
}

// serve starts a server on a free port.
func serve(t *testing.T, flags ...string) *server {
	t.Helper()
	return serving(t, start(t, slices.Concat([]string{"serve", "--addr", "127.0.0.1:0"}, flags)...))
}

// serving waits until the program serves.
func serving(t *testing.T, p *program) *server {
	t.Helper()
	return &server{p, p.await(t, &p.stdout, `SegmentQL listens on (\S+)`)[1]}
}

// answer is a response that was read.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request to a path of the server. Headers are given as "Name: value".
func (s *server) do(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		request.Header.Set(name, value)
		if name == "Host" {
			request.Host = value
		}
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

func (s *server) post(t *testing.T, body string) answer {
	t.Helper()
	return s.do(t, http.MethodPost, "/graphql", body, "Content-Type: application/json")
}

// operation is the body of a request. Variables are nil, JSON as a string, or a value of which JSON is made.
func operation(t *testing.T, query string, variables any) string {
	t.Helper()
	if text, isText := variables.(string); isText {
		variables = json.RawMessage(text)
		if text == "" {
			variables = nil
		}
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"query": query, "variables": variables}); err != nil {
		t.Fatal(err)
	}
	return body.String()
}

// ask sends an operation and returns the data as T; there must be no errors.
func ask[T any](t *testing.T, s *server, query string, variables any) T {
	t.Helper()
	got := s.post(t, operation(t, query, variables))
	var result struct {
		Data   T
		Errors []any
	}
	if err := json.Unmarshal([]byte(got.body), &result); err != nil || got.status != http.StatusOK || len(result.Errors) > 0 {
		t.Fatalf("status %d, %v, in answer to %s with %v:\n%s", got.status, err, query, variables, got.body)
	}
	return result.Data
}

// load creates contacts of JSON objects.
func load(t *testing.T, s *server, contacts string) {
	t.Helper()
	const upsert = `mutation($c: [CreateContactInput!]!) { upsertContacts(input: {contacts: $c}) { rejected results { error { message } } } }`
	type result struct {
		UpsertContacts struct {
			Rejected int
			Results  []any
		}
	}
	if got := ask[result](t, s, upsert, `{"c": `+contacts+`}`); got.UpsertContacts.Rejected > 0 {
		t.Fatalf("not all were loaded: %v", got)
	}
}
