package graph

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"segmentql/filter"
)

// MarshalJSON writes a value of a document: instants with milliseconds, days as they are, objects by their keys.
func MarshalJSON(v any) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		var e encoder
		e.value(v)
		_, _ = w.Write(e.text)
	})
}

// UnmarshalJSON takes any value: db brings numbers into their types.
func UnmarshalJSON(v any) (any, error) { return v, nil }

// encoder writes values of documents as encoding/json does without its escapes for HTML, but with no reflection:
// of each answer they are the largest part.
type encoder struct {
	text    []byte
	members []member // of the objects that are being written, the outermost first
}

type member struct {
	key   string
	value any
}

func (e *encoder) value(v any) {
	switch v := v.(type) {
	case nil:
		e.text = append(e.text, "null"...)
	case string:
		e.string(v)
	case int64:
		e.text = strconv.AppendInt(e.text, v, 10)
	case float64:
		e.float(v)
	case bool:
		e.text = strconv.AppendBool(e.text, v)
	case filter.Date:
		e.text = append(v.Midnight().AppendFormat(append(e.text, '"'), time.DateOnly), '"')
	case time.Time:
		e.instant(v)
	case filter.Object:
		e.object(v)
	case []any:
		e.text = append(e.text, '[')
		for i, item := range v {
			e.comma(i)
			e.value(item)
		}
		e.text = append(e.text, ']')
	case json.RawMessage:
		if len(v) == 0 {
			v = json.RawMessage("null")
		}
		e.text = append(e.text, v...)
	default:
		panic(fmt.Errorf("a value that no contact can have: %T", v))
	}
}

// comma stands before each item but the first.
func (e *encoder) comma(i int) {
	if i > 0 {
		e.text = append(e.text, ',')
	}
}

func (e *encoder) object(o filter.Object) {
	start := len(e.members)
	for key, v := range o {
		e.members = append(e.members, member{key, v})
	}
	end := len(e.members)
	slices.SortFunc(e.members[start:], func(a, b member) int { return cmp.Compare(a.key, b.key) })
	e.text = append(e.text, '{')
	for i := start; i < end; i++ {
		e.comma(i - start)
		e.string(e.members[i].key)
		e.text = append(e.text, ':')
		e.value(e.members[i].value)
	}
	e.text = append(e.text, '}')
	e.members = e.members[:start]
}

// float writes a number as ECMAScript does, like encoding/json.
func (e *encoder) float(f float64) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		panic(fmt.Errorf("a value that no contact can have: %v", f))
	}
	format := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	e.text = strconv.AppendFloat(e.text, f, format, -1, 64)
	// e-09 is written as e-9.
	if n := len(e.text); format == 'e' && n >= 4 && e.text[n-4] == 'e' && (e.text[n-3] == '-' || e.text[n-3] == '+') && e.text[n-2] == '0' {
		e.text = append(e.text[:n-2], e.text[n-1])
	}
}

// instant writes an instant as JavaScript does.
func (e *encoder) instant(t time.Time) {
	e.text = append(e.text, '"')
	e.text = t.UTC().AppendFormat(e.text, "2006-01-02T15:04:05.000Z07:00")
	e.text = append(e.text, '"')
}

func (e *encoder) string(s string) {
	e.text = append(e.text, '"')
	start := 0
	for i := 0; i < len(s); {
		c, size := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[i:])
		}
		if c < ' ' || c == '"' || c == '\\' || c == '\u2028' || c == '\u2029' || c == utf8.RuneError && size == 1 {
			e.text = append(e.text, s[start:i]...)
			e.escape(c)
			start = i + size
		}
		i += size
	}
	e.text = append(e.text, s[start:]...)
	e.text = append(e.text, '"')
}

// optional writes a text, or null.
func (e *encoder) optional(s *string) {
	if s == nil {
		e.value(nil)
	} else {
		e.string(*s)
	}
}

func (e *encoder) strings(list []string) {
	e.text = append(e.text, '[')
	for i, s := range list {
		e.comma(i)
		e.string(s)
	}
	e.text = append(e.text, ']')
}

func (e *encoder) escape(c rune) {
	const digits = "0123456789abcdef"
	switch c {
	case '"', '\\':
		e.text = append(e.text, '\\', byte(c))
	case '\b':
		e.text = append(e.text, `\b`...)
	case '\f':
		e.text = append(e.text, `\f`...)
	case '\n':
		e.text = append(e.text, `\n`...)
	case '\r':
		e.text = append(e.text, `\r`...)
	case '\t':
		e.text = append(e.text, `\t`...)
	default:
		e.text = append(e.text, '\\', 'u', digits[c>>12&15], digits[c>>8&15], digits[c>>4&15], digits[c&15])
	}
}
