package graph

import (
	"mime"
	"net/http"
	"strings"
	"unicode"

	"segmentql/transfer"
)

// maxFileName is how many characters of a segment's name a file has in its name.
const maxFileName = 80

// file is an answer that a client is to save. Until the first byte is written it may become another answer.
type file struct {
	http.ResponseWriter
	format transfer.Format
	name   string // without what tells the format
	begun  bool
}

// Write begins the file where that has not been done.
func (f *file) Write(data []byte) (int, error) {
	f.begin()
	return f.ResponseWriter.Write(data)
}

// begin says what the file is.
func (f *file) begin() {
	if f.begun {
		return
	}
	f.begun = true
	contentType := "application/jsonl; charset=utf-8"
	if f.format == transfer.CSV {
		contentType = "text/csv; charset=utf-8; header=present"
	}
	f.Header().Set("Content-Type", contentType)
	f.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name + "." + string(f.format)}))
	f.Header().Set("Cache-Control", "no-store")
	f.WriteHeader(http.StatusOK)
}

// fileName returns the name of a segment as the name of a file: every system takes letters and digits.
func fileName(segment string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == ' ' {
			return r
		}
		return '-'
	}, segment)
	if runes := []rune(name); len(runes) > maxFileName {
		name = string(runes[:maxFileName])
	}
	if name = strings.Trim(name, " -"); name == "" {
		return "segment"
	}
	return name
}
