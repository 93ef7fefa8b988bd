// Package judge judges MongoDB queries in tests, for want of a MongoDB: it asks judge.mjs, an independent implementation
// of MongoDB's query language.
package judge

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gofrs/flock"
)

// Judge is the program judge.mjs.
type Judge struct {
	questions io.Writer
	answers   *bufio.Reader
	documents []string // of the last question
}

// Start starts the judge, which ends with the test. It needs Node.js; without it the test fails.
func Start(t testing.TB) *Judge {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Dir(file)
	install(t, dir)
	cmd := nodeCommand(t, dir, "node", "judge.mjs")
	cmd.Stderr = os.Stderr
	questions, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = questions.Close()
		_ = cmd.Wait() // it is killed when the context of the test ends
	})
	return &Judge{questions: questions, answers: bufio.NewReader(answers)}
}

// install puts the packages of the judge there. Tests of several packages may start at once: one of them does it.
func install(t testing.TB, dir string) {
	t.Helper()
	lock := flock.New(filepath.Join(dir, "package.json"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Unlock() }()
	// npm writes this file when all packages are there.
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err == nil {
		return
	}
	npm := nodeCommand(t, dir, "npm", "ci", "--no-audit", "--no-fund")
	if output, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", npm, err, output)
	}
}

func nodeCommand(t testing.TB, dir, name string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("the tests need Node.js, of which %s is a part: %v", name, err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	return cmd
}

// Find returns the IDs of the documents that match the query, sorted. All are extended JSON without line breaks.
func (j *Judge) Find(documents []string, q string) ([]string, error) {
	ids, err := ask[string](j, documents, "query", q)
	slices.Sort(ids)
	return ids, err
}

// Aggregate returns the documents that a pipeline makes of documents, as canonical extended JSON.
func (j *Judge) Aggregate(documents []string, pipeline string) ([]json.RawMessage, error) {
	return ask[json.RawMessage](j, documents, "pipeline", pipeline)
}

func ask[A any](j *Judge, documents []string, what, of string) ([]A, error) {
	question := fmt.Sprintf(`{"documents":[%s],%q:%s}`, strings.Join(documents, ","), what, of)
	if slices.Equal(documents, j.documents) {
		question = fmt.Sprintf(`{%q:%s}`, what, of)
	}
	j.documents = documents
	if _, err := fmt.Fprintln(j.questions, question); err != nil {
		return nil, err
	}
	text, err := j.answers.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the judge has ended: %w", err)
	}
	var answer []A
	if err := json.Unmarshal(text, &answer); err == nil {
		return answer, nil
	}
	var refusal struct{ Error string }
	if err := json.Unmarshal(text, &refusal); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	return nil, errors.New(refusal.Error)
}
