package transfer

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"segmentql/db"
	"segmentql/filter"
)

// instantForm is RFC 3339 with milliseconds, as JavaScript writes it.
const instantForm = "2006-01-02T15:04:05.000Z07:00"

// jsonLinesWriter writes each contact as a line of JSON: an object in the shape of the API, with its keys always in
// the same order, and values below custom in a form that keeps their types.
type jsonLinesWriter struct {
	out    io.Writer
	choice choice // nil for what an import takes
	line   jsonText
}

func newJSONLinesWriter(out io.Writer, columns []column) *jsonLinesWriter {
	if len(columns) == 0 {
		for _, name := range append(importable(), filter.CustomField) {
			columns = append(columns, mustColumn(name))
		}
	}
	return &jsonLinesWriter{out: out, choice: chosen(columns)}
}

func (*jsonLinesWriter) begin(*db.Catalogue) error { return nil }
func (*jsonLinesWriter) end() error                { return nil }

func (w *jsonLinesWriter) write(c *db.Contact) error {
	l := &w.line
	l.text, l.ambiguous = append(l.text[:0], '{'), false
	w.member(idColumn, c.ID)
	for _, name := range importable() {
		w.standard(c, name)
	}
	if some, has := w.choice[filter.CustomField].of(c.Custom); has && len(c.Custom) > 0 {
		w.member(filter.CustomField, some)
	}
	w.standard(c, "createdAt")
	w.standard(c, "updatedAt")
	if l.ambiguous {
		l.key(exactKey)
		l.value(true)
	}
	l.text = append(l.text, "}\n"...)
	_, err := w.out.Write(l.text)
	return err
}

// standard writes a standard field that the contact has. Its type is known, so an instant needs no other form than text.
func (w *jsonLinesWriter) standard(c *db.Contact, name string) {
	v, has := c.Field(name)
	switch t := v.(type) {
	case time.Time:
		v = t.UTC().Format(instantForm)
	case []any:
		has = has && len(t) > 0
	}
	if has {
		w.member(name, v)
	}
}

// member writes a member of the contact, if it is chosen.
func (w *jsonLinesWriter) member(key string, v any) {
	if _, is := w.choice[key]; is {
		w.line.key(key)
		if text, isText := v.(string); isText {
			w.line.string(text)
		} else {
			w.line.value(v)
		}
	}
}

// jsonText is JSON that is being written.
type jsonText struct {
	text      []byte
	ambiguous bool // it has a text that inference would take for a day or an instant
}

// key begins a member of an object.
func (j *jsonText) key(key string) {
	if j.text[len(j.text)-1] != '{' {
		j.text = append(j.text, ',')
	}
	j.string(key)
	j.text = append(j.text, ':')
}

// value writes a value of a contact, so that it is read as the same value of the same type: days and instants are in
// MongoDB's extended JSON, which has no days of its own, and the numbers that are not whole by their type are not
// written like whole ones.
func (j *jsonText) value(v any) {
	switch v := v.(type) {
	case nil:
		j.text = append(j.text, "null"...)
	case string:
		j.ambiguous = j.ambiguous || looksDated(v)
		j.string(v)
	case int64:
		j.text = strconv.AppendInt(j.text, v, 10)
	case float64:
		j.float(v)
	case bool:
		j.text = strconv.AppendBool(j.text, v)
	case filter.Date:
		j.date(v.String())
	case time.Time:
		j.date(v.UTC().Format(instantForm))
	case []any:
		j.text = append(j.text, '[')
		for i, item := range v {
			if i > 0 {
				j.text = append(j.text, ',')
			}
			j.value(item)
		}
		j.text = append(j.text, ']')
	case filter.Object:
		j.text = append(j.text, '{')
		for _, key := range slices.Sorted(maps.Keys(v)) {
			j.key(key)
			j.value(v[key])
		}
		j.text = append(j.text, '}')
	default:
		panic(fmt.Errorf("a value that no contact can have: %T", v))
	}
}

func (j *jsonText) date(text string) {
	j.text = append(j.text, `{"$date":"`...)
	j.text = append(j.text, text...)
	j.text = append(j.text, `"}`...)
}

// float writes the shortest form that is read as the number, and by its dot or exponent as one that is not whole.
func (j *jsonText) float(f float64) {
	format := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	start := len(j.text)
	j.text = strconv.AppendFloat(j.text, f, format, -1, 64)
	if !bytes.ContainsAny(j.text[start:], ".e") {
		j.text = append(j.text, ".0"...)
	}
}

// string writes a text. What other programs may have stored that is not UTF-8 is replaced.
func (j *jsonText) string(s string) { j.text, _ = jsontext.AppendQuote(j.text, s) }
