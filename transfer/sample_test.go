package transfer_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"segmentql/db"
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

// BenchmarkUpdateDuringImport measures how long a single update takes to be acknowledged while contacts are imported.
func BenchmarkUpdateDuringImport(b *testing.B) {
	store, err := embedded.Open(b.Context(), b.TempDir(), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	ws := store.Workspace("w")
	email := "ada@example.com"
	contact, err := ws.CreateContact(b.Context(), db.ContactPatch{Email: &email})
	if err != nil {
		b.Fatal(err)
	}
	text := sampleLines(b, 20_000)
	var rows atomic.Int64
	ctx, cancel := context.WithCancel(b.Context())
	var importing sync.WaitGroup
	importing.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			before := rows.Load()
			opts := transfer.Options{Progress: func(n int64) { rows.Store(before + n) }}
			_, err := transfer.Import(ctx, store.Workspace(fmt.Sprint(i)), bytes.NewReader(text), opts)
			if err != nil && ctx.Err() == nil {
				b.Error(err)
			}
		}
	})
	for rows.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	var times []time.Duration
	start, before := time.Now(), rows.Load()
	for b.Loop() {
		time.Sleep(time.Millisecond)
		sent := time.Now()
		if _, err := ws.UpdateContact(b.Context(), contact.ID, db.ContactPatch{FirstName: &email}); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(sent))
	}
	rate := float64(rows.Load()-before) / time.Since(start).Seconds()
	cancel()
	importing.Wait()
	if err := store.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(rate, "contacts/s")
}
