package dbtest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"segmentql/filter"
)

// The draws are from small pools, so that filters meet values.

func drawDocument(r *rapid.T, i int) filter.Object {
	custom := filter.Object{}
	for _, key := range []string{"a", "b", "c"} {
		if rapid.IntRange(0, 4).Draw(r, "present") > 0 {
			custom[key] = drawValue(r, 3)
		}
	}
	return filter.Object{
		"email":  fmt.Sprintf("%s%d@%s", rapid.SampledFrom([]string{"ann", "bob", "zoë"}).Draw(r, "name"), i, rapid.SampledFrom([]string{"gmail.com", "example.com"}).Draw(r, "domain")),
		"tags":   texts(rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"vip", "VIP", "beta", "x"}), 0, 3, rapid.ID[string]).Draw(r, "tags")),
		"custom": custom,
	}
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
	case depth > 0 && n < 5:
		o := filter.Object{}
		for _, key := range []string{"a", "b", "0"} {
			if rapid.Bool().Draw(r, "has") {
				o[key] = drawValue(r, depth-1)
			}
		}
		return o
	}
	return drawScalar(r)
}

func drawScalar(r *rapid.T) any {
	return rapid.SampledFrom([]any{
		nil, "", "x", "X", "xy", "yx", "x\n", "K", "a.b", "2026-03-01",
		int64(0), int64(1), int64(5), int64(-3), 1.5, 5.0, 1e300,
		true, false,
		filter.NewDate(2026, 3, 1), filter.NewDate(1960, 1, 1),
		time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 28, 23, 30, 0, 0, time.UTC),
	}).Draw(r, "scalar")
}

// drawFilter draws a filter in its input form; its operators come from the operator table.
func drawFilter(r *rapid.T, depth int) filter.Object {
	return drawNode(r, depth, rapid.SampledFrom([]string{
		"email", "tags", "custom.a", "custom.b", "custom.c", "custom.a.a", "custom.a.b", "custom.b.a", "custom.b.a.b", "custom.c.0", "custom.a.0.b", "custom.a.b.0",
	}))
}

func drawNode(r *rapid.T, depth int, paths *rapid.Generator[string]) filter.Object {
	member := rapid.SampledFrom([]string{"condition", "condition", "condition", "and", "or", "not", "any", "empty"}).Draw(r, "member")
	if depth == 0 {
		member = "condition"
	}
	switch member {
	case "and", "or":
		group := []any{}
		for range rapid.IntRange(0, 3).Draw(r, "members") {
			group = append(group, drawNode(r, depth-1, paths))
		}
		return filter.Object{member: group}
	case "not":
		return filter.Object{"not": drawNode(r, depth-1, paths)}
	case "any":
		inner := rapid.SampledFrom([]string{"a", "b", "a.b", "b.a", "b.0"})
		path := paths.Filter(func(p string) bool { return p != "email" && p != "tags" }).Draw(r, "path")
		return filter.Object{"any": missing(r, filter.Object{"path": path, "match": drawNode(r, depth-1, inner)})}
	case "empty":
		return filter.Object{"empty": missing(r, filter.Object{"path": paths.Draw(r, "path"), "is": rapid.Bool().Draw(r, "is")})}
	}
	return drawCondition(r, paths)
}

func drawCondition(r *rapid.T, paths *rapid.Generator[string]) filter.Object {
	first := rapid.SampledFrom(filter.Operators()).Draw(r, "operator")
	path := paths.Draw(r, "path")
	if path == "email" || path == "tags" {
		first = rapid.SampledFrom(filter.Operators()).Filter(func(o filter.Operator) bool {
			return o.Condition == "text" || o.Condition == "list"
		}).Draw(r, "operator on text")
	}
	fields := missing(r, filter.Object{"path": path, first.Name: drawOperand(r, first.Operand)})
	for range rapid.IntRange(0, 2).Draw(r, "more operators") {
		if more := rapid.SampledFrom(filter.Operators()).Draw(r, "operator"); more.Condition == first.Condition {
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
	text := rapid.SampledFrom([]string{"x", "X", "", "y", "xy", "k", "vip", "a.b", "@gmail.com", "ann"})
	number := rapid.SampledFrom([]any{int64(0), int64(1), int64(5), 1.5, int64(-3), int64(10)})
	moment := rapid.SampledFrom([]string{"2026-03-01", "1970-01-01", "2026-02-28"})
	switch o {
	case filter.TextOperand:
		return text.Draw(r, "text")
	case filter.TextListOperand:
		return texts(rapid.SliceOfN(text, 0, 3).Draw(r, "texts"))
	case filter.PatternOperand:
		return rapid.SampledFrom([]string{"x", "^x$", "(?i)K", "[^a-w]", "x.?y", "^$", "\\d|\\s$"}).Draw(r, "pattern")
	case filter.NumberOperand:
		return number.Draw(r, "number")
	case filter.NumberListOperand:
		return rapid.SliceOfN(number, 0, 3).Draw(r, "numbers")
	case filter.BooleanOperand:
		return rapid.Bool().Draw(r, "boolean")
	case filter.MomentOperand:
		return rapid.OneOf(moment, rapid.Just("2026-03-01T00:00:00Z")).Draw(r, "moment")
	case filter.MomentRangeOperand:
		return filter.Object{"from": moment.Draw(r, "from"), "to": moment.Draw(r, "to")}
	}
	panic("dbtest: unknown operand")
}
