package document

import (
	"bytes"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"segmentql/db"
	"segmentql/filter"
)

var errNoDocument = errors.New("the elements of the document do not fit into it")

func unreadable(cause error) *db.Error {
	return db.Errorf(db.Internal, "a stored contact cannot be read").Because(cause)
}

// Elements calls yield with each element of a document or a list until it fails. Unlike bson.Raw.Elements it makes no
// list of them. It fails with Internal where the bytes are no document.
func Elements(doc []byte, yield func(key []byte, v bsoncore.Value) error) error {
	const header, footer = 4, 1 // the length and a zero
	if len(doc) < header+footer {
		return unreadable(errNoDocument)
	}
	for rest := doc[header : len(doc)-footer]; len(rest) > 0; {
		e, after, ok := bsoncore.ReadElement(rest)
		if !ok {
			return unreadable(errNoDocument)
		}
		end := 1 + bytes.IndexByte(e[1:], 0)
		if err := yield(e[1:end], bsoncore.Value{Type: bsoncore.Type(e[0]), Data: e[end+1:]}); err != nil {
			return err
		}
		rest = after
	}
	return nil
}

// each is Elements for a document that was validated.
func each(raw bson.Raw, yield func(key string, v bson.RawValue)) {
	_ = Elements(raw, func(key []byte, v bsoncore.Value) error {
		yield(string(key), bson.RawValue{Type: bson.Type(v.Type), Value: v.Data})
		return nil
	})
}

// Day returns the calendar day for which a document stands, if it stands for one.
func Day(doc []byte) (filter.Date, bool) {
	const size = 4 + 1 + len(filter.DateKey) + 1 + 8 + 1
	if len(doc) != size || bsoncore.Type(doc[4]) != bsoncore.TypeDateTime || string(doc[5:5+len(filter.DateKey)]) != filter.DateKey {
		return 0, false
	}
	at, ok := bsoncore.Document(doc).Lookup(filter.DateKey).DateTimeOK()
	return filter.DateOf(time.UnixMilli(at), time.UTC), ok
}
