package transfer

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"

	"segmentql/db"
	"segmentql/filter"
)

// csvReader reads a CSV file (RFC 4180) with a header. A header with dots, address.city, makes a nested field. A
// blank cell is a field that the contact does not have.
type csvReader struct {
	lines     *csvLines
	delimiter Delimiter
	header    []string
	row       int64
}

func newCSV(in *bufio.Reader, delimiter Delimiter, encoding Encoding) (*csvReader, error) {
	r := &csvReader{lines: &csvLines{in: lineReader{in: in}}, delimiter: delimiter}
	header, err := r.lines.next()
	if err == nil && header.err == nil {
		if said, ok := separator(header.text); ok {
			r.delimiter = cmp.Or(delimiter, said)
			header, err = r.lines.next()
		}
	}
	if errors.Is(err, io.EOF) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	if err = header.err; err == nil {
		err = encoding.check(header.text)
	}
	if err == nil {
		err = r.parseHeader(header.text)
	}
	if err != nil {
		return nil, db.Errorf(db.BadInput, "the CSV header cannot be read: %s", err)
	}
	return r, nil
}

// separator reads the line sep=; with which files for Excel may begin.
func separator(text []byte) (Delimiter, bool) {
	said, ok := bytes.CutPrefix(bytes.TrimRight(text, "\r\n"), []byte("sep="))
	if !ok {
		return 0, false
	}
	d, err := ParseDelimiter(string(said))
	return d, err == nil && d != 0
}

// parseHeader takes for delimiter, where none is given, the one that makes the most columns.
func (r *csvReader) parseHeader(text []byte) (err error) {
	candidates := []Delimiter{',', ';', '\t', '|'}
	if r.delimiter != 0 {
		candidates = []Delimiter{r.delimiter}
	}
	for _, candidate := range candidates {
		cells, parseErr := parseCSV(text, candidate)
		if err == nil {
			err = parseErr
		}
		if len(cells) > len(r.header) {
			r.delimiter, r.header = candidate, cells
		}
	}
	if r.header == nil {
		return err
	}
	for i, name := range r.header {
		name = strings.TrimSpace(name)
		if name != "" && slices.Contains(r.header[:i], name) {
			return fmt.Errorf("two columns have the name %q", name)
		}
		if address, err := mail.ParseAddress(name); err == nil && address.Address == name {
			return fmt.Errorf("the first row has to name the columns, and %q is an email; put a row with the names before it", name)
		}
		r.header[i] = name
	}
	return nil
}

// parseCSV returns the cells of one row.
func parseCSV(text []byte, delimiter Delimiter) ([]string, error) {
	parser := csv.NewReader(bytes.NewReader(text))
	parser.Comma = rune(delimiter)
	cells, err := parser.Read()
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		err = e.Err
	}
	return cells, err
}

func (*csvReader) untyped() bool { return true }

func (r *csvReader) next() (record, error) {
	text, err := r.lines.next()
	if err != nil {
		return record{}, err
	}
	r.row++
	rec := record{row: r.row, raw: bytes.TrimRight(text.text, "\r\n"), err: inLine(text.number, text.err)}
	if rec.err != nil {
		return rec, nil
	}
	cells, err := parseCSV(text.text, r.delimiter)
	if err != nil {
		rec.raw, rec.err = bytes.TrimRight(r.lines.resume(), "\r\n"), inLine(text.number, err)
		return rec, nil
	}
	rec.document = func() (filter.Object, error) {
		document, err := r.document(cells)
		return document, inLine(text.number, err)
	}
	return rec, nil
}

// document uses only what does not change after the header.
func (r *csvReader) document(cells []string) (filter.Object, error) {
	if len(cells) != len(r.header) {
		return nil, fmt.Errorf("the row has %d cells, the header has %d", len(cells), len(r.header))
	}
	document := filter.Object{}
	for i, cell := range cells {
		if strings.TrimSpace(cell) == "" {
			continue
		}
		if r.header[i] == "" {
			return nil, fmt.Errorf("the header gives no name to column %d, which has the value %q", i+1, abbreviate(cell))
		}
		if !nest(document, strings.Split(r.header[i], "."), cell) {
			return nil, fmt.Errorf("the column %q would be within another one that has a value; rename one of them", r.header[i])
		}
	}
	return document, nil
}

// nest sets the value in the object, unless another value is in its place or on the way there.
func nest(o filter.Object, steps []string, v any) bool {
	step := steps[0]
	inner, taken := o[step]
	if len(steps) == 1 {
		o[step] = v
		return !taken
	}
	if !taken {
		inner = filter.Object{}
		o[step] = inner
	}
	object, ok := inner.(filter.Object)
	return ok && nest(object, steps[1:], v)
}
