package dbtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"segmentql/filter"
	"segmentql/filter/filtertest"
)

// The draws are from small pools, so that filters meet values.

// DrawDocument draws a contact as a document, the i-th of a test.
func DrawDocument(r *rapid.T, i int) filter.Object {
	custom := filter.Object{}
	for _, key := range []string{"a", "b", "c"} {
		if rapid.IntRange(0, 4).Draw(r, "present") > 0 {
			custom[key] = drawValue(r, 3)
		}
	}
	document := filter.Object{
		"email":  fmt.Sprintf("%s%d@%s", rapid.SampledFrom([]string{"ann", "bob", "zoë"}).Draw(r, "name"), i, rapid.SampledFrom([]string{"gmail.com", "example.com"}).Draw(r, "domain")),
		"tags":   texts(rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"vip", "VIP", "beta", "x"}), 0, 3, rapid.ID[string]).Draw(r, "tags")),
		"custom": custom,
	}
	if rapid.Bool().Draw(r, "has a first name") {
		document["firstName"] = rapid.SampledFrom([]string{"x", "XY", "Ann", "ſue"}).Draw(r, "first name")
	}
	if rapid.Bool().Draw(r, "has subscribed") {
		document["subscribedAt"] = rapid.SampledFrom([]time.Time{start(), start().AddDate(0, 0, -1), start().AddDate(-1, 0, 0)}).Draw(r, "subscribed")
	}
	return document
}

func texts(values []string) []any {
	list := []any{}
	for _, v := range values {
		list = append(list, v)
	}
	return list
}

func drawValue(r *rapid.T, depth int) any {
	switch n := rapid.IntRange(0, 9).Draw(r, "form"); {
	case depth > 0 && n < 2:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(r, "length") {
			list = append(list, drawValue(r, depth-1))
		}
		return list
	case n == 9 && rapid.IntRange(0, 2).Draw(r, "point") == 0:
		return drawPoint(r)
	case depth > 0 && n < 5:
		o := filter.Object{}
		for _, key := range []string{"a", "b", "0"} {
			if rapid.Bool().Draw(r, "has") {
				o[key] = drawValue(r, depth-1)
			}
		}
		return o
	}
	if rapid.IntRange(0, 3).Draw(r, "long") == 0 {
		return drawLongText(r)
	}
	return drawScalar(r)
}

func drawScalar(r *rapid.T) any {
	return rapid.SampledFrom([]any{
		nil, "", "x", "X", "xy", "yx", "x\n", "K", "a.b", "2026-03-01",
		int64(0), int64(1), int64(5), int64(-3), 1.5, 5.0, 1e300,
		true, false,
		filter.NewDate(2026, 3, 1), filter.NewDate(1960, 1, 1), filter.NewDate(2024, 2, 29), filter.NewDate(2025, 12, 31), filter.NewDate(2026, 3, 8),
		time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 28, 23, 30, 0, 0, time.UTC), start(), start().Add(time.Millisecond),
		start().Add(-24 * time.Hour), time.Date(1992, 2, 29, 6, 0, 0, 0, time.UTC), time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC),
	}).Draw(r, "scalar")
}

// drawPoint draws an object that is a point on the earth, or nearly one.
func drawPoint(r *rapid.T) any {
	degrees := rapid.SampledFrom([]any{51.5, int64(0), -0.1, int64(90), 180.0, int64(-179), 200.5, "51.5", nil, []any{51.5}})
	a, b := degrees.Draw(r, "degrees"), degrees.Draw(r, "degrees")
	if rapid.Bool().Draw(r, "GeoJSON") {
		return filter.Object{"type": rapid.SampledFrom([]any{"Point", "Point", "Polygon"}).Draw(r, "type"), "coordinates": []any{a, b}}
	}
	return filter.Object{"latitude": a, "longitude": b}
}

// Drawn is a filter that was drawn, with the segments to which it may refer.
type Drawn struct {
	Input    filter.Object
	Segments filtertest.Segments
	Node     filter.Node
}

// DrawFilter draws a filter of up to so many levels; its operators come from the operator table. The present is the
// time of the suite's clock.
func DrawFilter(r *rapid.T, depth int) Drawn {
	paths := rapid.SampledFrom([]string{
		"email", "firstName", "tags", "createdAt", "subscribedAt", "custom.a", "custom.a", "custom.b", "custom.b", "custom.c", "custom.a.a", "custom.a.b", "custom.b.a", "custom.b.a.b", "custom.c.0", "custom.a.0.b", "custom.a.b.0",
	})
	for {
		d := Drawn{Segments: filtertest.Segments{}}
		d.Segments["seg_1"] = drawNode(r, 1, paths, nil)
		d.Segments["seg_2"] = drawNode(r, 2, paths, []string{"seg_1"})
		d.Input = drawNode(r, depth, paths, []string{"seg_1", "seg_2"})
		n, err := filter.Parser{Segments: d.Segments, Now: start()}.Parse(d.Input)
		if problems, ok := errors.AsType[filter.Problems](err); ok && problems[0].Code == filter.LimitExceeded {
			continue
		}
		if err != nil {
			r.Fatalf("%v: %v", d.Input, err)
		}
		d.Node = n
		return d
	}
}

func drawNode(r *rapid.T, depth int, paths *rapid.Generator[string], segments []string) filter.Object {
	member := rapid.SampledFrom([]string{"condition", "condition", "condition", "and", "or", "not", "any", "empty", "segment"}).Draw(r, "member")
	if depth == 0 || member == "segment" && segments == nil {
		member = "condition"
	}
	switch member {
	case "and", "or":
		group := []any{}
		for range rapid.IntRange(0, 3).Draw(r, "members") {
			group = append(group, drawNode(r, depth-1, paths, segments))
		}
		return filter.Object{member: group}
	case "not":
		return filter.Object{"not": drawNode(r, depth-1, paths, segments)}
	case "any":
		inner := rapid.SampledFrom([]string{"a", "b", "a.b", "b.a", "b.0"})
		path := paths.Filter(func(path string) bool { return !isStandard(path) }).Draw(r, "path")
		fields := missing(r, filter.Object{"path": path, "match": drawNode(r, depth-1, inner, nil)})
		if rapid.Bool().Draw(r, "counts") {
			fields["count"] = drawOperand(r, filter.CountOperand)
		}
		return filter.Object{"any": fields}
	case "empty":
		return filter.Object{"empty": missing(r, filter.Object{"path": paths.Draw(r, "path"), "is": rapid.Bool().Draw(r, "is")})}
	case "segment":
		return filter.Object{"segment": filter.Object{"id": rapid.SampledFrom(segments).Draw(r, "id"), "member": rapid.Bool().Draw(r, "is member")}}
	}
	return drawCondition(r, paths)
}

func isStandard(path string) bool {
	_, standard := filter.MustPath(path).Standard()
	return standard
}

func isInstant(path string) bool { return strings.HasSuffix(path, "At") }

// drawCondition draws a condition with operators on values.
func drawCondition(r *rapid.T, paths *rapid.Generator[string]) filter.Object {
	path := paths.Draw(r, "path")
	operators := rapid.SampledFrom(slices.DeleteFunc(filter.Operators(), func(o filter.Operator) bool {
		switch o.Condition {
		case "empty", "any", "segment":
			return true
		case "text", "list":
			return isInstant(path)
		case "date":
			return isStandard(path) && !isInstant(path)
		default:
			return isStandard(path)
		}
	}))
	first := operators.Draw(r, "operator")
	fields := missing(r, filter.Object{"path": path, first.Name: drawOperand(r, first.Operand)})
	for range rapid.IntRange(0, 2).Draw(r, "more operators") {
		if more := operators.Draw(r, "operator"); more.Condition == first.Condition {
			fields[more.Name] = drawOperand(r, more.Operand)
		}
	}
	switch first.Condition {
	case "text", "list":
		fields["ignoreCase"] = rapid.Bool().Draw(r, "ignoreCase")
	case "date":
		fields["timeZone"] = rapid.SampledFrom([]any{nil, "Asia/Tokyo", "America/New_York"}).Draw(r, "zone")
	}
	return filter.Object{first.Condition: fields}
}

func missing(r *rapid.T, fields filter.Object) filter.Object {
	fields["whenMissing"] = rapid.SampledFrom([]any{nil, nil, "MATCH", "NO_MATCH"}).Draw(r, "whenMissing")
	return fields
}

func drawOperand(r *rapid.T, o filter.Operand) any {
	text := rapid.OneOf(rapid.SampledFrom([]string{"x", "X", "", "y", "xy", "k", "vip", "a.b", "@gmail.com", "ann"}), rapid.Custom(drawNeedle))
	number := rapid.SampledFrom([]any{int64(0), int64(1), int64(5), 1.5, int64(-3), int64(10)})
	moment := rapid.SampledFrom([]string{"2026-03-01", "1970-01-01", "2026-02-28"})
	switch o {
	case filter.TextOperand:
		return text.Draw(r, "text")
	case filter.TextListOperand:
		return texts(rapid.SliceOfN(text, 0, 3).Draw(r, "texts"))
	case filter.PatternOperand:
		return rapid.OneOf(rapid.SampledFrom([]string{"x", "^x$", "(?i)K", "[^a-w]", "x.?y", "^$", "\\d|\\s$"}), rapid.Custom(drawPattern)).Draw(r, "pattern")
	case filter.NumberOperand:
		return number.Draw(r, "number")
	case filter.NumberListOperand:
		return rapid.SliceOfN(number, 0, 3).Draw(r, "numbers")
	case filter.BooleanOperand:
		return rapid.Bool().Draw(r, "boolean")
	case filter.MomentOperand:
		return rapid.OneOf(moment, rapid.Just("2026-03-01T00:00:00Z")).Draw(r, "moment")
	case filter.MomentRangeOperand:
		ends := []string{moment.Draw(r, "from"), moment.Draw(r, "to")}
		slices.Sort(ends)
		return filter.Object{"from": ends[0], "to": ends[1]}
	case filter.CountOperand:
		least := rapid.IntRange(0, 3).Draw(r, "min")
		return rapid.SampledFrom([]any{
			filter.Object{"min": least}, filter.Object{"max": least}, filter.Object{"min": least, "max": least + 1},
		}).Draw(r, "count")
	case filter.AmountOperand:
		return drawAmount(r, "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
	case filter.PeriodOperand:
		return rapid.SampledFrom([]string{"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}).Draw(r, "period")
	case filter.AnniversaryOperand:
		return rapid.SampledFrom([]any{
			filter.Object{"inNext": drawAmount(r, "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")},
			filter.Object{"inLast": drawAmount(r, "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")},
			filter.Object{"month": 2, "day": rapid.SampledFrom([]int{1, 28, 29}).Draw(r, "day")},
		}).Draw(r, "anniversary")
	case filter.WeekdaysOperand:
		return texts(rapid.SliceOfN(rapid.SampledFrom([]string{"SUNDAY", "MONDAY", "FRIDAY", "SATURDAY"}), 0, 3).Draw(r, "weekdays"))
	case filter.MonthsOperand:
		return rapid.SliceOfN(rapid.SampledFrom([]any{1, 2, 3, 4, 12}), 0, 3).Draw(r, "months")
	case filter.CircleOperand:
		return filter.Object{
			"latitude": rapid.SampledFrom([]any{51.5, 0, 89.9, -90}).Draw(r, "latitude"), "longitude": rapid.SampledFrom([]any{-0.2, 0, 179.9, -180}).Draw(r, "longitude"),
			"radiusKm": rapid.SampledFrom([]any{0.5, 25, 1500, 12_000, 20_015}).Draw(r, "radius"),
		}
	case filter.FilterOperand, filter.SegmentOperand:
	}
	panic("dbtest: not the operand of a condition on values")
}

func drawAmount(r *rapid.T, units ...string) filter.Object {
	return filter.Object{
		"amount": rapid.SampledFrom([]int{1, 2, 7, 24, 60}).Draw(r, "amount"), "unit": rapid.SampledFrom(units).Draw(r, "unit"),
	}
}
