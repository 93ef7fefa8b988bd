package transfer_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/transfer"
)

func preview(t *testing.T, ws db.Workspace, text string, r transfer.Request) *transfer.Preview {
	t.Helper()
	p, err := transfer.NewPreview(t.Context(), ws, strings.NewReader(text), options(t, r), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// columns are those of a preview, as source > target and what is to be said of it.
func columns(p *transfer.Preview) []string {
	var all []string
	for _, c := range p.Columns {
		text := c.Source + " > " + c.Target + " " + strings.Join(c.Types, "|")
		if c.Declared {
			text += " declared"
		}
		if c.Guessed {
			text += " guessed"
		}
		if c.LooksLike != "" {
			text += " looks like " + c.LooksLike
		}
		all = append(all, text)
	}
	return all
}

const customers = "E-Mail;First Name;surname;Mobile;opted in at;Plan;Visits;born\n" +
	"ada@b.cd;Ada;L;1;2026-01-02;pro;5;1815-12-10\n" +
	"bo@b.cd;Bo;;;;free;7;\n" +
	"nope;;;;;;;\n"

func TestPreviewShowsGuesses(t *testing.T) {
	ws := newMemory()
	p := preview(t, ws, customers, transfer.Request{})
	want := []string{
		"E-Mail > custom.E-Mail TEXT looks like email", "First Name > custom.First Name TEXT looks like firstName", "surname > custom.surname TEXT looks like lastName",
		"Mobile > custom.Mobile NUMBER declared looks like phone", "opted in at > custom.opted in at DATE declared looks like subscribedAt",
		"Plan > custom.Plan TEXT", "Visits > custom.Visits NUMBER declared", "born > custom.born DATE declared",
	}
	if got := columns(p); !slices.Equal(got, want) {
		t.Errorf("without guesses: %q", got)
	}
	if p.Format != transfer.CSV || p.Encoding != "utf-8" || p.Delimiter != "semicolon" {
		t.Errorf("it is taken for %s in %s, separated by %s", p.Format, p.Encoding, p.Delimiter)
	}
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], `"E-Mail" looks like the email`) || p.Rows[0].Outcome != transfer.Rejected {
		t.Errorf("warnings %q, rows %v", p.Warnings, p.Rows)
	}

	p = preview(t, ws, customers, transfer.Request{Guess: true, Map: "lastName=,phone=Plan", Type: "custom.born=TEXT", Tags: []string{"new"}})
	want = []string{
		"E-Mail > email TEXT guessed", "First Name > firstName TEXT guessed", "surname > custom.surname TEXT", "Mobile > custom.Mobile NUMBER declared",
		"opted in at > subscribedAt DATETIME guessed", "Plan > phone TEXT", "Visits > custom.Visits NUMBER declared", "born > custom.born TEXT declared",
	}
	if got := columns(p); !slices.Equal(got, want) {
		t.Errorf("with guesses: %q", got)
	}
	text, err := json.Marshal(p.Rows)
	if err != nil {
		t.Fatal(err)
	}
	wantRows := `[{"row":1,"outcome":"created","contact":{"email":"ada@b.cd","phone":"pro","firstName":"Ada","status":"PENDING","subscribedAt":"2026-01-02T00:00:00Z","tags":["new"],"custom":{"Mobile":1,"Visits":5,"born":"1815-12-10","surname":"L"}}},` +
		`{"row":2,"outcome":"created","contact":{"email":"bo@b.cd","phone":"free","firstName":"Bo","status":"PENDING","tags":["new"],"custom":{"Visits":7}}},` +
		`{"row":3,"outcome":"rejected","reason":"email: \"nope\" is not an email address like ada@example.com","record":"nope;;;;;;;"}]`
	if string(text) != wantRows {
		t.Errorf("the rows are\n%s", text)
	}
	if len(ws.contacts) > 0 || len(ws.catalogue.Fields()) > 0 || len(ws.batches) > 0 {
		t.Error("it wrote something")
	}
}

// TestPreviewIsWhatHappens compares a preview with the import.
func TestPreviewIsWhatHappens(t *testing.T) {
	lines := `{"email":"old@b.cd","n":1,"address":{"city":"Bonn"},"custom":{"at":"2026-01-02"}}
{"email":"new@b.cd","n":"x","list":["a"],"custom":{"at":"2026-01-03"}}
{"email":"NEW@b.cd","custom":{"at":"soon"}}
{"name":"nobody"}
{"email":"new@b.cd","custom":{"at":"2026-01-04"},"wanted":3}
`
	for _, mode := range []string{"upsert", "create", "update"} {
		ws := openWorkspace(t)
		old, at := "old@b.cd", filter.MustPath("custom.wanted")
		if _, err := ws.CreateContact(t.Context(), db.ContactPatch{Email: &old, Custom: filter.Object{"kept": true}}); err != nil {
			t.Fatal(err)
		}
		if _, err := ws.DeclareField(t.Context(), db.FieldDeclaration{Path: at, Type: filter.KindText}); err != nil {
			t.Fatal(err)
		}
		r := transfer.Request{Mode: mode, Tags: []string{"t"}, Type: "custom.at=DATE"}
		p := preview(t, ws, lines, r)
		counts := map[transfer.Outcome]int64{}
		last := map[string]*transfer.Document{}
		for _, row := range p.Rows {
			counts[row.Outcome]++
			if row.Contact != nil {
				last[row.Contact.Email] = row.Contact
			}
		}
		summary, err := transfer.Import(t.Context(), ws, strings.NewReader(lines), options(t, r))
		if err != nil {
			t.Fatal(err)
		}
		want := map[transfer.Outcome]int64{}
		for outcome, n := range map[transfer.Outcome]int64{
			transfer.Created: summary.Created, transfer.Updated: summary.Updated, transfer.Skipped: summary.Skipped, transfer.Rejected: summary.Rejected,
		} {
			if n > 0 {
				want[outcome] = n
			}
		}
		if !reflect.DeepEqual(counts, want) {
			t.Errorf("%s: the preview has %v, the import %s", mode, counts, summary)
		}
		for email, shown := range last {
			c, err := ws.ContactByEmail(t.Context(), email)
			if email == "" {
				continue
			}
			if err != nil || !reflect.DeepEqual(shown.Custom, c.Custom) || !slices.Equal(shown.Tags, c.Tags) {
				t.Errorf("%s: %s was to be %v, and is %v (%v)", mode, email, shown, c, err)
			}
		}
		wantColumns := []string{
			"address.city > custom.address.city TEXT", "custom.at > custom.at DATE declared", "email > email TEXT", "list > custom.list TEXT|LIST",
			"n > custom.n NUMBER|TEXT", "name > custom.name TEXT", "wanted > custom.wanted ",
		}
		if got := columns(p); !slices.Equal(got, wantColumns) {
			t.Errorf("%s: the columns are %q, want %q", mode, got, wantColumns)
		}
	}
}

func TestPreviewReadsNoMoreThanItNeeds(t *testing.T) {
	source := &countingReader{text: contactLines(100_000)}
	p, err := transfer.NewPreview(t.Context(), newMemory(), source, transfer.Options{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Rows) != transfer.PreviewRows || source.read > 300_000 {
		t.Errorf("it shows %d rows and has read %d bytes", len(p.Rows), source.read)
	}
}

type countingReader struct {
	text string
	read int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n := copy(p, c.text[c.read:])
	c.read += n
	return n, nil
}

func TestPreviewOfABrokenFile(t *testing.T) {
	p := preview(t, newMemory(), `[{"email":"a@b.cd"},{"email":oops}]`, transfer.Request{})
	if len(p.Rows) != 1 || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "row 2 of the JSON array cannot be read") {
		t.Errorf("got %v, %q", p.Rows, p.Warnings)
	}
	if _, err := transfer.NewPreview(t.Context(), newMemory(), strings.NewReader("[oops"), transfer.Options{}, time.Now()); db.CodeOf(err) != db.BadInput {
		t.Errorf("got %v", err)
	}
}
