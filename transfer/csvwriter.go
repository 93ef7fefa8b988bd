package transfer

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// csvWriter writes contacts as rows of a CSV file (RFC 4180) with a header. Rows end with LF alone: encoding/csv changes
// the line breaks within texts where it is to end rows with CRLF.
type csvWriter struct {
	plain   io.Writer
	out     *csv.Writer // to plain
	columns []column
	cells   []string
}

func newCSVWriter(out io.Writer, columns []column) *csvWriter {
	return &csvWriter{plain: out, out: csv.NewWriter(out), columns: columns}
}

func (w *csvWriter) begin(known *db.Catalogue) error {
	if len(w.columns) == 0 {
		w.columns = defaultColumns(known)
	}
	for _, c := range w.columns {
		w.cells = append(w.cells, c.name)
	}
	return w.out.Write(w.cells)
}

func (w *csvWriter) write(c *db.Contact) error {
	for i, column := range w.columns {
		w.cells[i] = cell(column.value(c))
	}
	if len(w.cells) == 1 && w.cells[0] == "" {
		// encoding/csv would write, and read, an empty line for no row.
		w.out.Flush()
		_, err := io.WriteString(w.plain, "\"\"\n")
		return err
	}
	return w.out.Write(w.cells)
}

func (w *csvWriter) end() error {
	w.out.Flush()
	return w.out.Error()
}

// cell returns a value as a text. Null and empty lists and objects are empty, lists of text are joined, and what else is
// nested is JSON.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return harmless(v)
	case bool:
		return strconv.FormatBool(v)
	case filter.Date:
		return v.String()
	case time.Time:
		return v.UTC().Format(instantForm)
	case []any:
		if joined, ok := join(v); ok {
			return joined
		}
	case filter.Object:
		if len(v) == 0 {
			return ""
		}
	}
	var j jsonText
	j.value(v)
	return string(j.text)
}

// listSeparator stands between the texts of a list. Tags are imported so.
const listSeparator = ";"

// join returns the texts of a list in one, unless it has other values, or texts that could not be told apart.
func join(list []any) (string, bool) {
	var texts []string
	for _, item := range list {
		text, ok := item.(string)
		if !ok || text == "" || text != strings.TrimSpace(text) || strings.ContainsAny(text, listSeparator+",") || text[0] == '[' {
			return "", false
		}
		texts = append(texts, harmless(text))
	}
	return strings.Join(texts, listSeparator), true
}

// harmless returns the text in a form that no spreadsheet takes for a formula: with an apostrophe before it where it begins
// like one (https://owasp.org/www-community/attacks/CSV_Injection). Phone numbers and amounts begin like one, too; what
// goes on after + or - with digits and their separators alone can name no function, cell or program, and stays as it is.
func harmless(text string) string {
	if text == "" {
		return text
	}
	switch text[0] {
	case '=', '@', '\t', '\r', '\n':
		return "'" + text
	case '+', '-':
		if strings.Trim(text[1:], "0123456789 .()/-") != "" {
			return "'" + text
		}
	}
	for _, wide := range []string{"＝", "＋", "－", "＠"} { // some spreadsheets read these like their narrow forms
		if strings.HasPrefix(text, wide) {
			return "'" + text
		}
	}
	return text
}
