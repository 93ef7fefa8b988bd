package embedded

import (
	"bytes"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"segmentql/db"
	"segmentql/filter"
)

// projection is the part of a contact's document that filters and sorts look at, and what tells the contact. It exists
// because decoding takes most of the time of asking the matcher, and the rest of the document need not be.
type projection struct {
	fields map[string]bool // on the outside
	custom map[string]bool // directly below custom
}

var errBrokenDocument = errors.New("the document's elements do not fit into it")

func newProjection() projection {
	return projection{fields: map[string]bool{"_id": true, "version": true}, custom: map[string]bool{}}
}

func (p projection) addSort(s db.Sort) {
	for _, term := range s {
		p.addPath(term.Path)
	}
}

func (p projection) addFilter(n filter.Node) {
	switch n := n.(type) {
	case filter.Const:
	case filter.And:
		for _, m := range n {
			p.addFilter(m)
		}
	case filter.Or:
		for _, m := range n {
			p.addFilter(m)
		}
	case filter.Not:
		p.addFilter(n.Node)
	case filter.Has:
		p.addPath(n.Path)
	case filter.Any: // what its Match looks at is below its path
		p.addPath(n.Path)
	case filter.Many:
		p.addFilter(n.Of)
	}
}

func (p projection) addPath(path filter.Path) {
	steps := path.Steps()
	if steps[0] == filter.CustomField {
		p.custom[steps[1]] = true
	} else {
		p.fields[steps[0]] = true
	}
}

// apply appends to dst, which it returns, a document with those elements of doc that are in the projection.
func (p projection) apply(dst []byte, doc bson.Raw) ([]byte, error) {
	start, dst := bsoncore.AppendDocumentStart(dst)
	err := elements(doc, func(key []byte, e bsoncore.Element) error {
		switch {
		case p.fields[string(key)]:
			dst = append(dst, e...)
		case len(p.custom) > 0 && string(key) == filter.CustomField:
			return p.applyCustom(&dst, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return bsoncore.AppendDocumentEnd(dst, start)
}

func (p projection) applyCustom(dst *[]byte, custom bsoncore.Element) error {
	start, extended := bsoncore.AppendDocumentElementStart(*dst, filter.CustomField)
	err := elements(custom.Value().Data, func(key []byte, e bsoncore.Element) error {
		if p.custom[string(key)] {
			extended = append(extended, e...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	*dst, err = bsoncore.AppendDocumentEnd(extended, start)
	return err
}

// elements calls yield for each element of a document. Unlike bson.Raw.Elements it makes no list of them.
func elements(doc []byte, yield func(key []byte, e bsoncore.Element) error) error {
	const header, footer = 4, 1 // the length and a zero
	if len(doc) < header+footer {
		return errBrokenDocument
	}
	for rest := doc[header : len(doc)-footer]; len(rest) > 0; {
		e, after, ok := bsoncore.ReadElement(rest)
		if !ok {
			return errBrokenDocument
		}
		if err := yield(e[1:1+bytes.IndexByte(e[1:], 0)], e); err != nil {
			return err
		}
		rest = after
	}
	return nil
}
