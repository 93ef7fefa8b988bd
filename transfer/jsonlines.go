package transfer

import (
	"bytes"

	"segmentql/filter"
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
			rec.err = inLine(l.number, errTooLarge)
		}
		rec.document = func() (filter.Object, error) {
			document, err := decodeDocument(rec.raw)
			return document, inLine(l.number, err)
		}
		return rec, nil
	}
}
