package command_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGraphQLOverHTTP runs the audit of the graphql-http package, which holds the server against the specification.
func TestGraphQLOverHTTP(t *testing.T) {
	t.Parallel()
	const audit = "../graph/audit"
	if _, err := os.Stat(filepath.Join(audit, "node_modules")); err != nil {
		node(t, audit, "npm", "ci", "--no-audit", "--no-fund")
	}
	s := serve(t, "--data", t.TempDir())
	t.Logf("%s", node(t, audit, "node", "audit.mjs", s.url+"/graphql"))
}

// node runs a program of Node.js and returns its output. The tests need Node.js; without it they fail.
func node(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("the tests need Node.js, of which %s is a part: %v", name, err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, output)
	}
	return output
}
