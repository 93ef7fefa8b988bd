package query

import (
	"math"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db/document"
	"segmentql/filter"
)

// passes returns the expression of whether one value v of the field passes a test. v is a path or a variable.
func (s scope) passes(f field, t filter.Test, v string) any {
	switch t := t.(type) {
	case filter.AllOf:
		var all []any
		for _, of := range t {
			all = append(all, s.passes(f, of, v))
		}
		return both(all...)
	case filter.Present:
		return call("$ne", typeOf(v), "missing")
	case filter.OfKind:
		return f.kindPasses(t, v)
	case filter.NotBlank:
		return call("$not", call("$or",
			call("$in", typeOf(v), bson.A{"missing", "null", "undefined"}), call("$in", v, bson.A{"", bson.A{}})))
	case filter.OneOf:
		return oneOfPasses(t, v)
	case filter.TextMatch:
		return textPasses(v, textMatch(t))
	case filter.Pattern:
		return textPasses(v, bson.Regex{Pattern: t.String()})
	case filter.NumberRange:
		return both(append([]any{unary("$isNumber", v)}, compared(v, numberRange(t))...)...)
	case filter.DateRange:
		return f.datePasses(v,
			func(instant string) any { return withinSpan(instant, t.Instants, time.Millisecond) },
			func(day string) any { return withinSpan(day, midnights(t.Days), 24*time.Hour) })
	case filter.CalendarPart:
		return f.datePasses(v,
			func(instant string) any { return partPasses(t, inZone(instant, t.Zone)) },
			func(day string) any { return partPasses(t, day) })
	case filter.Within:
		return s.pointPasses(f, t, v)
	}
	panic("query: unknown test")
}

// compared compares a value with the operands of operators.
func compared(v any, ops operators) []any {
	all := make([]any, len(ops))
	for i, op := range ops {
		all[i] = call(op.Key, v, op.Value)
	}
	return all
}

func oneOfPasses(t filter.OneOf, v string) any {
	if t.Fold {
		var some []any
		for _, text := range t.Values {
			some = append(some, textPasses(v, wholeText(text.(string))))
		}
		return either(some)
	}
	values := bson.A{}
	for _, one := range t.Values {
		values = append(values, constant(document.Value(one)))
	}
	if len(values) == 1 {
		return call("$eq", v, values[0])
	}
	return call("$in", v, values)
}

// both is true where all of the conditions are.
func both(conditions ...any) any {
	var flat []any
	for _, c := range conditions {
		if d, ok := c.(bson.D); ok && d[0].Key == "$and" {
			flat = append(flat, d[0].Value.(bson.A)...)
		} else {
			flat = append(flat, c)
		}
	}
	switch len(flat) {
	case 0:
		return true
	case 1:
		return flat[0]
	}
	return call("$and", flat...)
}

// either is true where one of the conditions is.
func either(conditions []any) any {
	switch len(conditions) {
	case 0:
		return false
	case 1:
		return conditions[0]
	}
	return call("$or", conditions...)
}

func textPasses(v string, pattern bson.Regex) any {
	found := operator("$regexMatch", bson.E{Key: "input", Value: v}, bson.E{Key: "regex", Value: pattern})
	return call("$cond", call("$eq", typeOf(v), "string"), found, false)
}

func (f field) kindPasses(kinds filter.OfKind, v string) any {
	var some []any
	for _, k := range kinds {
		switch k {
		case filter.KindDate:
			if f.shape.Has(k) {
				some = append(some, call("$eq", typeOf(v+withinDay), "date"))
			}
		case filter.KindDateTime:
			if f.shape.Has(k) {
				some = append(some, call("$eq", typeOf(v), "date"))
			}
		case filter.KindNumber:
			some = append(some, unary("$isNumber", v))
		case filter.KindText, filter.KindBoolean:
			some = append(some, call("$eq", typeOf(v), typeName(k)))
		case filter.KindNull, filter.KindObject, filter.KindList:
			panic("query: OfKind is of scalars")
		}
	}
	return either(some)
}

// datePasses asks an instant, or a calendar day as the instant that stands for it.
func (f field) datePasses(v string, instant, day func(date string) any) any {
	var some []any
	if f.shape.Has(filter.KindDateTime) {
		some = append(some, call("$cond", call("$eq", typeOf(v), "date"), instant(v), false))
	}
	if f.shape.Has(filter.KindDate) {
		some = append(some, call("$cond", call("$eq", typeOf(v+withinDay), "date"), day(v+withinDay), false))
	}
	return either(some)
}

func withinSpan(v string, span filter.Span[time.Time], unit time.Duration) any {
	ops := instantOperators(span, unit)
	if ops == nil {
		return false
	}
	return both(compared(v, ops)...)
}

// inZone returns an instant as the operand of an operator on the day on which it falls.
func inZone(instant string, zone *time.Location) any {
	if zone == time.UTC {
		return instant
	}
	return bson.D{{Key: "date", Value: instant}, {Key: "timezone", Value: zone.String()}}
}

// partPasses asks a date for a part of its day.
func partPasses(t filter.CalendarPart, date any) any {
	var part any
	switch t.Part {
	case filter.Weekday:
		part = unary("$isoDayOfWeek", date)
	case filter.MonthOfDay:
		part = unary("$month", date)
	case filter.DayOfYear:
		part = call("$add", call("$multiply", unary("$month", date), 100), unary("$dayOfMonth", date))
	}
	numbers := bson.A{}
	var ranges []any
	for _, r := range t.In {
		if r.From == r.To {
			numbers = append(numbers, r.From)
		} else {
			ranges = append(ranges, call("$and", call("$gte", "$$part", r.From), call("$lte", "$$part", r.To)))
		}
	}
	if len(numbers) > 0 || len(ranges) == 0 {
		ranges = append(ranges, call("$in", "$$part", numbers))
	}
	return let(bson.D{{Key: "part", Value: part}}, either(ranges))
}

func let(variables bson.D, in any) any {
	return operator("$let", bson.E{Key: "vars", Value: variables}, bson.E{Key: "in", Value: in})
}

// pointPasses asks an object for a point within a circle: as {latitude, longitude}, or as a GeoJSON point.
func (s scope) pointPasses(f field, circle filter.Within, v string) any {
	var some []any
	if s.mayHave(f, "latitude") {
		some = append(some, let(bson.D{{Key: "latitude", Value: v + ".latitude"}, {Key: "longitude", Value: v + ".longitude"}}, near(circle)))
	}
	if s.mayHave(f, "coordinates") {
		coordinates := v + ".coordinates"
		isPoint := call("$and", call("$eq", v+".type", "Point"), isList(coordinates))
		some = append(some, call("$cond", isPoint, let(bson.D{
			{Key: "latitude", Value: call("$arrayElemAt", coordinates, 1)},
			{Key: "longitude", Value: call("$arrayElemAt", coordinates, 0)},
		}, near(circle)), false))
	}
	return either(some)
}

// near asks whether $$latitude and $$longitude are those of a point within the circle. It is filter.Point.Haversine
// as an expression.
func near(circle filter.Within) any {
	const degree = math.Pi / 180
	isPoint := call("$and",
		unary("$isNumber", "$$latitude"), call("$gte", "$$latitude", -90), call("$lte", "$$latitude", 90),
		unary("$isNumber", "$$longitude"), call("$gte", "$$longitude", -180), call("$lte", "$$longitude", 180))
	if circle.Reach() >= 1 {
		return isPoint
	}
	halfSine := func(name string, from float64) any {
		return unary("$sin", call("$multiply", call("$subtract", name, from), degree/2))
	}
	haversine := call("$add",
		call("$multiply", "$$north", "$$north"),
		call("$multiply", math.Cos(circle.Centre.Latitude*degree), unary("$cos", call("$multiply", "$$latitude", degree)), "$$east", "$$east"))
	within := let(bson.D{
		{Key: "north", Value: halfSine("$$latitude", circle.Centre.Latitude)},
		{Key: "east", Value: halfSine("$$longitude", circle.Centre.Longitude)},
	}, call("$lte", haversine, circle.Reach()))
	return call("$cond", isPoint, within, false)
}
