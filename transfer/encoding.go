package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"

	"segmentql/db"
)

// Encoding is how the characters of a file are written, by its name in the Encoding Standard
// (https://encoding.spec.whatwg.org/#names-and-labels); "" finds out from the content.
type Encoding string

// The encodings that are found out.
const (
	utf8Encoding Encoding = "utf-8"
	utf16Little  Encoding = "utf-16le" // with a byte order mark
	utf16Big     Encoding = "utf-16be"
	windows1252  Encoding = "windows-1252" // what is called ISO-8859-1 and Latin-1, too
)

// ParseEncoding reads any of the names that an encoding has.
func ParseEncoding(label string) (Encoding, error) {
	if label == "" {
		return "", nil
	}
	e, err := htmlindex.Get(label)
	if err == nil {
		label, err = htmlindex.Name(e)
	}
	if err != nil {
		return "", db.Errorf(db.BadInput, "%q is not an encoding; it is one like utf-8, utf-16le, windows-1252 or iso-8859-2", abbreviate(label))
	}
	return Encoding(label), nil
}

// byteOrderMarks say of a file in which encoding it is, whatever else is said.
func byteOrderMarks() map[Encoding][]byte {
	return map[Encoding][]byte{utf8Encoding: {0xef, 0xbb, 0xbf}, utf16Little: {0xff, 0xfe}, utf16Big: {0xfe, 0xff}}
}

// marked takes a byte order mark off the text and returns its encoding, "" where there is none.
func marked(in *bufio.Reader) (Encoding, error) {
	start, err := peek(in, 3)
	if err != nil {
		return "", err
	}
	for encoding, mark := range byteOrderMarks() {
		if bytes.HasPrefix(start, mark) {
			_, err := in.Discard(len(mark))
			return encoding, err
		}
	}
	return "", nil
}

// decoded returns the text as UTF-8.
func decoded(in *bufio.Reader, encoding Encoding) (*bufio.Reader, error) {
	if encoding == utf8Encoding {
		return in, nil
	}
	e, err := htmlindex.Get(string(encoding))
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(transform.NewReader(in, e.NewDecoder()), readBuffer), nil
}

// guessEncoding tells UTF-8 from Windows-1252 by the beginning of a text. Some damaged characters do not make a text of
// UTF-8 one of Windows-1252, in which the longer characters of UTF-8 hardly ever occur.
func guessEncoding(in *bufio.Reader) (Encoding, error) {
	start, err := peek(in, min(in.Size(), readBuffer))
	if err != nil {
		return "", err
	}
	long, invalid := 0, 0
	for len(start) > 0 && utf8.FullRune(start) {
		r, size := utf8.DecodeRune(start)
		switch {
		case r == utf8.RuneError && size == 1:
			invalid++
		case size > 1:
			long++
		}
		start = start[size:]
	}
	if invalid > long {
		return windows1252, nil
	}
	return utf8Encoding, nil
}

var errNotUTF8 = errors.New("it is not UTF-8; where the file has another encoding, name that with the option encoding, as windows-1252")

// check fails where a part of a text that was decoded is not in the encoding.
func (e Encoding) check(text []byte) error {
	switch {
	case e == utf8Encoding && !utf8.Valid(text):
		return errNotUTF8
	case e != utf8Encoding && bytes.ContainsRune(text, utf8.RuneError):
		return fmt.Errorf("it has bytes that mean nothing in %s; name the file's encoding with the option encoding", e)
	}
	return nil
}
