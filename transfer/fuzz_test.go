package transfer

import (
	"bytes"
	"testing"
	"unicode"
	"unicode/utf8"

	"segmentql/filter"
)

// readAll reads a file to its end, checks what holds of every file, and returns the records.
func readAll(t *testing.T, data []byte, format Format) []record {
	t.Helper()
	in, err := open(bytes.NewReader(data), Options{Format: format})
	if err != nil {
		return nil
	}
	var records []record
	for {
		rec, err := in.next()
		if err != nil {
			return records
		}
		var document filter.Object
		document, rec.err = rec.read()
		records = append(records, rec)
		if rec.row != int64(len(records)) {
			t.Fatalf("record %d has the row %d", len(records), rec.row)
		}
		if (rec.err == nil) == (document == nil) {
			t.Fatalf("row %d is neither read nor rejected, or both: %v, %v", rec.row, document, rec.err)
		}
		if len(bytes.TrimSpace(rec.raw)) == 0 {
			t.Fatalf("row %d has no text", rec.row)
		}
		checkValue(t, document)
	}
}

// checkValue fails where the value is not one of filter.Object.
func checkValue(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case filter.Object:
		for _, item := range v {
			checkValue(t, item)
		}
	case []any:
		for _, item := range v {
			checkValue(t, item)
		}
	default:
		if v != nil && filter.KindOf(v) == filter.KindNull {
			t.Fatalf("a document has the value %#v", v)
		}
	}
}

func FuzzJSONLines(f *testing.F) {
	f.Add([]byte("{\"email\":\"a@b.cd\"}\n\n{]\n{\"a\":{\"$date\":{\"$numberLong\":\"5\"}}}"))
	f.Add([]byte("{\"n\":1e400}\r\n{\"a\":\"\\ud800\"}\n{\"a\":1,\"a\":2}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := 0
		for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
			if len(bytes.TrimSpace(line)) > 0 {
				lines++
			}
		}
		if records := readAll(t, data, JSONLines); len(records) != lines && records != nil {
			t.Errorf("%d records of %d lines", len(records), lines)
		}
	})
}

func FuzzJSONArray(f *testing.F) {
	f.Add([]byte(`[{"email":"a@b.cd"},{"a":[1,null,{"b":true}]},5]`))
	f.Add([]byte(`[{"a":"\ud800"},{"a":1,"a":2},{"$oid":1}`))
	f.Fuzz(func(t *testing.T, data []byte) { readAll(t, data, JSONArray) })
}

func FuzzExtendedJSON(f *testing.F) {
	for _, text := range []string{
		`{"$oid":"x"}`, `{"$date":"2014-06-13T10:00:00.123-0400"}`, `{"$date":{"$numberLong":"-9223372036854775808"}}`,
		`{"$numberDouble":"1e5"}`, `{"$numberDecimal":"1E-6176"}`, `{"$binary":{"base64":"AQID","subType":"04"}}`,
		`{"$timestamp":{"t":1,"i":1}}`, `{"$undefined":true}`, `{"$regex":"a","$options":"i"}`, `{"$minKey":1}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		document, err := decodeDocument(bytes.Join([][]byte{[]byte(`{"v":`), data, []byte("}")}, nil))
		if err == nil {
			checkValue(t, document)
		} else if !utf8.ValidString(err.Error()) {
			t.Errorf("the message is not UTF-8: %q", err)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("email,a\na@b.cd,\"x\ny\"\nb@b.cd,\"x\nc@b.cd,1\n"))
	f.Add([]byte("email;a.b;a\r\n\"a\"\"b\";1;\r\n;;\r\nx"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := open(bytes.NewReader(data), Options{Format: CSV})
		if err != nil || !utf8.Valid(data) || bytes.Contains(data, []byte("sep=")) {
			return
		}
		// All of the file but white space is in the header or in one row.
		got := in.reader.(*csvReader).lines.header()
		for _, rec := range readAll(t, data, CSV) {
			got = append(got, rec.raw...)
		}
		if want := bytes.TrimPrefix(data, []byte("\ufeff")); !bytes.Equal(squash(got), squash(want)) {
			t.Errorf("the rows have the text\n%q, the file has\n%q", squash(got), squash(want))
		}
	})
}

// header returns the text of the row that was read last.
func (c *csvLines) header() []byte {
	var text []byte
	for _, l := range c.ahead[:c.taken] {
		text = append(text, l.text...)
	}
	return text
}

// squash returns the text without its white space.
func squash(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}
