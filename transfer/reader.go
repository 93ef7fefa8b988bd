package transfer

import (
	"bufio"
	"bytes"
	"cmp"
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
	CSV       Format = "csv"   // with a header that names the columns
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

// file is a source of which is known how it is read.
type file struct {
	reader
	format    Format
	encoding  Encoding
	delimiter Delimiter // of CSV
}

// open finds out what the options do not say of a source.
func open(source io.Reader, opts Options) (*file, error) {
	format, err := ParseFormat(string(opts.Format))
	if err != nil {
		return nil, err
	}
	in, err := unzipped(bufio.NewReaderSize(source, readBuffer))
	if err != nil {
		return nil, err
	}
	f := &file{format: format}
	if f.encoding, err = marked(in); err != nil {
		return nil, err
	}
	f.encoding = cmp.Or(f.encoding, opts.Encoding)
	if f.encoding != "" {
		if in, err = decoded(in, f.encoding); err != nil {
			return nil, err
		}
	}
	if f.format == Detect {
		if f.format, err = detect(in); err != nil {
			return nil, err
		}
	}
	if f.encoding == "" {
		f.encoding = utf8Encoding // as JSON always is (RFC 8259, 8.1)
		if f.format == CSV {
			if f.encoding, err = guessEncoding(in); err != nil {
				return nil, err
			}
		}
		if in, err = decoded(in, f.encoding); err != nil {
			return nil, err
		}
	}
	switch f.format {
	case JSONLines:
		f.reader = &jsonLines{lines: lineReader{in: in}}
	case JSONArray:
		f.reader = newJSONArray(in)
	case CSV:
		table, err := newCSV(in, opts.Delimiter, f.encoding)
		if err != nil {
			return nil, err
		}
		f.reader, f.delimiter = table, table.delimiter
	case Detect:
	}
	return f, nil
}

// ParseFormat reads the name of a format.
func ParseFormat(text string) (Format, error) {
	switch f := Format(text); f {
	case Detect, JSONLines, JSONArray, CSV:
		return f, nil
	}
	return Detect, db.Errorf(db.BadInput, "%q is not a format of contact files; they are %s, %s and %s", abbreviate(text), CSV, JSONLines, JSONArray)
}

// unzipped returns what is compressed in the file, also where a compressed file was compressed once more on its way.
func unzipped(in *bufio.Reader) (*bufio.Reader, error) {
	for range 2 {
		start, err := peek(in, 2)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(start, []byte{0x1f, 0x8b}) {
			break
		}
		content, err := gzip.NewReader(in)
		if err != nil {
			return nil, damaged(err)
		}
		in = bufio.NewReaderSize(gzipReader{content}, readBuffer)
	}
	return in, nil
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
