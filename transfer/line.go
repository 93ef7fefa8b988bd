package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// cutLength is how many bytes are kept of a line that is too long.
const cutLength = 1_000

// line is a line of a text, with the characters that end it.
type line struct {
	number int64 // 1-based
	text   []byte
	cut    bool // the line is longer than MaxRecordSize; text is its beginning
}

func (l line) blank() bool { return len(bytes.TrimSpace(l.text)) == 0 }

type lineReader struct {
	in     *bufio.Reader
	number int64 // of the line read last
	buffer []byte
}

// next returns io.EOF after the last line. The line's text stays as it is.
func (r *lineReader) next() (line, error) {
	r.buffer = r.buffer[:0]
	cut := false
	for {
		part, err := r.in.ReadSlice('\n')
		room := min(len(part), MaxRecordSize-len(r.buffer))
		cut = cut || room < len(part)
		r.buffer = append(r.buffer, part[:room]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(r.buffer) == 0) {
			return line{}, err
		}
		r.number++
		text := r.buffer
		if cut {
			text = text[:cutLength]
		}
		return line{number: r.number, text: bytes.Clone(text), cut: cut}, nil
	}
}
