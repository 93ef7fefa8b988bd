package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"segmentql/db"
	"segmentql/filter"
)

// maxDepth is the nesting that a document may have: its own object, custom, and what a contact may have below that.
const maxDepth = 2 + db.MaxCustomDepth

// decodeDocument reads one JSON object, and values of MongoDB extended JSON in it as what they stand for. Numbers
// are kept exactly; a key that is given twice and text that is not Unicode are refused.
func decodeDocument(text []byte) (filter.Object, error) {
	d := decoders.Get().(*documentDecoder)
	defer decoders.Put(d)
	d.tokens.Reset(bytes.NewBuffer(text))
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	if _, err := d.tokens.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something comes after the JSON document")
	}
	o, ok := v.(filter.Object)
	if !ok {
		return nil, fmt.Errorf("it is not a JSON object but %s", filter.KindOf(v))
	}
	return o, nil
}

// documentDecoder is used for one document after the other, which often have the same keys.
type documentDecoder struct {
	tokens *jsontext.Decoder
	keys   map[string]string // by their JSON form
}

// decoders keep what was allocated for documents before.
var decoders = sync.Pool{New: func() any {
	return &documentDecoder{tokens: new(jsontext.Decoder), keys: map[string]string{}}
}}

// What a decoder keeps of keys: this many, of this length at most.
const (
	mostKeys   = 1_000
	longestKey = 64 // bytes
)

// key reads the name of a member.
func (d *documentDecoder) key() (string, error) {
	text, err := d.tokens.ReadValue()
	if err != nil {
		return "", syntaxError(err)
	}
	if key, known := d.keys[string(text)]; known {
		return key, nil
	}
	unquoted, err := jsontext.AppendUnquote(nil, text)
	if err != nil {
		return "", syntaxError(err)
	}
	key := string(unquoted)
	if len(d.keys) < mostKeys && len(text) <= longestKey {
		d.keys[string(text)] = key
	}
	return key, nil
}

func (d *documentDecoder) value() (any, error) {
	token, err := d.tokens.ReadToken()
	if err != nil {
		return nil, syntaxError(err)
	}
	if d.tokens.StackDepth() > maxDepth {
		return nil, d.at(fmt.Errorf("objects and lists may be nested %d deep", maxDepth))
	}
	switch token.Kind() {
	case jsontext.KindNull:
		return nil, nil
	case jsontext.KindTrue, jsontext.KindFalse:
		return token.Bool(), nil
	case jsontext.KindString:
		return token.String(), nil
	case jsontext.KindNumber:
		n, err := filter.ParseNumber(json.Number(token.String()))
		return n, d.at(err)
	case jsontext.KindBeginArray:
		return d.list()
	default:
		return d.object()
	}
}

func (d *documentDecoder) list() (any, error) {
	list := []any{}
	for d.tokens.PeekKind() != jsontext.KindEndArray {
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		if v == (undefined{}) {
			v = nil
		}
		list = append(list, v)
	}
	_, err := d.tokens.ReadToken()
	return list, syntaxError(err)
}

func (d *documentDecoder) object() (any, error) {
	object := filter.Object{}
	isExtended := false
	for d.tokens.PeekKind() != jsontext.KindEndObject {
		key, err := d.key()
		if err != nil {
			return nil, err
		}
		isExtended = isExtended || strings.HasPrefix(key, "$")
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		if v != (undefined{}) {
			object[key] = v
		}
	}
	if _, err := d.tokens.ReadToken(); err != nil {
		return nil, syntaxError(err)
	}
	if !isExtended {
		return object, nil
	}
	v, err := extended(object)
	return v, d.at(err)
}

// at says where in the document the value is that was read last.
func (d *documentDecoder) at(err error) error {
	if err == nil {
		return nil
	}
	path := strings.Join(slices.Collect(d.tokens.StackPointer().Tokens()), ".")
	if path == "" {
		return err
	}
	return fmt.Errorf("%s: %w", abbreviate(path), err)
}

// syntaxError says in a user's words what the JSON decoder found.
func syntaxError(err error) error {
	if errors.Is(err, errTooLarge) {
		return errTooLarge
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("it ends in the middle of a JSON value")
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("it is not valid JSON at byte %d: %w", e.ByteOffset+1, e.Err)
	}
	return err
}

// abbreviate keeps a text that goes into a message short.
func abbreviate(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
