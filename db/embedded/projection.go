package embedded

import (
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

// projection is the part of a contact's document that filters and sorts look at, and what tells the contact. It exists
// because decoding takes most of the time of asking the matcher, and the rest of the document need not be.
type projection struct {
	fields map[string]bool // on the outside
	custom map[string]bool // directly below custom
}

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
	err := document.Elements(doc, func(key []byte, v bsoncore.Value) error {
		switch {
		case p.fields[string(key)]:
			dst = bsoncore.AppendValueElement(dst, string(key), v)
		case len(p.custom) > 0 && string(key) == filter.CustomField:
			return p.applyCustom(&dst, v.Data)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return bsoncore.AppendDocumentEnd(dst, start)
}

func (p projection) applyCustom(dst *[]byte, custom []byte) error {
	start, extended := bsoncore.AppendDocumentElementStart(*dst, filter.CustomField)
	err := document.Elements(custom, func(key []byte, v bsoncore.Value) error {
		if p.custom[string(key)] {
			extended = bsoncore.AppendValueElement(extended, string(key), v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	*dst, err = bsoncore.AppendDocumentEnd(extended, start)
	return err
}
