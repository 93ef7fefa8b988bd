package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/transfer"
)

func export(t testing.TB, ws db.Workspace, o transfer.ExportOptions) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := transfer.Export(t.Context(), ws, filter.Const(true), &out, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func instantOf(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := filter.ParseInstant(text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// full is a contact with a value of each kind.
func full(t testing.TB) db.ContactPatch {
	t.Helper()
	at, status := instantOf(t, "2026-03-01T09:00:00.5Z"), db.Subscribed
	return db.ContactPatch{
		Email: new("ada@example.com"), Phone: new("+4915112345"), FirstName: new("Ada"), LastName: new("O'\"Neil"),
		Status: &status, SubscribedAt: &at, Tags: &[]string{"b", "a"},
		Custom: filter.Object{
			"text": "a\n\u2028<ü>", "whole": int64(math.MaxInt64), "float": 5.0, "large": 1e300, "zero": math.Copysign(0, -1), "yes": true, "none": nil,
			"day": filter.NewDate(2026, 3, 1), "at": at, "list": []any{int64(1), "x", filter.NewDate(2026, 3, 1)}, "empty": filter.Object{},
			"address": filter.Object{"city": "Köln", "zip": "050723"}, "orders": []any{filter.Object{"total": 1.5, "no": int64(1)}, filter.Object{"no": int64(2)}},
		},
	}
}

const fullLine = `{"email":"ada@example.com","phone":"+4915112345","firstName":"Ada","lastName":"O'\"Neil","status":"SUBSCRIBED",` +
	`"subscribedAt":"2026-03-01T09:00:00.500Z","tags":["b","a"],"custom":{"address":{"city":"Köln","zip":"050723"},` +
	`"at":{"$date":"2026-03-01T09:00:00.500Z"},"day":{"$date":"2026-03-01"},"empty":{},"float":5.0,"large":1e+300,` +
	`"list":[1,"x",{"$date":"2026-03-01"}],"none":null,"orders":[{"no":1,"total":1.5},{"no":2}],"text":"a\n` + "\u2028" + `<ü>",` +
	`"whole":9223372036854775807,"yes":true,"zero":-0.0}}`

func TestExportJSONLines(t *testing.T) {
	for name, c := range map[string]struct {
		contact db.ContactPatch
		columns []string
		want    string
	}{
		"all":              {full(t), nil, fullLine},
		"hardly anything":  {db.ContactPatch{Custom: filter.Object{}}, nil, `{"status":"PENDING"}`},
		"chosen":           {full(t), []string{"custom.orders.no", "custom.address.city", "custom.address.none", "email"}, `{"email":"ada@example.com","custom":{"address":{"city":"Köln"},"orders":[{"no":1},{"no":2}]}}`},
		"chosen, and more": {full(t), []string{"custom.address.city", "custom.address", "tags"}, `{"tags":["b","a"],"custom":{"address":{"city":"Köln","zip":"050723"}}}`},
		"chosen, not had":  {db.ContactPatch{Custom: filter.Object{"a": int64(1)}}, []string{"custom.address", "custom.day", "email"}, `{}`},
		"looks like a day": {db.ContactPatch{Custom: filter.Object{"a": []any{filter.Object{"b": " 2026-03-01"}}}}, nil, `{"status":"PENDING","custom":{"a":[{"b":" 2026-03-01"}]},"$text":true}`},
		"looks like one to people": {
			db.ContactPatch{Custom: filter.Object{"a": "2026-3-1", "b": "2026-03-32", "c": "1 March 2026"}},
			nil,
			`{"status":"PENDING","custom":{"a":"2026-3-1","b":"2026-03-32","c":"1 March 2026"}}`,
		},
		"looks like an instant, not chosen": {
			db.ContactPatch{FirstName: new("2026-03-01"), Custom: filter.Object{"a": "2026-03-01T09:00:00+01:00"}},
			[]string{"firstName"},
			`{"firstName":"2026-03-01"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			ws := openWorkspace(t)
			for path, kind := range map[string]filter.Kind{
				"custom.address.none": filter.KindText, "custom.address.city": filter.KindText, "custom.day": filter.KindDate,
			} {
				if _, err := ws.DeclareField(t.Context(), db.FieldDeclaration{Path: filter.MustPath(path), Type: kind}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := ws.CreateContact(t.Context(), c.contact); err != nil {
				t.Fatal(err)
			}
			if got := export(t, ws, transfer.ExportOptions{Format: transfer.JSONLines, Columns: c.columns}); got != c.want+"\n" {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// TestExportOfTheStoresOwn chooses what the store sets.
func TestExportOfTheStoresOwn(t *testing.T) {
	ws := openWorkspace(t)
	c, err := ws.CreateContact(db.AsOf(t.Context(), instantOf(t, "2026-03-01T09:00:00Z")), db.ContactPatch{Email: new("a@b.cd"), Custom: filter.Object{"a": int64(1)}})
	if err != nil {
		t.Fatal(err)
	}
	columns := []string{"updatedAt", "id", "custom", "createdAt"}
	for format, want := range map[transfer.Format]string{
		transfer.JSONLines: `{"id":"` + c.ID + `","custom":{"a":1},"createdAt":"2026-03-01T09:00:00.000Z","updatedAt":"2026-03-01T09:00:00.000Z"}` + "\n",
		transfer.CSV:       "updatedAt,id,custom,createdAt\n2026-03-01T09:00:00.000Z," + c.ID + `,"{""a"":1}",2026-03-01T09:00:00.000Z` + "\n",
	} {
		if got := export(t, ws, transfer.ExportOptions{Format: format, Columns: columns}); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	ws := openWorkspace(t)
	if _, err := ws.CreateContact(t.Context(), db.ContactPatch{Custom: filter.Object{"plan": "pro"}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		options transfer.ExportOptions
		code    db.Code
		says    string
	}{
		"no format":         {transfer.ExportOptions{}, db.BadInput, "csv and jsonl"},
		"an array":          {transfer.ExportOptions{Format: transfer.JSONArray}, db.BadInput, "csv and jsonl"},
		"no such field":     {transfer.ExportOptions{Format: transfer.CSV, Columns: []string{"email", "custom.plam"}}, db.UnknownField, "did you mean custom.plan?"},
		"no standard field": {transfer.ExportOptions{Format: transfer.CSV, Columns: []string{"plan"}}, db.UnknownField, "custom.plan"},
		"members":           {transfer.ExportOptions{Format: transfer.CSV, Columns: []string{"segments"}}, db.UnknownField, "there is no field"},
		"twice":             {transfer.ExportOptions{Format: transfer.CSV, Columns: []string{"email", " email"}}, db.BadInput, "twice"},
		"nothing":           {transfer.ExportOptions{Format: transfer.JSONLines, Columns: []string{""}}, db.BadInput, "empty"},
	} {
		var out bytes.Buffer
		rows, err := transfer.Export(t.Context(), ws, filter.Const(true), &out, c.options)
		if err == nil || db.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) || rows > 0 || out.Len() > 0 {
			t.Errorf("%s: %d rows, %q, %v; want %s with %q", name, rows, out.String(), err, c.code, c.says)
		}
	}
}

// failingAfter takes so many bytes.
type failingAfter struct{ left int }

var errBroken = errors.New("broken pipe")

func (f *failingAfter) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

// TestExportEnds has an export end early: because nobody reads it, or wants it any more.
func TestExportEnds(t *testing.T) {
	ws := openWorkspace(t)
	if _, err := transfer.Import(t.Context(), ws, bytes.NewReader(sampleLines(t, 1_000)), transfer.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, format := range []transfer.Format{transfer.CSV, transfer.JSONLines} {
		o := transfer.ExportOptions{Format: format}
		rows, err := transfer.Export(t.Context(), ws, filter.Const(true), &failingAfter{100_000}, o)
		if !errors.Is(err, errBroken) || rows >= 1_000 || rows == 0 {
			t.Errorf("%s: %d rows, %v; want some rows and then the error of the writer", format, rows, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		o.Progress = func(rows int64) {
			if rows == 10 {
				cancel()
			}
		}
		rows, err = transfer.Export(ctx, ws, filter.Const(true), &failingAfter{math.MaxInt}, o)
		if db.CodeOf(err) != db.Timeout || rows >= 1_000 {
			t.Errorf("%s: %d rows, %v; want it to end with its context", format, rows, err)
		}
	}
}
