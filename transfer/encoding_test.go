package transfer_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"segmentql/db"
	"segmentql/transfer"
)

// options reads what a request says.
func options(t *testing.T, r transfer.Request) transfer.Options {
	t.Helper()
	o, err := r.Options()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func zip(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestImportReadsEncodings(t *testing.T) {
	const table = "email;name\na@b.cd;Zoë – Müller €\n"
	encoded := func(e encoding.Encoding, text string) string {
		t.Helper()
		out, err := e.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	lines := `{"email":"a@b.cd","name":"Zoë – Müller €"}` + "\n"
	for name, test := range map[string]struct {
		text    string
		request transfer.Request
	}{
		"UTF-8":                            {text: table},
		"UTF-8 that is given":              {text: table, request: transfer.Request{Encoding: "UTF8"}},
		"UTF-8 with a mark":                {text: "\ufeff" + table},
		"a mark that is said to be others": {text: "\ufeff" + table, request: transfer.Request{Encoding: "windows-1252"}},
		"a mark that is compressed":        {text: zip(t, "\ufeff"+table)},
		"UTF-16, little end first":         {text: encoded(little, "\ufeff"+table)},
		"UTF-16, big end first":            {text: encoded(big, "\ufeff"+table)},
		"UTF-16 without a mark":            {text: encoded(big, table), request: transfer.Request{Encoding: "utf-16be"}},
		"JSON Lines in UTF-16":             {text: encoded(little, "\ufeff"+lines)},
		"an array in UTF-16":               {text: encoded(big, "\ufeff["+lines+"]")},
		"Windows-1252":                     {text: encoded(charmap.Windows1252, table)},
		"Windows-1252 that is given":       {text: encoded(charmap.Windows1252, table), request: transfer.Request{Encoding: "ISO-8859-1"}},
		"Windows-1252 that comes late": {
			text:    encoded(charmap.Windows1252, "email;name\n"+strings.Repeat("x@b.cd;x\n", 10_000)+"a@b.cd;Zoë – Müller €\n"),
			request: transfer.Request{Encoding: "latin1"},
		},
		"JSON in another encoding": {text: encoded(charmap.Windows1252, lines), request: transfer.Request{Encoding: "windows-1252"}},
		"a character on the edge of what is looked at": {
			text: "email;name;x\na@b.cd;Zoë – Müller €;" + strings.Repeat("x", 64<<10-len("email;name;x\na@b.cd;Zoë – Müller €;")-1) + "é\n",
		},
		"compressed twice": {text: zip(t, zip(t, table))},
	} {
		t.Run(name, func(t *testing.T) {
			ws, _, rejected := run(t, test.text, options(t, test.request))
			if len(rejected) > 0 {
				t.Fatalf("rejected %.200q", rejected)
			}
			if c := ws.contacts["a@b.cd"]; c == nil || c.Custom["name"] != "Zoë – Müller €" {
				t.Errorf("it became %.200v", c)
			}
		})
	}
}

func TestImportReadsDialects(t *testing.T) {
	for name, test := range map[string]struct {
		text    string
		request transfer.Request
	}{
		"a delimiter that is given":      {"email|a;b;c\na@b.cd|x, y\n", transfer.Request{Delimiter: "|"}},
		"a delimiter by its name":        {"email\ta;b;c\na@b.cd\tx, y\n", transfer.Request{Delimiter: "tab"}},
		"a delimiter that is not usual":  {"email^a;b;c\na@b.cd^x, y\n", transfer.Request{Delimiter: "^"}},
		"a delimiter in the first line":  {"sep=;\r\nemail;\"a;b;c\"\r\na@b.cd;x, y\r\n", transfer.Request{}},
		"names with spaces and quotes":   {" email ,\"a;b;c\"\n\"a@b.cd\",\"x, y\"\n", transfer.Request{}},
		"the only line, without its end": {"sep=|\nemail|a;b;c\na@b.cd|x, y", transfer.Request{}},
	} {
		t.Run(name, func(t *testing.T) {
			ws, _, rejected := run(t, test.text, options(t, test.request))
			if c := ws.contacts["a@b.cd"]; len(rejected) > 0 || c == nil || c.Custom["a;b;c"] != "x, y" {
				t.Errorf("it became %v, rejected %q", c, rejected)
			}
		})
	}
}

func TestRequestsSayAllMistakes(t *testing.T) {
	_, err := transfer.Request{
		Map: "name=x", Type: "custom.a=TIME", Mode: "replace", Tags: []string{"a", " "}, Format: "xls", Encoding: "klingon", Delimiter: "::",
	}.Options()
	all, _ := err.(interface{ Unwrap() []error })
	if all == nil || len(all.Unwrap()) != 7 {
		t.Fatalf("got %v", err)
	}
	for i, name := range []string{"map", "type", "mode", "format", "encoding", "delimiter", "tags"} {
		known, ok := errors.AsType[*db.Error](all.Unwrap()[i])
		if !ok || known.Code != db.BadInput || known.Path[0] != name {
			t.Errorf("%s: got %v", name, known)
		}
	}
}
