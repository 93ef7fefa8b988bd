package command_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestBadRequests are those that are no operations at all.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	s := serve(t, "--data", t.TempDir())
	load(t, s, people)
	const ok = `{"query": "{ __typename }"}`
	for _, c := range []struct {
		name, method, path, contentType, body string
		status                                int
		code                                  string
	}{
		{"a body of 10 MB", "POST", "/graphql", "application/json", `{"query": "{ __typename }` + strings.Repeat(" ", 10_000_000) + `"}`, 413, "LIMIT_EXCEEDED"},
		{"malformed JSON", "POST", "/graphql", "application/json", `{"query": s3cret`, 400, "BAD_USER_INPUT"},
		{"a list", "POST", "/graphql", "application/json", `[` + ok + `]`, 400, "BAD_USER_INPUT"},
		{"null", "POST", "/graphql", "application/json", `null`, 400, "BAD_USER_INPUT"},
		{"nothing", "POST", "/graphql", "application/json", ``, 400, "BAD_USER_INPUT"},
		{"something behind the object", "POST", "/graphql", "application/json", ok + `s3cret`, 400, "BAD_USER_INPUT"},
		{"a query that is no text", "POST", "/graphql", "application/json", `{"query": {"s3cret": 5}}`, 400, "BAD_USER_INPUT"},
		{"variables that are no object", "POST", "/graphql", "application/json", `{"query": "{ s3cret: __typename }", "variables": [1]}`, 400, "BAD_USER_INPUT"},
		{"variables that are no object, by GET", "GET", "/graphql?query=%7B__typename%7D&variables=s3cret", "", "", 400, "BAD_USER_INPUT"},
		{"an operation name that is no text", "POST", "/graphql", "application/json", `{"query": "{ s3cret: __typename }", "operationName": 5}`, 400, "BAD_USER_INPUT"},
		{"extensions that are no object", "POST", "/graphql", "application/json", `{"query": "{ s3cret: __typename }", "extensions": 5}`, 400, "BAD_USER_INPUT"},
		{"no query", "POST", "/graphql", "application/json", `{}`, 0, "BAD_USER_INPUT"},
		{"no query, by GET", "GET", "/graphql", "", "", 0, "BAD_USER_INPUT"},
		{"a mutation by GET", "GET", "/graphql?query=mutation%7BdeleteContacts(input:%7Bids:%5B%5D%7D)%7BdeletedIds%7D%7D", "", "", 405, "BAD_USER_INPUT"},
		{"a form", "POST", "/graphql", "application/x-www-form-urlencoded", "query=%7B__typename%7D", 0, "BAD_USER_INPUT"},
		{"a text", "POST", "/graphql", "text/plain", ok, 0, "BAD_USER_INPUT"},
		{"another method", "PUT", "/graphql", "application/json", ok, 405, "BAD_USER_INPUT"},
		{
			"a persisted query that is not known", "POST", "/graphql", "application/json",
			`{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0000000000000000000000000000000000000000000000000000000000000000"}}}`, 0, "PERSISTED_QUERY_NOT_FOUND",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var headers []string
			if c.contentType != "" {
				headers = append(headers, "Content-Type: "+c.contentType)
			}
			got := s.do(t, c.method, c.path, c.body, headers...)
			wantStatus(t, got.status, c.status)
			names{}.check(t, "["+mistake(c.code, "", "…")+"]", errorsOf(t, got.body))
			if contentType := got.header.Get("Content-Type"); !strings.Contains(contentType, "json") {
				t.Errorf("the answer is %s", contentType)
			}
			if strings.Contains(got.body, "s3cret") {
				t.Errorf("the request is echoed: %s", got.body)
			}
			wantNothingInternal(t, got.body)
			wantPeople(t, s)
		})
	}
	if got := s.do(t, http.MethodGet, "/graphql?query=%7B__typename%7D&s="+strings.Repeat("x", 100_000), ""); got.status < 400 || got.status >= 500 {
		t.Errorf("a URL of 100 kB: status %d", got.status)
	}
	wantPeople(t, s)
}
