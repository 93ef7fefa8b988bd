package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"segmentql/db"
	"segmentql/filter"
)

// jsonArray reads a file that is one JSON array of documents, an element at a time.
type jsonArray struct {
	limit  *readLimit
	tokens *jsontext.Decoder
	opened bool
	row    int64
}

func newJSONArray(in io.Reader) *jsonArray {
	limit := &readLimit{in: in}
	// What can be wrong within a document is left to decodeDocument, which rejects that document alone.
	tokens := jsontext.NewDecoder(limit, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return &jsonArray{limit: limit, tokens: tokens}
}

func (*jsonArray) untyped() bool { return false }

func (r *jsonArray) next() (record, error) {
	// Twice, because white space and what the decoder reads ahead count too.
	r.limit.left = 2 * MaxRecordSize
	if !r.opened {
		if token, err := r.tokens.ReadToken(); err != nil || token.Kind() != jsontext.KindBeginArray {
			return record{}, broken("the file is not a JSON array", err)
		}
		r.opened = true
	}
	if r.tokens.PeekKind() == jsontext.KindEndArray {
		return record{}, r.end()
	}
	r.row++
	value, err := r.tokens.ReadValue()
	if err != nil {
		return record{}, broken(fmt.Sprintf("row %d of the JSON array cannot be read, nor what comes after it", r.row), err)
	}
	rec := record{row: r.row, raw: bytes.Clone(value)}
	if len(value) > MaxRecordSize {
		rec.raw, rec.err = rec.raw[:cutLength], errTooLarge
	}
	rec.document = func() (filter.Object, error) { return decodeDocument(rec.raw) }
	return rec, nil
}

// end reads the end of the array and returns io.EOF where it is the end of the file too.
func (r *jsonArray) end() error {
	if _, err := r.tokens.ReadToken(); err != nil {
		return err
	}
	_, err := r.tokens.ReadToken()
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return broken("something comes after the end of the JSON array", err)
}

// broken says that nothing more can be read because of what the file contains; an error of reading is returned as
// it is.
func broken(what string, err error) error {
	syntax := syntaxError(err)
	switch {
	case err == nil:
		return db.Errorf(db.BadInput, "%s", what)
	case syntax != err: //nolint:errorlint // is it another error, not of another kind
		return db.Errorf(db.BadInput, "%s: %s", what, syntax)
	}
	return err
}

// readLimit fails after left bytes, so that a record without an end is not gathered in memory.
type readLimit struct {
	in   io.Reader
	left int
}

func (l *readLimit) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, errTooLarge
	}
	n, err := l.in.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
