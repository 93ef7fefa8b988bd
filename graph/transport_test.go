package graph_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func get(t *testing.T, handler http.Handler, query, extensions string, accept ...string) *httptest.ResponseRecorder {
	t.Helper()
	target := "/graphql?" + url.Values{"query": {query}, "extensions": {extensions}}.Encode()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	request.Header["Accept"] = accept
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

func TestTypesOfAnswers(t *testing.T) {
	const plain, graphQL = "application/json", "application/graphql-response+json"
	handler := newHandler(&recording{})
	for _, c := range []struct {
		accept []string
		want   string
	}{
		{nil, plain},
		{[]string{"*/*"}, plain},
		{[]string{graphQL + ", " + plain}, graphQL},
		{[]string{plain + ", " + graphQL}, plain},
		{[]string{plain + ";q=0.5, " + graphQL}, graphQL},
		{[]string{plain + ";q=0, " + graphQL + ";q=0.1"}, graphQL},
		{[]string{graphQL + ";q=0.9", plain}, plain},
		{[]string{"text/html", plain}, plain},
		{[]string{"text/html, */*;q=0.1"}, plain},
		{[]string{"text/html"}, graphQL},
	} {
		if got := get(t, handler, "{__typename}", "", c.accept...).Header().Get("Content-Type"); got != c.want {
			t.Errorf("%q: got %s, want %s", c.accept, got, c.want)
		}
	}
}

func TestMutationsByGET(t *testing.T) {
	recorder := get(t, newHandler(&recording{}), `mutation { deleteSegment(input: {id: "seg_1"}) { __typename } }`, "")
	if recorder.Code != http.StatusMethodNotAllowed || recorder.Header().Get("Allow") != http.MethodPost {
		t.Errorf("got %d, Allow: %s", recorder.Code, recorder.Header().Get("Allow"))
	}
}
