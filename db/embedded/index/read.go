package index

import (
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

// add reads a contact. All rows of one block are in the order of their IDs.
func (b *blockBuilder) add(doc []byte) error {
	row := b.rows
	b.rows++
	b.versions = append(b.versions, 0)
	b.next = 0
	return document.Elements(doc, func(key []byte, v bsoncore.Value) error {
		if !document.IsField(key) {
			return nil
		}
		switch string(key) {
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
			return b.addValue(f, v, row, db.MaxFields)
		case emailField:
			f.texts.add(text(v), row) // however long it is: ByEmail must find it
			return nil
		default:
			return b.addValue(f, v, row, db.MaxKeys)
		}
	})
}

// addValue adds what stands under a key, which for a list are its elements. An object there has at most so many keys.
func (b *blockBuilder) addValue(f *fieldBuilder, v bsoncore.Value, row uint32, most int) error {
	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		isObject, err := f.addDocument(v.Data, row)
		if !isObject || err != nil {
			return err
		}
		return b.addKeys(&f.object, v.Data, row, most)
	case bsoncore.TypeArray:
		f.lists = append(f.lists, row)
		return document.Elements(v.Data, func(_ []byte, item bsoncore.Value) error { return b.addElement(f, item, row) })
	}
	f.addScalar(v, row)
	return nil
}

// addElement adds an element of a list.
func (b *blockBuilder) addElement(f *fieldBuilder, v bsoncore.Value, row uint32) error {
	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		isObject, err := f.addDocument(v.Data, row)
		if !isObject || err != nil {
			return err
		}
		table := f.element(row)
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

// addDocument adds a calendar day, or what an object is as a whole, and says whether it is one.
func (f *fieldBuilder) addDocument(doc []byte, row uint32) (isObject bool, err error) {
	if day, ok := document.Day(doc); ok {
		f.days = append(f.days, intPair{int64(day), row})
		return false, nil
	}
	f.objects = append(f.objects, row)
	return true, f.points.add(doc, row)
}

// addKeys adds the keys of an object that a row has.
func (b *blockBuilder) addKeys(o *objectBuilder, doc []byte, row uint32, most int) error {
	o.rows = append(o.rows, row)
	o.next = 0
	return document.Elements(doc, func(key []byte, item bsoncore.Value) error {
		inner, ok := b.field(o, key, most)
		if !ok {
			return nil
		}
		return b.addValue(inner, item, row, db.MaxKeys)
	})
}

func (b *columnBuilder) addScalar(v bsoncore.Value, row uint32) {
	switch v.Type {
	case bsoncore.TypeString:
		b.addText(v, row)
	case bsoncore.TypeInt64:
		b.numbers = append(b.numbers, pair[numberValue]{wholeNumber(v.Int64()), row})
	case bsoncore.TypeDouble:
		b.numbers = append(b.numbers, pair[numberValue]{number(v.Double()), row})
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

func wholeNumber(i int64) numberValue {
	v := numberValue{float: float64(i)}
	if i <= -exactInts || i >= exactInts {
		v.whole = i
	}
	return v
}

func number(f float64) numberValue {
	if math.Abs(f) >= exactInts {
		if i, ok := filter.Canonical(f).(int64); ok {
			return wholeNumber(i)
		}
	}
	return numberValue{float: f + 0} // -0 + 0 is 0
}

// add adds the points for which an object stands.
func (p *points) add(doc []byte, row uint32) error {
	var o filter.Object
	err := document.Elements(doc, func(key []byte, v bsoncore.Value) error {
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
		_ = document.Elements(v.Data, func(_ []byte, item bsoncore.Value) error {
			list = append(list, pointPart(item))
			return nil
		})
		return list
	}
	return nil
}

func text(v bsoncore.Value) []byte {
	const length, zero = 4, 1
	if len(v.Data) < length+zero {
		return nil
	}
	return v.Data[length : len(v.Data)-zero]
}

var emptyDocument, _ = bson.Marshal(bson.D{})
