package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"segmentql/db"
	"segmentql/filter"
)

// MarshalJSON writes a value of a document: instants with milliseconds, text as it is.
func MarshalJSON(v any) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(output(v)); err != nil {
			panic(fmt.Errorf("a value that no contact can have: %w", err))
		}
		_, _ = w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	})
}

// UnmarshalJSON takes any value: db brings numbers into their types.
func UnmarshalJSON(v any) (any, error) { return v, nil }

// output writes instants in one form everywhere.
func output(v any) any {
	switch v := v.(type) {
	case time.Time:
		return inMillis(v)
	case filter.Object:
		o := make(filter.Object, len(v))
		for key, item := range v {
			o[key] = output(item)
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = output(item)
		}
		return list
	}
	return v
}

// inMillis writes an instant as JavaScript does.
func inMillis(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// MarshalDateTime writes an instant.
func MarshalDateTime(t time.Time) graphql.Marshaler { return graphql.MarshalString(inMillis(t)) }

// UnmarshalDateTime reads an instant.
func UnmarshalDateTime(v any) (time.Time, error) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, db.Errorf(db.BadInput, "an instant is a text like 2026-03-01T09:00:00Z")
	}
	t, err := filter.ParseInstant(text)
	if err != nil {
		return t, db.Errorf(db.BadInput, "%s", err)
	}
	return t, nil
}

// MarshalFieldPath writes a path.
func MarshalFieldPath(p filter.Path) graphql.Marshaler { return graphql.MarshalString(p.String()) }

// UnmarshalFieldPath reads a path.
func UnmarshalFieldPath(v any) (filter.Path, error) {
	text, ok := v.(string)
	if !ok {
		return filter.Path{}, db.Errorf(db.BadInput, "a path is a text like custom.plan")
	}
	p, err := filter.ParsePath(text)
	if err != nil {
		return p, db.Errorf(db.BadInput, "%s", err)
	}
	return p, nil
}

// MarshalFilterTree writes a saved filter.
func MarshalFilterTree(f json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(f) })
}

// UnmarshalFilterTree is never called: the scalar is for results only.
func UnmarshalFilterTree(any) (json.RawMessage, error) {
	return nil, db.Errorf(db.BadInput, "send a filter as FilterInput")
}

// MarshalContactStatus writes a status.
func MarshalContactStatus(s db.Status) graphql.Marshaler { return graphql.MarshalString(string(s)) }

// UnmarshalContactStatus reads a status; db says which there are.
func UnmarshalContactStatus(v any) (db.Status, error) {
	text, err := graphql.UnmarshalString(v)
	return db.Status(text), err
}
