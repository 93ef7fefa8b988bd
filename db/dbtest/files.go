package dbtest

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"segmentql/db"
)

func save(t testing.TB, w db.Workspace, id, content string) {
	t.Helper()
	if size := must[int64](t)(w.SaveFile(t.Context(), id, strings.NewReader(content))); size != int64(len(content)) {
		t.Errorf("the size is %d, want %d", size, len(content))
	}
}

func wantContent(t testing.TB, w db.Workspace, id, want string) {
	t.Helper()
	file := must[io.ReadCloser](t)(w.OpenFile(t.Context(), id))
	got := must[[]byte](t)(io.ReadAll(file))
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	if string(got) != want {
		t.Errorf("the file %s has %d bytes: %.40q, want %d: %.40q", id, len(got), got, len(want), want)
	}
}

// testFiles keeps files whole, or not at all.
func (s Subject) testFiles(t *testing.T) {
	server := s.start(t)
	defer func() { server.stop() }()
	id := newWorkspaceID()
	w := server.store.Workspace(id)
	large := make([]byte, 3<<20+1)
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(large)
	contents := map[string]string{"job_small": "a,b\n", "job_empty": "", "job_large": string(large)}
	for id, content := range contents {
		save(t, w, id, content)
	}
	// A reader that gives little at a time, and one that ends early.
	must[int64](t)(w.SaveFile(t.Context(), "job_slow", iotest.DataErrReader(iotest.OneByteReader(strings.NewReader("slow")))))
	contents["job_slow"] = "slow"
	_, err := w.SaveFile(t.Context(), "job_broken", io.MultiReader(strings.NewReader(string(large)), iotest.ErrReader(errors.New("connection reset"))))
	wantCode(t, err, db.BadInput)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = w.SaveFile(ended, "job_ended", strings.NewReader("x"))
	wantCode(t, err, db.Timeout)
	save(t, w, "job_twice", string(large))
	save(t, w, "job_twice", "the second")
	contents["job_twice"] = "the second"

	if err := server.restart(); err != nil {
		t.Fatal(err)
	}
	w = server.store.Workspace(id)
	for id, content := range contents {
		wantContent(t, w, id, content)
	}
	for _, id := range []string{"job_broken", "job_ended", "job_nothing"} {
		_, err := w.OpenFile(t.Context(), id)
		wantCode(t, err, db.NotFound)
	}
	for range 2 {
		if err := w.DeleteFile(t.Context(), "job_large"); err != nil {
			t.Error(err)
		}
	}
	_, err = w.OpenFile(t.Context(), "job_large")
	wantCode(t, err, db.NotFound)
	for _, id := range []string{"", ".", "..", "../job_small", "a/b", `a\b`, "job_small.part", "JOB", "job_small\x00", strings.Repeat("x", 101)} {
		_, err := w.SaveFile(t.Context(), id, strings.NewReader("x"))
		wantCode(t, err, db.NotFound)
		_, err = w.OpenFile(t.Context(), id)
		wantCode(t, err, db.NotFound)
		wantCode(t, w.DeleteFile(t.Context(), id), db.NotFound)
	}
}
