package transfer_test

import (
	"bytes"
	"io"
	"runtime"
	"testing"

	"segmentql/filter"
	"segmentql/transfer"
)

// BenchmarkExport measures exports of many contacts from the embedded store, and the most memory that is in use.
func BenchmarkExport(b *testing.B) {
	const contacts = 100_000
	ws := openWorkspace(b)
	if _, err := transfer.Import(b.Context(), ws, bytes.NewReader(sampleLines(b, contacts)), transfer.Options{}); err != nil {
		b.Fatal(err)
	}
	for _, format := range []transfer.Format{transfer.JSONLines, transfer.CSV} {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			before, most := inUse(), uint64(0)
			for b.Loop() {
				rows, err := transfer.Export(b.Context(), ws, filter.Const(true), io.Discard, transfer.ExportOptions{Format: format, Progress: func(rows int64) {
					if rows%(contacts/10) == 0 {
						b.StopTimer()
						most = max(most, inUse())
						b.StartTimer()
					}
				}})
				if err != nil || rows != contacts {
					b.Fatal(rows, err)
				}
			}
			b.ReportMetric(float64(b.N)*contacts/b.Elapsed().Seconds(), "contacts/s")
			b.ReportMetric((float64(most)-float64(before))/(1<<20), "MiB-more")
		})
	}
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
