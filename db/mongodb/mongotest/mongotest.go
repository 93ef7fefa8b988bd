// Package mongotest gives tests a MongoDB to speak to.
//
// Where MONGODB_TEST_URI is set, that is it. Elsewhere it is FerretDB, built from this repository's tools
// module and started on the first call, once per test process. So tests need nothing but Go, and they never
// skip: a MongoDB that can't be had fails the test.
package mongotest

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// URI returns the URI of a running MongoDB. Its server lives as long as the test process.
func URI(t testing.TB) string {
	t.Helper()

	if uri := os.Getenv("MONGODB_TEST_URI"); uri != "" {
		return uri
	}

	server, err := ferretDB()
	if err != nil {
		t.Fatalf("mongotest: %v", err)
	}

	return server.uri
}

// Database returns the URI of a running MongoDB with a database that no other test uses. The database is created
// by the first write and is the caller's to drop.
func Database(t testing.TB) string {
	t.Helper()

	scheme, rest, _ := strings.Cut(URI(t), "://")
	// The options begin at the question mark; before it there are the hosts and, after a slash, a database.
	hosts, options, _ := strings.Cut(rest, "?")
	hosts, _, _ = strings.Cut(hosts, "/")

	return fmt.Sprintf("%s://%s/test_%s?%s", scheme, hosts, strings.ToLower(rand.Text()), options)
}

// ferretDB is the one server of this test process: starting it takes a while, and databases keep tests apart.
var ferretDB = sync.OnceValues(func() (*server, error) {
	program, err := build()
	if err != nil {
		return nil, err
	}

	return start(program)
})

type server struct {
	uri string
	// stdin is never written to. FerretDB ends when it is closed, which the operating system does when this
	// process dies; to refer to it here keeps the garbage collector from closing it earlier.
	stdin io.Closer
}

// start runs FerretDB and returns once it listens.
func start(program string) (*server, error) {
	cmd := exec.Command(program)
	cmd.Stderr = os.Stderr

	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}

	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s ended before it listened: %w", program, errors.Join(err, cmd.Wait()))
	}

	return &server{uri: strings.TrimSpace(line), stdin: stdin}, nil
}

// build returns the path of the FerretDB program. A cold build takes most of a minute, so the program is kept
// in the user's cache folder, under a name that changes with its source and the versions of its modules.
func build() (string, error) {
	tools, err := toolsModule()
	if err != nil {
		return "", err
	}
	hash, err := hashFiles(
		filepath.Join(tools, "go.mod"),
		filepath.Join(tools, "go.sum"),
		filepath.Join(tools, "ferretdb", "main.go"),
	)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}

	folder := filepath.Join(cache, "segmentql")
	program := filepath.Join(folder, "ferretdb-"+hash)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}

	// Test packages run side by side: each builds in a folder of its own, and the rename is atomic.
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	unfinished, err := os.MkdirTemp(folder, "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(unfinished)

	built := filepath.Join(unfinished, "ferretdb")
	cmd := exec.Command("go", "build", "-o", built, "./ferretdb")
	cmd.Dir = tools
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building FerretDB in %s: %w\n%s", tools, err, output)
	}
	if err := os.Rename(built, program); err != nil {
		return "", err
	}

	return program, nil
}

// toolsModule returns the folder of the tools module. It is found from this source file, not the working
// directory, which a test may have changed.
func toolsModule() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return "", errors.New("the tools module can't be found: the test was built with -trimpath")
	}

	return filepath.Join(filepath.Dir(file), "..", "..", "..", "tools"), nil
}

func hashFiles(paths ...string) (string, error) {
	hash := sha256.New()
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		hash.Write(content)
	}

	return fmt.Sprintf("%x", hash.Sum(nil)[:8]), nil
}
