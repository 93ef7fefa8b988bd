package sample_test

import (
	"os"
	"segmentql/sample"
	"testing"
	"time"
)

func TestTry(t *testing.T) {
	f, _ := os.Create("/tmp/try/c.jsonl")
	s := time.Now()
	if err := sample.WriteJSONLines(f, 1, 200000, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(s))
	f.Close()
}
