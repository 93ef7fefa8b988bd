package transfer

import (
	"errors"
	"io"
	"strings"
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// Options say how a file is imported. The zero value imports documents in the API's own shape, and documents of any
// other shape that have an email.
type Options struct {
	Format    Format
	Encoding  Encoding
	Delimiter Delimiter
	Mapping   Mapping
	Guess     bool  // map standard fields that are neither mapped nor there by their names, see guesses
	Types     Types // declared whatever the values look like
	Mode      db.UpsertMode
	Tags      []string // that each contact gets beside its own

	PhoneRegion string // of phones without a country code, see db.ParsePhoneRegion

	// Progress, where it is set, is called after each batch with the number of rows that are dealt with.
	Progress func(rows int64)

	// Rejected, where it is set, is called when the first row is rejected. Import writes the rejected rows to what
	// it returns, as CSV with the columns row, reason and record; closing it is left to the caller.
	Rejected func() (io.Writer, error)
}

// Request is what is asked of an import in text, as people and programs write it, and as a job keeps it.
type Request struct {
	Map       string   `json:"map,omitempty"`  // email=Email,firstName=name.first
	Type      string   `json:"type,omitempty"` // custom.zip=TEXT
	Mode      string   `json:"mode,omitempty"` // upsert, create or update
	Tags      []string `json:"tags,omitempty"`
	Format    string   `json:"format,omitempty"`
	Encoding  string   `json:"encoding,omitempty"`
	Delimiter string   `json:"delimiter,omitempty"`
	Guess     bool     `json:"guess,omitempty"`

	PhoneRegion string `json:"phoneRegion,omitempty"`
}

// Options reads the request. It fails with BadInput for all that is wrong with it together; each error has the name of
// what is wrong for its path.
func (r Request) Options() (Options, error) {
	o := Options{Guess: r.Guess, Tags: r.Tags}
	var mistakes []error
	mistake := func(name string, err error) {
		if known, ok := errors.AsType[*db.Error](err); ok {
			mistakes = append(mistakes, known.At(name))
		}
	}
	var err error
	o.Mapping, err = ParseMapping(r.Map)
	mistake("map", err)
	o.Types, err = ParseTypes(r.Type)
	mistake("type", err)
	o.Mode, err = parseMode(r.Mode)
	mistake("mode", err)
	o.Format, err = ParseFormat(r.Format)
	mistake("format", err)
	o.Encoding, err = ParseEncoding(r.Encoding)
	mistake("encoding", err)
	o.Delimiter, err = ParseDelimiter(r.Delimiter)
	mistake("delimiter", err)
	o.PhoneRegion, err = db.ParsePhoneRegion(r.PhoneRegion)
	mistake("phoneRegion", err)
	// What a tag may be is for contacts to say.
	_, err = db.ContactPatch{AddTags: r.Tags}.Apply(db.Contact{Status: db.Pending, Custom: filter.Object{}}, time.Time{})
	mistake("tags", err)
	return o, errors.Join(mistakes...)
}

func parseMode(text string) (db.UpsertMode, error) {
	switch mode := db.UpsertMode(text); {
	case text == "upsert":
		return db.Upsert, nil
	case mode == db.Upsert, mode == db.CreateOnly, mode == db.UpdateOnly:
		return mode, nil
	}
	return db.Upsert, db.Errorf(db.BadInput, "%q is not a mode of imports; it is upsert, create or update", abbreviate(text))
}

// ParseTags reads tags with commas between them.
func ParseTags(text string) []string {
	var tags []string
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}
