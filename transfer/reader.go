package transfer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"segmentql/db"
	"segmentql/filter"
)

// MaxRecordSize is the size in bytes of the largest record that is read: one line, one element of a JSON array, or
// one row of a CSV file.
const MaxRecordSize = 16 << 20

// Format is a format of contact files. Each may be compressed with gzip.
type Format string

// The formats. Both JSON formats take MongoDB extended JSON, canonical and relaxed, as mongoexport writes it.
const (
	Detect    Format = ""      // find out from the content
	JSONLines Format = "jsonl" // one JSON document on each line
	JSONArray Format = "array" // one JSON array of documents
	CSV       Format = "csv"   // with a header; separated by comma, semicolon, tab or pipe
)

// record is one document of a file.
type record struct {
	row int64  // 1-based; a header and blank lines do not count
	raw []byte // as it is in the file, or its beginning where it is larger than MaxRecordSize
	err error  // why this record cannot be read, though the ones after it can

	// document reads the record, unless err is set. It may be called from any goroutine.
	document func() (filter.Object, error)
}

func (r record) read() (filter.Object, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.document()
}

// reader yields the records of a file one after the other, in memory that is bounded by MaxRecordSize. It finds where
// they begin and end; reading what is in them takes longer and is left to others.
type reader interface {
	// next returns io.EOF after the last record. Any other error means that nothing more can be read.
	next() (record, error)

	// untyped says whether the format has text only, so that text may stand for numbers and truth values.
	untyped() bool
}

const (
	readBuffer = 64 << 10 // bytes
	detectSize = 512      // bytes from which the format is detected
)

// newReader returns a reader of the format.
func newReader(source io.Reader, format Format) (reader, error) {
	in, err := plain(bufio.NewReaderSize(source, readBuffer))
	if err != nil {
		return nil, err
	}
	if format == Detect {
		if format, err = detect(in); err != nil {
			return nil, err
		}
	}
	switch format {
	case JSONLines:
		return &jsonLines{lines: lineReader{in: in}}, nil
	case JSONArray:
		return newJSONArray(in), nil
	case CSV:
		return newCSV(in)
	case Detect:
	}
	return nil, db.Errorf(db.BadInput, "%q is not a format of contact files; they are %s, %s and %s", format, CSV, JSONLines, JSONArray)
}

// plain returns the text that in holds: decompressed, and without a byte order mark.
func plain(in *bufio.Reader) (*bufio.Reader, error) {
	start, err := peek(in, 2)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(start, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, damaged(err)
		}
		in = bufio.NewReaderSize(gzipReader{unzipped}, readBuffer)
	}
	if start, err = peek(in, 3); err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte{0xef, 0xbb, 0xbf}):
		_, err = in.Discard(3)
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		err = db.Errorf(db.BadInput, "the file is in UTF-16; save it as UTF-8")
	}
	return in, err
}

// gzipReader says of errors where they come from.
type gzipReader struct{ in *gzip.Reader }

func (g gzipReader) Read(p []byte) (int, error) {
	n, err := g.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(err)
	}
	return n, err
}

func damaged(err error) error {
	return db.Errorf(db.BadInput, "the compressed file is damaged or cut off").Because(err)
}

func detect(in *bufio.Reader) (Format, error) {
	start, err := peek(in, detectSize)
	if err != nil {
		return Detect, err
	}
	switch start = bytes.TrimSpace(start); {
	case bytes.HasPrefix(start, []byte("{")):
		return JSONLines, nil
	case bytes.HasPrefix(start, []byte("[")):
		return JSONArray, nil
	default:
		return CSV, nil
	}
}

// peek returns the next n bytes, or as many as there are. Why there are fewer is told to who reads beyond them.
func peek(in *bufio.Reader, n int) ([]byte, error) {
	start, err := in.Peek(n)
	if len(start) > 0 || errors.Is(err, io.EOF) {
		err = nil
	}
	return start, err
}

// inLine says of an error in which line of the file it is.
func inLine(number int64, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("line %d: %w", number, err)
}

var errTooLarge = fmt.Errorf("it is larger than %d MiB", MaxRecordSize>>20)
