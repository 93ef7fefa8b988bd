package index

import (
	"bytes"
	"errors"
	"math"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"segmentql/db"
	"segmentql/filter"
)

// ErrBroken is the error for bytes that are no document.
var ErrBroken = errors.New("the bytes are no document")

// add reads a contact. All rows of one block are in the order of their IDs.
func (b *blockBuilder) add(doc []byte) error {
	row := b.rows
	b.rows++
	b.versions = append(b.versions, 0)
	b.next = 0
	return elements(doc, func(key []byte, v bsoncore.Value) error {
		switch string(key) {
		case "workspace":
			return nil
		case "_id":
			b.ids.add(text(v))
			return nil
		case "version":
			if v.Type == bsoncore.TypeInt64 {
				b.versions[row] = v.Int64()
			}
			return nil
		}
		f, _ := b.field(&b.objectBuilder, key, math.MaxInt)
		switch string(key) {
		case filter.CustomField:
			return b.addObject(f, v, row, db.MaxFields)
		case emailField:
			f.texts.add(text(v), row) // however long it is: ByEmail must find it
			return nil
		default:
			return b.addValue(f, v, row)
		}
	})
}

// addValue adds what stands under a key, which for a list are its elements.
func (b *blockBuilder) addValue(f *fieldBuilder, v bsoncore.Value, row uint32) error {
	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		if day, ok := dayOf(v.Data); ok {
			f.days = append(f.days, intPair{day, row})
			return nil
		}
		return b.addObject(f, v, row, db.MaxKeys)
	case bsoncore.TypeArray:
		f.lists = append(f.lists, row)
		return elements(v.Data, func(_ []byte, item bsoncore.Value) error { return b.addElement(f, item, row) })
	}
	f.addScalar(v, row)
	return nil
}

// addObject adds an object that stands under a key directly.
func (b *blockBuilder) addObject(f *fieldBuilder, v bsoncore.Value, row uint32, most int) error {
	f.objects = append(f.objects, row)
	f.object.rows = append(f.object.rows, row)
	if err := f.points.add(v.Data, row); err != nil {
		return err
	}
	return b.addKeys(&f.object, v.Data, row, most)
}

func (b *blockBuilder) addKeys(o *objectBuilder, doc []byte, row uint32, most int) error {
	o.next = 0
	return elements(doc, func(key []byte, item bsoncore.Value) error {
		inner, ok := b.field(o, key, most)
		if !ok {
			return nil
		}
		return b.addValue(inner, item, row)
	})
}

// addElement adds an element of a list.
func (b *blockBuilder) addElement(f *fieldBuilder, v bsoncore.Value, row uint32) error {
	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		if day, ok := dayOf(v.Data); ok {
			f.days = append(f.days, intPair{day, row})
			return nil
		}
		f.objects = append(f.objects, row)
		if err := f.points.add(v.Data, row); err != nil {
			return err
		}
		table := f.element(row)
		table.objectBuilder.rows = append(table.objectBuilder.rows, table.rows-1)
		return b.addKeys(&table.objectBuilder, v.Data, table.rows-1, db.MaxKeys)
	case bsoncore.TypeArray:
		if len(v.Data) == len(emptyDocument) {
			f.emptyLists = append(f.emptyLists, row)
		} else {
			f.fullLists = append(f.fullLists, row)
		}
		f.element(row)
		return nil
	}
	f.addScalar(v, row)
	return nil
}

func (b *columnBuilder) addScalar(v bsoncore.Value, row uint32) {
	switch v.Type {
	case bsoncore.TypeString:
		b.addText(v, row)
	case bsoncore.TypeInt64:
		b.numbers = append(b.numbers, wholeNumber(v.Int64(), row))
	case bsoncore.TypeDouble:
		b.numbers = append(b.numbers, number(v.Double(), row))
	case bsoncore.TypeBoolean:
		key := int64(0)
		if v.Boolean() {
			key = 1
		}
		b.booleans = append(b.booleans, intPair{key, row})
	case bsoncore.TypeDateTime:
		b.instants = append(b.instants, intPair{v.DateTime(), row})
	default:
		b.nulls = append(b.nulls, row)
	}
}

func (b *columnBuilder) addText(v bsoncore.Value, row uint32) {
	if t := text(v); len(t) <= maxText {
		b.texts.add(t, row)
	} else {
		b.long.add(string(t), row)
	}
}

// exactInts is the range, ends excluded, within which every whole number has a float64 that no other has.
const exactInts = 1 << 53

func wholeNumber(i int64, row uint32) numberPair {
	p := numberPair{float: float64(i), row: row}
	if i <= -exactInts || i >= exactInts {
		p.whole = i
	}
	return p
}

func number(f float64, row uint32) numberPair {
	// The upper bound is exclusive: float64(MaxInt64) is 2^63, which no int64 holds.
	if math.Abs(f) >= exactInts && f >= math.MinInt64 && f < -math.MinInt64 {
		return wholeNumber(int64(f), row)
	}
	return numberPair{float: f + 0, row: row} // -0 + 0 is 0
}

// add adds the points for which an object stands.
func (p *points) add(doc []byte, row uint32) error {
	var o filter.Object
	err := elements(doc, func(key []byte, v bsoncore.Value) error {
		switch string(key) {
		case "latitude", "longitude", "coordinates", "type":
			if o == nil {
				o = filter.Object{}
			}
			o[string(key)] = pointPart(v)
		}
		return nil
	})
	if len(o) < 2 {
		return err
	}
	for _, point := range filter.PointsOf(o) {
		p.rows = append(p.rows, row)
		p.points = append(p.points, point)
	}
	return err
}

// pointPart returns what filter.PointsOf looks at.
func pointPart(v bsoncore.Value) any {
	switch v.Type {
	case bsoncore.TypeInt64:
		return v.Int64()
	case bsoncore.TypeDouble:
		return v.Double()
	case bsoncore.TypeString:
		return v.StringValue()
	case bsoncore.TypeArray:
		list := []any{}
		_ = elements(v.Data, func(_ []byte, item bsoncore.Value) error {
			list = append(list, pointPart(item))
			return nil
		})
		return list
	}
	return nil
}

// dayOf reads the document of a calendar day.
func dayOf(doc []byte) (int64, bool) {
	const size = 4 + 1 + len(filter.DateKey) + 1 + 8 + 1
	if len(doc) != size || bsoncore.Type(doc[4]) != bsoncore.TypeDateTime || string(doc[5:5+len(filter.DateKey)]) != filter.DateKey {
		return 0, false
	}
	v, ok := bsoncore.Document(doc).Lookup(filter.DateKey).DateTimeOK()
	return int64(filter.DateOf(time.UnixMilli(v), time.UTC)), ok
}

func text(v bsoncore.Value) []byte {
	const length, zero = 4, 1
	if len(v.Data) < length+zero {
		return nil
	}
	return v.Data[length : len(v.Data)-zero]
}

var emptyDocument, _ = bson.Marshal(bson.D{})

// elements calls yield for each element of a document. Unlike bson.Raw.Elements it makes no list of them.
func elements(doc []byte, yield func(key []byte, v bsoncore.Value) error) error {
	const header, footer = 4, 1 // the length and a zero
	if len(doc) < header+footer {
		return ErrBroken
	}
	for rest := doc[header : len(doc)-footer]; len(rest) > 0; {
		e, after, ok := bsoncore.ReadElement(rest)
		if !ok {
			return ErrBroken
		}
		end := 1 + bytes.IndexByte(e[1:], 0)
		if err := yield(e[1:end], bsoncore.Value{Type: bsoncore.Type(e[0]), Data: e[end+1:]}); err != nil {
			return err
		}
		rest = after
	}
	return nil
}
