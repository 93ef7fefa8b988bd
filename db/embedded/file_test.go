package embedded_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a process that died had written of a file is gone when the store is opened again; whole files are not.
func TestHalfWrittenFilesAreDeleted(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	if _, err := store.Workspace("../w").SaveFile(t.Context(), "job_whole", strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	closeStore(t, store)
	files, err := filepath.Glob(filepath.Join(dir, "files", "*", "job_whole"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the files are %v, %v", files, err)
	}
	part := filepath.Join(filepath.Dir(files[0]), "job_half.part")
	if err := os.WriteFile(part, []byte("ha"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := open(t, dir).Workspace("../w").OpenFile(t.Context(), "job_whole")
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(file)
	if string(content) != "whole" || err != nil || file.Close() != nil {
		t.Errorf("got %q, %v", content, err)
	}
	if _, err := os.Stat(part); !os.IsNotExist(err) {
		t.Errorf("the half-written file: %v", err)
	}
}
