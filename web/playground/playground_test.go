package playground

import (
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func serve(method, path string) *httptest.ResponseRecorder {
	response := httptest.NewRecorder()
	Handler("/graphql").ServeHTTP(response, httptest.NewRequest(method, path, nil))

	return response
}

// get fails the test unless path is there.
func get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()

	response := serve(http.MethodGet, path)
	if response.Code != http.StatusOK {
		t.Fatalf("GET %s: status %d", path, response.Code)
	}

	return response
}

func wantHeader(t *testing.T, response *httptest.ResponseRecorder, name, want string) {
	t.Helper()

	if got := response.Header().Get(name); got != want {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

var sources = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

// assetsPath returns the folder that the page loads its assets from.
func assetsPath(t *testing.T) string {
	t.Helper()

	for _, source := range sources.FindAllStringSubmatch(get(t, Path).Body.String(), -1) {
		if folder, isScript := strings.CutSuffix(source[1], "playground.js"); isScript {
			return folder
		}
	}
	t.Fatal("the page does not load playground.js")

	return ""
}

func TestPage(t *testing.T) {
	for _, path := range []string{"/playground", "/playground/"} {
		t.Run(path, func(t *testing.T) {
			response := get(t, path)
			wantHeader(t, response, "Content-Type", "text/html; charset=utf-8")
			wantHeader(t, response, "Cache-Control", "no-cache")

			html := response.Body.String()
			if !strings.Contains(html, `data-graphql-path="/graphql"`) {
				t.Error("the page does not name the GraphQL path")
			}
			if !strings.Contains(html, DefaultQuery) {
				t.Error("the page does not carry the default query")
			}
		})
	}
}

func TestPageLoadsFromItsOwnServerOnly(t *testing.T) {
	response := get(t, Path)

	for _, source := range sources.FindAllStringSubmatch(response.Body.String(), -1) {
		if path := source[1]; path != "data:," {
			get(t, path)
		}
	}

	policy := response.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.ContainsAny(policy, "*/") {
		t.Errorf("the Content-Security-Policy allows other hosts: %s", policy)
	}
}

func TestAssets(t *testing.T) {
	entries, err := assets.ReadDir("assets")
	if err != nil {
		t.Fatal(err)
	}

	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	// playground.jsx starts these by name.
	for _, worker := range []string{"editor.worker.js", "graphql.worker.js", "json.worker.js"} {
		if !slices.Contains(names, worker) {
			t.Errorf("%s is missing", worker)
		}
	}

	wantTypes := map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".txt": "text/plain; charset=utf-8",
	}
	folder := assetsPath(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			response := get(t, folder+name)
			wantHeader(t, response, "Content-Type", wantTypes[path.Ext(name)])
			wantHeader(t, response, "Cache-Control", "public, max-age=31536000, immutable")
		})
	}
}

func TestRefusals(t *testing.T) {
	folder := assetsPath(t)

	for _, path := range []string{
		"/playground/nothing",
		"/playground/assets/",
		"/playground/assets/0123456789abcdef/playground.js",
		folder,
		folder + "nothing.js",
	} {
		response := serve(http.MethodGet, path)
		if response.Code != http.StatusNotFound {
			t.Errorf("GET %s: status %d, want 404", path, response.Code)
		}
		if control := response.Header().Get("Cache-Control"); control != "" {
			t.Errorf("GET %s: browsers may keep the refusal: %s", path, control)
		}
	}

	if response := serve(http.MethodPost, Path); response.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST %s: status %d, want 405", Path, response.Code)
	}
}
