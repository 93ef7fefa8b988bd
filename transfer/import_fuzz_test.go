package transfer_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"testing"

	"segmentql/transfer"
)

// FuzzImport holds that every row is counted once, and every rejected one written down.
func FuzzImport(f *testing.F) {
	f.Add([]byte("{\"email\":\"a@b.cd\",\"day\":\"2024-05-06\"}\n{\"email\":\"A@b.cd\",\"day\":\"soon\"}\n{\"x\":1}"))
	f.Add([]byte("email,tags,a.b,n\na@b.cd,\"x;y\",1,2\nb@b.cd,\"x\nc@b.cd,1\n"))
	f.Add([]byte(`[{"email":"a@b.cd","status":"pending","custom":{"_id":{"$oid":"x"}}},{"email":5}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		ws := newMemory()
		var rejected bytes.Buffer
		summary, err := transfer.Import(t.Context(), ws, bytes.NewReader(data), transfer.Options{
			Rejected: func() (io.Writer, error) { return &rejected, nil },
		})
		if int64(len(ws.contacts)) != summary.Created {
			t.Errorf("%d contacts, %s", len(ws.contacts), summary)
		}
		rows, csvErr := csv.NewReader(&rejected).ReadAll()
		if csvErr != nil {
			t.Error(csvErr)
		}
		if int64(max(len(rows)-1, 0)) != summary.Rejected {
			t.Errorf("%d rejected rows, %s, %v", len(rows)-1, summary, err)
		}
	})
}
