package query

import (
	"math"

	"segmentql/db"
	"segmentql/filter"
)

// needsExpression says whether query operators cannot say what a node asks of a field. Groups never need one: their
// nodes are asked one by one.
func (s scope) needsExpression(n filter.Node) bool {
	switch n := n.(type) {
	case filter.Const, filter.And, filter.Or, filter.Not:
		return false
	case filter.Has:
		return isUnsayable(n.Test)
	case filter.Any:
		return s.within(s.field(n.Path)).anyNeedsExpression(n.Match)
	case filter.Many:
		of, ok := n.Of.(filter.Has)
		return !ok || !s.countsPositions(of)
	}
	panic("query: unknown node")
}

// anyNeedsExpression is needsExpression for any of the nodes of a filter.
func (s scope) anyNeedsExpression(n filter.Node) bool {
	switch n := n.(type) {
	case filter.And:
		for _, m := range n {
			if s.anyNeedsExpression(m) {
				return true
			}
		}
		return false
	case filter.Or:
		return s.anyNeedsExpression(filter.And(n))
	case filter.Not:
		return s.anyNeedsExpression(n.Node)
	case filter.Const, filter.Has, filter.Any, filter.Many:
		return s.needsExpression(n)
	}
	panic("query: unknown node")
}

func isUnsayable(t filter.Test) bool {
	switch t := t.(type) {
	case filter.CalendarPart, filter.Within:
		return true
	case filter.AllOf:
		for _, of := range t {
			if isUnsayable(of) {
				return true
			}
		}
		return false
	default:
		return false
	}
}

// countsPositions says whether the values that pass the test are all the elements of one list, or a single one.
func (s scope) countsPositions(n filter.Has) bool {
	kinds, ok := n.Test.(filter.OfKind)
	f := s.field(n.Path)
	return len(f.lists) == 0 || ok && len(f.lists) == 1 && f.lists[0] == f.name &&
		f.shape == db.ShapeOf(append([]filter.Kind{filter.KindList}, kinds...)...)
}

// plainPart returns a node that needs no expression, and holds wherever n does.
func (s scope) plainPart(n filter.Node) filter.Node {
	if !s.anyNeedsExpression(n) {
		return n
	}
	switch n := n.(type) {
	case filter.Const:
		return n // never needs one
	case filter.And:
		return filter.Conjunction(each(n, s.plainPart)...)
	case filter.Or:
		return filter.Disjunction(each(n, s.plainPart)...)
	case filter.Not:
		return filter.Const(true)
	case filter.Has:
		if circle, ok := n.Test.(filter.Within); ok {
			return s.around(n.Path, circle)
		}
		return filter.Has{Path: n.Path, Test: plainTest(n.Test)}
	case filter.Any:
		return filter.Any{Path: n.Path, Match: s.within(s.field(n.Path)).plainPart(n.Match)}
	case filter.Many:
		if n.Min == 0 {
			return filter.Const(true)
		}
		return s.plainPart(n.Of)
	}
	panic("query: unknown node")
}

func plainTest(t filter.Test) filter.Test {
	switch t := t.(type) {
	case filter.CalendarPart:
		return filter.OfKind{filter.KindDate, filter.KindDateTime}
	case filter.AllOf:
		var sayable filter.AllOf
		for _, of := range t {
			if !isUnsayable(of) {
				sayable = append(sayable, of)
			}
		}
		switch len(sayable) {
		case 0:
			return plainTest(t[0])
		case 1:
			return sayable[0]
		}
		return sayable
	default:
		return t
	}
}

// around returns a node that holds where there is a point in the smallest box of latitudes and longitudes that has
// the circle in it. There may be points in two forms: see filter.Within.
func (s scope) around(path filter.Path, circle filter.Within) filter.Node {
	const degree = math.Pi / 180
	const margin = 1e-6 // more than rounding can amount to
	latitude, longitude := circle.Centre.Latitude, circle.Centre.Longitude
	reach := circle.RadiusKm / filter.EarthRadius / degree // in degrees
	south, north := max(latitude-reach-margin, -90), min(latitude+reach+margin, 90)
	west, east := -180.0, 180.0
	if latitude-reach > -90 && latitude+reach < 90 {
		// The meridians that touch the circle: https://mathworld.wolfram.com/SmallCircle.html
		aside := math.Asin(math.Sin(reach*degree)/math.Cos(latitude*degree))/degree + margin
		if longitude-aside >= -180 && longitude+aside <= 180 {
			west, east = longitude-aside, longitude+aside
		}
	}
	between := func(key string, from, to float64) filter.Node {
		return filter.Has{Path: path.Child(key), Test: filter.NumberRange{
			From: &filter.NumberBound{Value: from, Inclusive: true}, To: &filter.NumberBound{Value: to, Inclusive: true},
		}}
	}
	f := s.field(path)
	var forms []filter.Node
	if s.mayHave(f, "latitude") {
		forms = append(forms, filter.Conjunction(between("latitude", south, north), between("longitude", west, east)))
	}
	if s.mayHave(f, "coordinates") {
		forms = append(forms, filter.Conjunction(between("coordinates", south, north), between("coordinates", west, east)))
	}
	return filter.Disjunction(forms...)
}

// mayHave says whether there may be objects with the key at the field.
func (s scope) mayHave(f field, key string) bool {
	return s.shapeAt(f.full+"."+key) != 0
}
