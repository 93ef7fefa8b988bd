package query_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/db/mongodb/query"
	"segmentql/filter"
	"segmentql/filter/filtertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden holds what every conformance case compiles to against testdata/golden, where MongoDB's developers can
// read it: once with the shapes of the suite's documents, once where nothing is known of the fields.
func TestGolden(t *testing.T) {
	files := map[string]bool{"parts.txt": true}
	for _, suite := range filtertest.Suites(t) {
		file := suite.Name + ".txt"
		files[file] = true
		t.Run(suite.Name, func(t *testing.T) {
			shapes := shapesOf(t, suite)
			var text strings.Builder
			fmt.Fprintf(&text, "%s\n", suite.Rule)
			for _, c := range suite.Cases {
				n := suite.Parse(t, c)
				known, unknown := query.Compile(n, shapes), query.Compile(n, nil)
				checkSound(t, c.Name, known)
				checkSound(t, c.Name, unknown)
				fmt.Fprintf(&text, "\n== %s\n%s", c.Name, labelled("filter", readable(t, jsonOf(t, c.Filter))))
				writeVariants(t, &text, known, unknown)
			}
			compareGolden(t, file, text.String())
		})
	}
	stored, err := filepath.Glob(filepath.Join("testdata", "golden", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range stored {
		if !files[filepath.Base(file)] {
			t.Errorf("%s belongs to no suite; delete it", file)
		}
	}
}

func writeVariants(t *testing.T, text *strings.Builder, known, unknown bson.D) {
	t.Helper()
	a, b := readable(t, extendedJSON(t, known)), readable(t, extendedJSON(t, unknown))
	if a == b {
		text.WriteString(labelled("query", a))
		return
	}
	text.WriteString(labelled("known", a))
	text.WriteString(labelled("unknown", b))
}

func labelled(label, value string) string { return fmt.Sprintf("%-8s %s\n", label, value) }

// compareGolden fails where the text differs from the golden file, and with -update writes the file.
func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i, line := range gotLines {
		if i >= len(wantLines) || line != wantLines[i] {
			t.Fatalf("%s drifted in line %d; -update writes it anew\n got %s\nwant %s", path, i+1, line,
				strings.Join(wantLines[min(i, len(wantLines)):min(i+1, len(wantLines))], ""))
		}
	}
	t.Fatalf("%s has more lines; -update writes it anew", path)
}

// shapesOf returns the catalogue of a workspace that has the contacts of the suite.
func shapesOf(t *testing.T, suite filtertest.Suite) *db.Catalogue {
	t.Helper()
	shapes := db.NewCatalogue(nil)
	for _, document := range suite.Documents {
		custom, _ := document["custom"].(filter.Object)
		c, err := db.NewContact(db.ContactPatch{Custom: custom}, start())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := shapes.Admit(nil, &c); err != nil {
			t.Fatal(err)
		}
	}
	return shapes
}

// extendedJSON returns the query as MongoDB's tools read it, and checks that BSON keeps it.
func extendedJSON(t *testing.T, q bson.D) []byte {
	t.Helper()
	text, err := bson.MarshalExtJSON(q, false, false)
	if err != nil {
		t.Fatal(err)
	}
	var back bson.D
	if err := bson.UnmarshalExtJSON(text, false, &back); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	again, err := bson.MarshalExtJSON(back, false, false)
	if err != nil || !bytes.Equal(text, again) {
		t.Fatalf("%s reads as %s: %v", text, again, err)
	}
	return text
}
