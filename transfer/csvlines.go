package transfer

import (
	"bytes"
	"errors"
	"io"
)

// lineOverhead is what a line takes in memory beside its text, roughly.
const lineOverhead = 64

var errOpenQuote = errors.New(`a quote (") is opened and never closed`)

// csvText is the text of one row: as many lines as it takes until no quote is open.
type csvText struct {
	number int64 // of the first line
	text   []byte
	err    error // why this is no row; text is its first line then
}

// csvLines splits a CSV file into the texts of its rows. A row with a broken quote costs no more than the line on
// which it starts: the lines after it are read again as rows of their own.
type csvLines struct {
	in    lineReader
	ahead []line // read already, from the first line of the row returned last
	taken int    // lines of ahead that belong to that row
	last  error  // why no more lines can be read
}

// next returns io.EOF after the last row.
func (c *csvLines) next() (csvText, error) {
	c.drop()
	first, err := c.line(0)
	for err == nil && first.blank() && !first.cut {
		c.taken = 1
		c.drop()
		first, err = c.line(0)
	}
	if err != nil {
		return csvText{}, err
	}
	c.taken = 1
	if first.cut {
		return csvText{number: first.number, text: first.text, err: errTooLarge}, nil
	}
	quotes, size := count(first), len(first.text)
	for quotes%2 != 0 {
		l, err := c.line(c.taken)
		if err != nil && !errors.Is(err, io.EOF) {
			return csvText{}, err
		}
		if size += len(l.text) + lineOverhead; err != nil || l.cut || size > MaxRecordSize {
			c.taken = 1
			return csvText{number: first.number, text: first.text, err: errOpenQuote}, nil
		}
		quotes += count(l)
		c.taken++
	}
	if c.taken == 1 {
		return csvText{number: first.number, text: first.text}, nil
	}
	text := make([]byte, 0, size)
	for _, l := range c.ahead[:c.taken] {
		text = append(text, l.text...)
	}
	return csvText{number: first.number, text: text}, nil
}

// resume makes the lines of the row returned last, but its first one, rows of their own. It returns the first.
func (c *csvLines) resume() []byte {
	c.taken = 1
	return c.ahead[0].text
}

// line returns a line that comes i lines after the first one of the row.
func (c *csvLines) line(i int) (line, error) {
	for len(c.ahead) <= i && c.last == nil {
		var l line
		if l, c.last = c.in.next(); c.last == nil {
			c.ahead = append(c.ahead, l)
		}
	}
	if len(c.ahead) <= i {
		return line{}, c.last
	}
	return c.ahead[i], nil
}

// drop forgets the lines of the row returned last.
func (c *csvLines) drop() {
	clear(c.ahead[:c.taken]) // so that their texts can be freed
	c.ahead = c.ahead[c.taken:]
	c.taken = 0
}

func count(l line) int { return bytes.Count(l.text, []byte{'"'}) }
