package transfer

import (
	"bytes"
	"fmt"
)

// jsonLines reads a file with one JSON document on each line.
type jsonLines struct {
	lines lineReader
	row   int64
}

func (*jsonLines) untyped() bool { return false }

func (r *jsonLines) next() (record, error) {
	for {
		l, err := r.lines.next()
		if err != nil {
			return record{}, err
		}
		if l.blank() {
			continue
		}
		r.row++
		rec := record{row: r.row, raw: bytes.TrimSpace(l.text)}
		if l.cut {
			rec.err = errTooLarge
		} else {
			rec.document, rec.err = decodeDocument(rec.raw)
		}
		if rec.err != nil {
			rec.err = fmt.Errorf("line %d: %w", l.number, rec.err)
		}
		return rec, nil
	}
}
