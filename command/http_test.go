package command_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestPagesAndHealth(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		eventually(t, "the server is ready", func() bool { return s.do(t, "GET", "/readyz", "").status == 200 })
		for _, c := range []struct {
			method, path string
			status       int
			contentType  string
			contains     string
		}{
			{"GET", "/healthz", 200, "text/plain", "ok"},
			{"GET", "/readyz", 200, "text/plain", "ready"},
			{"POST", "/healthz", 405, "", ""},
			{"GET", "/playground", 200, "text/html", "<html"},
			{"GET", "/nothing", 404, "", ""},
			{"GET", "/", 302, "", ""},
			{"GET", "/graphql?query=%7B__typename%7D", 200, "application/json", `{"data":{"__typename":"Query"}}`},
		} {
			got := s.do(t, c.method, c.path, "")
			if got.status != c.status || !strings.HasPrefix(got.header.Get("Content-Type"), c.contentType) || !strings.Contains(strings.ToLower(got.body), strings.ToLower(c.contains)) {
				t.Errorf("%s %s: status %d, want %d; %s, want %s; %.100s", c.method, c.path, got.status, c.status, got.header.Get("Content-Type"), c.contentType, got.body)
			}
		}
	})
}

// TestPlaygroundWorksOffline follows what the page loads: all of it comes from the server itself.
func TestPlaygroundWorksOffline(t *testing.T) {
	t.Parallel()
	s := serve(t, "--data", t.TempDir())
	page := s.do(t, "GET", "/playground", "").body
	loaded := 0
	for _, part := range strings.FieldsFunc(page, func(r rune) bool { return r == '"' || r == '\'' }) {
		if strings.HasPrefix(part, "/playground/") {
			loaded++
			if got := s.do(t, "GET", part, ""); got.status != 200 || got.body == "" {
				t.Errorf("%s: status %d", part, got.status)
			}
		}
		if strings.HasPrefix(part, "https://") || strings.HasPrefix(part, "http://") || strings.HasPrefix(part, "//") {
			t.Errorf("the page refers to %s", part)
		}
	}
	if loaded == 0 {
		t.Errorf("the page loads nothing:\n%s", page)
	}
}

// TestPersistedQuery sends a query once, and from then on only its hash, by GET.
func TestPersistedQuery(t *testing.T) {
	t.Parallel()
	s := serve(t, "--data", t.TempDir())
	const query = `{ contacts { totalCount } }`
	hash := fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":"%x"}}`, sha256.Sum256([]byte(query)))
	byHash := "/graphql?extensions=" + url.QueryEscape(hash)
	for _, want := range []string{`"PERSISTED_QUERY_NOT_FOUND"`, `{"data":{"contacts":{"totalCount":0}}}`} {
		if got := s.do(t, "GET", byHash, ""); !strings.Contains(got.body, want) {
			t.Errorf("got %s, want %s", got.body, want)
		}
		s.post(t, `{"query": "`+query+`", "extensions": `+hash+`}`)
	}
}

const allowOrigin = "Access-Control-Allow-Origin"

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	const query = `{"query": "{ __typename }"}`
	closed := serve(t, "--data", t.TempDir())
	open := serve(t, "--data", t.TempDir(), "--cors-origins", "https://app.example.com,http://localhost:5173")
	for _, c := range []struct {
		name   string
		server *server
		origin string
		allow  string
	}{
		{"nothing is configured", closed, "https://app.example.com", ""},
		{"nothing is configured, local page", closed, "http://localhost:5173", ""},
		{"nothing is configured, no origin", closed, "null", ""},
		{"one of the configured", open, "https://app.example.com", "https://app.example.com"},
		{"the other of the configured", open, "http://localhost:5173", "http://localhost:5173"},
		{"another scheme", open, "http://app.example.com", ""},
		{"another port", open, "https://app.example.com:8443", ""},
		{"below the configured", open, "https://evil.app.example.com", ""},
		{"with the configured for a beginning", open, "https://app.example.com.evil.example", ""},
		{"no origin", open, "null", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := c.server.do(t, "POST", "/graphql", query, "Content-Type: application/json", "Origin: "+c.origin)
			if got := answer.header.Get(allowOrigin); got != c.allow {
				t.Errorf("%s is %q, want %q", allowOrigin, got, c.allow)
			}
			if answer.header.Get("Access-Control-Allow-Credentials") != "" {
				t.Error("credentials are allowed")
			}
			preflight := c.server.do(t, "OPTIONS", "/graphql", "", "Origin: "+c.origin,
				"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type")
			if got := preflight.header.Get(allowOrigin); got != c.allow {
				t.Errorf("preflight: %s is %q, want %q", allowOrigin, got, c.allow)
			}
			methods, headers := preflight.header.Get("Access-Control-Allow-Methods"), preflight.header.Get("Access-Control-Allow-Headers")
			if allowed := c.allow != ""; strings.Contains(methods, "POST") != allowed || strings.Contains(strings.ToLower(headers), "content-type") != allowed {
				t.Errorf("preflight: methods %q, headers %q", methods, headers)
			}
			if preflight.status >= 300 {
				t.Errorf("preflight: status %d", preflight.status)
			}
		})
	}
	refused := open.do(t, "OPTIONS", "/graphql", "", "Origin: https://app.example.com", "Access-Control-Request-Method: DELETE")
	if refused.header.Get(allowOrigin) != "" {
		t.Error("preflight: DELETE is allowed")
	}
}

// TestHost refuses what was sent to a name that is not of this machine: a web page could have made it point here.
func TestHost(t *testing.T) {
	t.Parallel()
	s := serve(t, "--data", t.TempDir())
	port := s.url[strings.LastIndex(s.url, ":"):]
	for host, status := range map[string]int{
		"127.0.0.1" + port: http.StatusOK, "localhost" + port: http.StatusOK, "localhost": http.StatusOK, "[::1]" + port: http.StatusOK, "[::1]": http.StatusOK,
		"evil.example": http.StatusMisdirectedRequest, "evil.example" + port: http.StatusMisdirectedRequest,
		"127.0.0.1.evil.example" + port: http.StatusMisdirectedRequest, "localhost.evil.example": http.StatusMisdirectedRequest, "192.168.1.1": http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/graphql?query=%7B__typename%7D", "/playground", "/healthz"} {
			if got := s.do(t, "GET", path, "", "Host: "+host); got.status != status {
				t.Errorf("%s of %s: status %d, want %d", path, host, got.status, status)
			}
		}
	}
}
