package query

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

// test is what one value must pass: all of the operators, asked of the value or of what is within it.
type test struct {
	within    string // "" or "._day"
	operators operators
}

// operators are MongoDB's operators on one value.
type operators []bson.E

const (
	anywhere  = ""
	withinDay = "." + filter.DateKey
)

// tests translates a test into those of which a value must pass one. Those that no value of the field can pass
// are left out.
func (f field) tests(t filter.Test) []test {
	switch t := t.(type) {
	case filter.AllOf:
		return f.allOf(t)
	case filter.Present:
		return f.present()
	case filter.OfKind:
		return f.ofKind(t)
	case filter.NotBlank:
		return f.notBlank()
	case filter.OneOf:
		if len(t.Values) == 0 {
			return nil
		}
		return []test{{anywhere, oneOf(t)}}
	case filter.TextMatch:
		return []test{{anywhere, operators{{Key: "$regex", Value: textMatch(t)}}}}
	case filter.Pattern:
		return []test{{anywhere, operators{{Key: "$regex", Value: bson.Regex{Pattern: t.String()}}}}}
	case filter.NumberRange:
		return []test{{anywhere, numberRange(t)}}
	case filter.DateRange:
		return f.dateRange(t)
	case filter.CalendarPart, filter.Within:
		panic("query: only an expression can say this")
	}
	panic("query: unknown test")
}

// allOf joins the operators of all tests, which see the same values.
func (f field) allOf(all filter.AllOf) []test {
	var joined []test
	for i, t := range all {
		var next []test
		for _, mine := range f.tests(t) {
			if i == 0 {
				next = append(next, mine)
				continue
			}
			for _, before := range joined {
				if before.within == mine.within {
					next = append(next, test{mine.within, slices.Concat(before.operators, mine.operators)})
				}
			}
		}
		joined = next
	}
	return joined
}

func (f field) present() []test {
	if len(f.lists) == 0 {
		return []test{{anywhere, operators{{Key: "$exists", Value: true}}}}
	}
	return append([]test{ofTypes("null", "number", "string", "object", "bool", "date")}, f.nestedList(operators{typeIs("array")})...)
}

func (f field) notBlank() []test {
	switch {
	case len(f.lists) > 0:
	case f.shape.Has(filter.KindText):
		return []test{{anywhere, operators{{Key: "$nin", Value: bson.A{nil, ""}}}}}
	default:
		return []test{{anywhere, operators{{Key: "$ne", Value: nil}}}}
	}
	var types []string
	for _, k := range f.shape.Kinds() {
		switch k {
		case filter.KindNumber, filter.KindBoolean, filter.KindDateTime, filter.KindObject:
			types = append(types, typeName(k))
		case filter.KindDate:
			types = append(types, typeName(filter.KindObject))
		case filter.KindNull, filter.KindText, filter.KindList:
		}
	}
	var tests []test
	if f.shape.Has(filter.KindText) {
		tests = append(tests, test{anywhere, operators{{Key: "$gt", Value: ""}}})
	}
	if slices.Sort(types); len(types) > 0 {
		tests = append(tests, ofTypes(slices.Compact(types)...))
	}
	return append(tests, f.nestedList(operators{
		typeIs("array"), {Key: "$not", Value: bson.D{{Key: "$size", Value: 0}}},
	})...)
}

// nestedList asks the lists within a list.
func (f field) nestedList(of operators) []test {
	if f.shape&db.NestedList == 0 {
		return nil
	}
	return []test{{anywhere, operators{{Key: "$elemMatch", Value: of.element()}}}}
}

func (f field) ofKind(kinds filter.OfKind) []test {
	var tests []test
	var types []string
	for _, k := range kinds {
		switch k {
		case filter.KindDate:
			if f.shape.Has(k) {
				tests = append(tests, test{withinDay, operators{typeIs("date")}})
			}
		case filter.KindDateTime:
			if f.shape.Has(k) {
				types = append(types, typeName(k))
			}
		case filter.KindText, filter.KindNumber, filter.KindBoolean:
			types = append(types, typeName(k))
		case filter.KindNull, filter.KindObject, filter.KindList:
			panic("query: OfKind is of scalars")
		}
	}
	if len(types) > 0 {
		tests = append(tests, ofTypes(types...))
	}
	return tests
}

func typeName(k filter.Kind) string {
	switch k {
	case filter.KindNull:
		return "null"
	case filter.KindNumber:
		return "number"
	case filter.KindText:
		return "string"
	case filter.KindObject, filter.KindDate:
		return "object"
	case filter.KindList:
		return "array"
	case filter.KindBoolean:
		return "bool"
	case filter.KindDateTime:
		return "date"
	}
	panic("query: unknown kind")
}

func typeIs(names ...string) bson.E {
	if len(names) == 1 {
		return bson.E{Key: "$type", Value: names[0]}
	}
	list := make(bson.A, len(names))
	for i, name := range names {
		list[i] = name
	}
	return bson.E{Key: "$type", Value: list}
}

func ofTypes(names ...string) test { return test{anywhere, operators{typeIs(names...)}} }

func oneOf(t filter.OneOf) operators {
	values := make(bson.A, len(t.Values))
	for i, v := range t.Values {
		values[i] = document.Value(v)
		if text, ok := v.(string); ok && t.Fold {
			values[i] = wholeText(text)
		}
	}
	if len(values) != 1 {
		return operators{{Key: "$in", Value: values}}
	}
	if re, ok := values[0].(bson.Regex); ok {
		return operators{{Key: "$regex", Value: re}}
	}
	return operators{{Key: "$eq", Value: values[0]}}
}

// wholeText matches a text ignoring case.
func wholeText(text string) bson.Regex {
	return bson.Regex{Pattern: `^` + quote(text) + `\z`, Options: "i"}
}

// textMatch ends with \z: in PCRE $ also matches before a newline at the end.
func textMatch(t filter.TextMatch) bson.Regex {
	re := bson.Regex{Pattern: quote(t.Text)}
	if t.Fold {
		re.Options = "i"
	}
	switch t.Where {
	case filter.AtStart:
		re.Pattern = `^` + re.Pattern
	case filter.AtEnd:
		re.Pattern += `\z`
	case filter.Anywhere:
	}
	return re
}

// quote makes a text a pattern; BSON cannot have a NUL in one.
func quote(text string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(text), "\x00", `\x00`)
}

func numberRange(r filter.NumberRange) operators {
	if r.From != nil && r.To != nil && r.From.Inclusive && r.To.Inclusive && filter.Compare(r.From.Value, r.To.Value) == 0 {
		return operators{{Key: "$eq", Value: r.From.Value}}
	}
	var ops operators
	if b := r.From; b != nil {
		ops = append(ops, bson.E{Key: map[bool]string{true: "$gte", false: "$gt"}[b.Inclusive], Value: b.Value})
	}
	if b := r.To; b != nil {
		ops = append(ops, bson.E{Key: map[bool]string{true: "$lte", false: "$lt"}[b.Inclusive], Value: b.Value})
	}
	return ops
}

func (f field) dateRange(r filter.DateRange) []test {
	var tests []test
	if ops := instantOperators(r.Instants, time.Millisecond); f.shape.Has(filter.KindDateTime) && ops != nil {
		tests = append(tests, test{anywhere, ops})
	}
	if ops := instantOperators(midnights(r.Days), 24*time.Hour); f.shape.Has(filter.KindDate) && ops != nil {
		tests = append(tests, test{withinDay, ops})
	}
	return tests
}

// midnights returns the instants that stand for the days.
func midnights(s filter.Span[filter.Date]) filter.Span[time.Time] {
	var instants filter.Span[time.Time]
	if s.From != nil {
		from := s.From.Midnight()
		instants.From = &from
	}
	if s.To != nil {
		to := s.To.Midnight()
		instants.To = &to
	}
	return instants
}

// instantOperators ask for a value within the span, of which values are a unit apart. They are nil where there is none.
func instantOperators(s filter.Span[time.Time], unit time.Duration) operators {
	if s.From != nil && s.To != nil {
		switch length := s.To.Sub(*s.From); {
		case length <= 0:
			return nil
		case length == unit:
			return operators{{Key: "$eq", Value: document.Instant(*s.From)}}
		}
	}
	var ops operators
	if s.From != nil {
		ops = append(ops, bson.E{Key: "$gte", Value: document.Instant(*s.From)})
	}
	if s.To != nil {
		ops = append(ops, bson.E{Key: "$lt", Value: document.Instant(*s.To)})
	}
	return ops
}
