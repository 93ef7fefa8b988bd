// Package playground serves GraphiQL, a page to explore the schema and to run operations in, from the binary:
// it needs no internet. The files in assets are built by build.mjs (npm ci && npm run build) and committed.
package playground

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
)

// Path is where Handler is to be mounted: it serves Path itself and what is below it.
const Path = "/playground"

// DefaultQuery is what the editor shows on a first visit.
//
//go:embed default.graphql
var DefaultQuery string

var (
	//go:embed playground.html
	page string

	//go:embed assets
	assets embed.FS
)

// contentSecurityPolicy lets the page speak to its own server only. The editor styles its elements inline, and
// the style sheet carries its fonts and images as data.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; " +
	"style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// contentTypes has every kind of file in assets. The mime package would ask the machine that the server runs
// on, and some say text/plain for scripts, which browsers then refuse.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".txt": "text/plain; charset=utf-8",
}

// Handler returns the handler of the playground. Its page sends operations to graphqlPath on its own host:
// queries and mutations over HTTP, subscriptions over WebSocket.
func Handler(graphqlPath string) http.Handler {
	// The folder is named after its content, so that browsers may keep the files for good.
	assetsPath := Path + "/assets/" + fingerprint(assets) + "/"
	servePage := pageHandler(assetsPath, graphqlPath)

	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, servePage)
	mux.HandleFunc("GET "+Path+"/{$}", servePage)
	mux.HandleFunc("GET "+assetsPath+"{file}", serveAsset)

	return mux
}

func pageHandler(assetsPath, graphqlPath string) http.HandlerFunc {
	var html bytes.Buffer
	err := template.Must(template.New("playground").Parse(page)).Execute(&html, struct {
		AssetsPath, GraphQLPath, DefaultQuery string
	}{assetsPath, graphqlPath, DefaultQuery})
	if err != nil {
		panic(err) // The page is part of the binary, so this is a mistake in it.
	}

	return func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-cache")
		header.Set("Content-Security-Policy", contentSecurityPolicy)
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(html.Bytes())
	}
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")

	header := w.Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Content-Type", contentTypes[path.Ext(file)])
	header.Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, assets, path.Join("assets", file))
}

// fingerprint returns a name for the content of files: another content has another name.
func fingerprint(files fs.FS) string {
	hash := sha256.New()
	err := fs.WalkDir(files, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}

		content, err := fs.ReadFile(files, file)
		hash.Write([]byte(file))
		hash.Write(content)

		return err
	})
	if err != nil {
		panic(err) // The files are part of the binary: reading them can't fail.
	}

	return hex.EncodeToString(hash.Sum(nil)[:8])
}
