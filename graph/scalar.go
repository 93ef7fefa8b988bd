package graph

import (
	"encoding/json"
	"io"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"segmentql/db"
	"segmentql/filter"
)

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
