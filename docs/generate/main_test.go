package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The committed pages are what the code says now.
func TestPagesAreCurrent(t *testing.T) {
	pages, err := generate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("docs/%s is not current; run make generate", name)
		}
	}
}
