package transfer_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"segmentql/db/embedded"
	"segmentql/sample"
	"segmentql/transfer"
)

func sampleLines(tb testing.TB, n int) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := sample.WriteJSONLines(&out, 1, n, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func TestImportSampleContacts(t *testing.T) {
	ws := openWorkspace(t)
	for _, want := range []string{"3000 created, 0 updated, 0 rejected", "0 created, 3000 updated, 0 rejected"} {
		summary, err := transfer.Import(t.Context(), ws, bytes.NewReader(sampleLines(t, 3_000)), transfer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		wantSummary(t, summary, want)
		if summary.Updated > 0 {
			continue // what the first import declared is declared
		}
		want := []string{
			"custom.birthday DATE", "custom.lastLoginAt DATETIME", "custom.orders.placedAt DATETIME", "custom.trialEndsAt DATETIME",
		}
		if got := declared(summary); !slices.Equal(got, want) || len(summary.Warnings) > 0 {
			t.Errorf("declared %q, want %q; warnings %q", got, want, summary.Warnings)
		}
	}
}

// BenchmarkImport measures all but the store.
func BenchmarkImport(b *testing.B) {
	text := sampleLines(b, b.N)
	b.SetBytes(int64(len(text) / b.N))
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := transfer.Import(b.Context(), newMemory(), bytes.NewReader(text), transfer.Options{}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkImportEmbedded measures all of an import into an empty store, durable as in production.
func BenchmarkImportEmbedded(b *testing.B) {
	const contacts = 10_000
	text := sampleLines(b, contacts)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		store, err := embedded.Open(b.Context(), b.TempDir(), time.Now)
		if err != nil {
			b.Fatal(err)
		}
		ws := store.Workspace("w")
		b.StartTimer()
		if _, err := transfer.Import(b.Context(), ws, bytes.NewReader(text), transfer.Options{}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := store.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N)*contacts/b.Elapsed().Seconds(), "contacts/s")
}
