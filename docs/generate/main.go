// Command generate writes the pages of docs that follow from tables in the code.
package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
	"segmentql/sample"
	"segmentql/segment"
	"segmentql/transfer"
)

//go:embed *.tmpl
var templates embed.FS

// contacts is how many made-up contacts the pages are about.
const contacts = 10_000

// present is the day of which the pages are.
func present() time.Time { return time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) }

func main() {
	pages, err := generate(context.Background())
	if err == nil {
		err = write(pages)
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(pages map[string]string) error {
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join("docs", name), []byte(text), 0o644); err != nil { //nolint:gosec // for everybody to read
			return err
		}
	}
	return nil
}

// generate returns the pages by the names of their files.
func generate(ctx context.Context) (map[string]string, error) {
	dir, err := os.MkdirTemp("", "segmentql-docs-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	store, err := embedded.Open(ctx, dir, present)
	if err != nil {
		return nil, err
	}
	defer func() { _ = store.Close(ctx) }()
	w := store.Workspace("docs")
	if err := load(ctx, w); err != nil {
		return nil, err
	}
	fields, err := w.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	filters, err := filtersPage(fields)
	if err != nil {
		return nil, err
	}
	segments, err := segmentsPage(ctx, w, fields)
	return map[string]string{"filters.md": filters, "segments.md": segments}, err
}

// load imports made-up contacts.
func load(ctx context.Context, w db.Workspace) error {
	reader, writer := io.Pipe()
	go func() {
		_ = writer.CloseWithError(sample.WriteJSONLines(writer, 1, contacts, present().Truncate(24*time.Hour)))
	}()
	defer func() { _ = reader.Close() }() // ends the writer
	_, err := transfer.Import(ctx, w, reader, transfer.Options{})
	return err
}

func execute(name string, data any) (string, error) {
	t, err := template.New(name).Funcs(template.FuncMap{
		"inc": func(i int) int { return i + 1 }, "capitalised": capitalised,
	}).ParseFS(templates, name)
	if err != nil {
		return "", err
	}
	var page bytes.Buffer
	err = t.Execute(&page, data)
	return strings.TrimSpace(page.String()) + "\n", err
}

// shown is a filter and its query as the pages show them.
func shown(text string, n filter.Node, fields *db.Catalogue) (laidOut, compiled string, err error) {
	if laidOut, err = query.LayOut([]byte(text)); err != nil {
		return "", "", err
	}
	extended, err := bson.MarshalExtJSON(query.Compile(n, fields), false, false)
	if err != nil {
		return "", "", err
	}
	compiled, err = query.LayOut(extended)
	return laidOut, compiled, err
}

type segmentEntry struct {
	sample.Segment
	Count         int64
	Filter, Query string
}

func segmentsPage(ctx context.Context, w db.Workspace, fields *db.Catalogue) (string, error) {
	parser, err := segment.NewParser(ctx, w, present())
	if err != nil {
		return "", err
	}
	var entries []segmentEntry
	var nodes []filter.Node
	for _, s := range sample.Segments() {
		n, err := segment.Node(parser, &db.Segment{Name: s.Name, Filter: []byte(s.Filter), Format: filter.Format})
		if err != nil {
			return "", err
		}
		entry := segmentEntry{Segment: s}
		if entry.Filter, entry.Query, err = shown(s.Filter, n, fields); err != nil {
			return "", err
		}
		entries, nodes = append(entries, entry), append(nodes, n)
	}
	counts, err := w.CountContacts(ctx, nodes)
	if err != nil {
		return "", err
	}
	for i := range entries {
		entries[i].Count = counts[i]
	}
	return execute("segments.md.tmpl", map[string]any{
		"Contacts": contacts, "Day": present().Format(time.DateOnly), "Segments": entries,
	})
}
