package embedded_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
)

// The test binary runs itself as another process that has, or wants, a data directory.
const (
	childRole = "SEGMENTQL_TEST_ROLE"
	childDir  = "SEGMENTQL_TEST_DIR"
	childFile = "SEGMENTQL_TEST_FILE"
)

func TestMain(m *testing.M) {
	switch role := os.Getenv(childRole); role {
	case "":
		os.Exit(m.Run())
	case "opener":
		_, err := embedded.Open(context.Background(), os.Getenv(childDir), time.Now)
		fmt.Println(err)
	case "writer":
		if err := writeAndAcknowledge(os.Getenv(childDir)); err != nil {
			fmt.Println("error:", err)
		}
	case "restorer":
		fmt.Println("error:", restoreAndWait(os.Getenv(childFile), os.Getenv(childDir)))
	}
}

func child(role, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childRole+"="+role, childDir+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

func open(t *testing.T, dir string) *embedded.Store {
	t.Helper()
	store, err := embedded.Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, store) })
	return store
}

func closeStore(t *testing.T, store *embedded.Store) {
	t.Helper()
	if err := store.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func wantError(t *testing.T, err error, code db.Code, text string) {
	t.Helper()
	if db.CodeOf(err) != code || err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got error %v with code %s, want %s with %q", err, db.CodeOf(err), code, text)
	}
}

func lines(f *bufio.Scanner) []string {
	var all []string
	for f.Scan() {
		all = append(all, f.Text())
	}
	return all
}
