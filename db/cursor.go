package db

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"segmentql/filter"
)

// cursor is the content of an opaque cursor: the key of the contact at which it points.
type cursor struct {
	Sort    string      `json:"s,omitempty"`
	Values  []cursorKey `json:"v,omitempty"`
	Outside bool        `json:"o,omitempty"`
	ID      string      `json:"i"`
}

// cursorKey is a sort value that keeps its type.
type cursorKey struct {
	Kind string `json:"k,omitempty"` // "" for none; "INT" for an int64, else the name of the kind
	Text string `json:"t,omitempty"`
}

const kindInt = "INT"

// Cursor returns the opaque cursor that points at a key of the sort.
func (s Sort) Cursor(key Key) string {
	c := cursor{Sort: s.signature(), Outside: key.Outside, ID: key.ID}
	for _, v := range key.Values {
		c.Values = append(c.Values, encodeKey(v))
	}
	data, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts only
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// ParseCursor returns the key at which a cursor of the sort points.
func (s Sort) ParseCursor(text string) (Key, *Error) {
	invalid := Errorf(BadInput, "the cursor is not valid here; use one that the same list with the same orderBy returned")
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Key{}, invalid
	}
	var c cursor
	if err := json.Unmarshal(data, &c); err != nil || c.Sort != s.signature() || len(c.Values) != len(s) || c.ID == "" {
		return Key{}, invalid
	}
	key := Key{Outside: c.Outside, ID: c.ID}
	for _, v := range c.Values {
		value, ok := v.decode()
		if !ok {
			return Key{}, invalid
		}
		key.Values = append(key.Values, value)
	}
	return key, nil
}

func encodeKey(v any) cursorKey {
	kind := filter.KindOf(v).String()
	switch v := v.(type) {
	case string:
		return cursorKey{kind, v}
	case int64:
		return cursorKey{kindInt, strconv.FormatInt(v, 10)}
	case float64:
		return cursorKey{kind, strconv.FormatFloat(v, 'g', -1, 64)}
	case bool:
		return cursorKey{kind, strconv.FormatBool(v)}
	case filter.Date:
		return cursorKey{kind, v.String()}
	case time.Time:
		return cursorKey{kind, strconv.FormatInt(v.UnixMilli(), 10)}
	}
	return cursorKey{}
}

func (k cursorKey) decode() (v any, ok bool) {
	var err error
	switch k.Kind {
	case "":
		return nil, k.Text == ""
	case kindInt:
		v, err = strconv.ParseInt(k.Text, 10, 64)
	case filter.KindText.String():
		v = k.Text
	case filter.KindNumber.String():
		var f float64
		f, err = strconv.ParseFloat(k.Text, 64)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, false // no contact has it
		}
		v = f
	case filter.KindBoolean.String():
		v, err = strconv.ParseBool(k.Text)
	case filter.KindDate.String():
		v, err = filter.ParseDate(k.Text)
	case filter.KindDateTime.String():
		var ms int64
		ms, err = strconv.ParseInt(k.Text, 10, 64)
		v = time.UnixMilli(ms).UTC()
	default:
		return nil, false
	}
	return v, err == nil
}
