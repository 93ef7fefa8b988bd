package filter

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// condition is one condition while it is lowered.
type condition struct {
	path       Path
	ignoreCase bool
	zone       *time.Location
	now        time.Time
	standard   string // name of the field, where it is a standard one
}

// today is the day on which now falls.
func (c *condition) today() Date { return DateOf(c.now, c.zone) }

// text returns a text operand in the form in which the field is stored.
func (c *condition) text(operand any) string {
	text := operand.(string)
	switch c.standard {
	case "email":
		return NormaliseEmail(text)
	case "phone":
		return normalisePhone(text)
	}
	return text
}

// NormaliseEmail returns the form in which addresses are stored and compared.
func NormaliseEmail(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// normalisePhone returns the form in which numbers with a country code are stored, which are those that begin with a plus.
func normalisePhone(number string) string {
	trimmed := strings.TrimSpace(number)
	if !strings.HasPrefix(trimmed, "+") {
		return number
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(".()/", r) || unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) {
			return -1
		}
		return r
	}, trimmed)
}

// condition reads a condition with operators.
func (r *reading) condition(member Member, fields Object, s scope) Condition {
	name := member.Name
	r.checkNames(name, fields, s)
	path, _ := r.path(fields, s, member.Kinds)
	c := &condition{
		path: path, zone: r.zone(fields, s), now: r.Now.Truncate(time.Millisecond),
		ignoreCase: r.flag(fields, "ignoreCase", false, s),
	}
	if s.base.text == "" {
		c.standard = path.text
	}
	var tests AllOf // positive: all of them of one value
	var holds []Node
	some := false
	for _, op := range operatorsOf(name) {
		value := fields[op.Name]
		if value == nil {
			continue
		}
		some = true
		operand, ok := op.Operand.read(r, value, s.in(op.Name))
		if !ok {
			continue
		}
		c.checkEnumeration(r, op, operand, s.in(op.Name))
		switch {
		case op.rule != nil:
			holds = append(holds, op.rule(c, operand))
		case op.Negates != "":
			holds = append(holds, Complement(Has{path, op.test(c, operand)}))
		default:
			tests = append(tests, op.test(c, operand))
		}
	}
	if !some {
		r.problem(s, BadInput, "a %s condition needs an operator; set one or more of %s", name, strings.Join(operatorNames(name), ", "))
		return r.whenMissing(fields, s, Condition{})
	}
	if len(tests) > 0 {
		holds = slices.Insert(holds, 0, Node(Has{path, together(tests)}))
	}
	return r.whenMissing(fields, s, Condition{Path: path, Holds: Conjunction(holds...), Present: Has{path, member.present}})
}

// checkEnumeration refuses to compare a field of few possible values with any other: a misspelt value would
// match nobody, or with a negative operator everybody.
func (c *condition) checkEnumeration(r *reading, op Operator, operand any, s scope) {
	standard, _ := c.path.Standard()
	isWhole := slices.Contains([]string{"equals", "in", "hasAny", "hasAll"}, cmp.Or(op.Negates, op.Name))
	if s.base.text != "" || len(standard.Values) == 0 || !isWhole {
		return
	}
	values, isList := operand.([]any)
	if !isList {
		values = []any{operand}
	}
	var all []any
	for _, v := range standard.Values {
		all = append(all, v)
	}
	possible := NewOneOf(all, c.ignoreCase)
	for _, v := range values {
		if !possible.has(v) {
			r.problem(s, BadInput, "%s is never %s; it is one of %s", c.path, describe(v), strings.Join(standard.Values, ", "))
		}
	}
}

// together joins tests of one value: lists of values into one, ranges into one range, and of numbers both.
func together(tests AllOf) Test {
	var joined AllOf
	var numbers *NumberRange
	var dates *DateRange
	var values *OneOf
	for _, t := range tests {
		switch t := t.(type) {
		case OneOf:
			if values == nil {
				values = &t
			} else {
				*values = values.intersect(t)
			}
		case NumberRange:
			if numbers == nil {
				numbers = &NumberRange{}
			}
			*numbers = numbers.intersect(t)
		case DateRange:
			if dates == nil {
				dates = &DateRange{}
			}
			*dates = dates.intersect(t)
		default:
			joined = append(joined, t)
		}
	}
	if values != nil && numbers != nil {
		within := slices.DeleteFunc(slices.Clone(values.Values), func(v any) bool { return !Passes(*numbers, v) })
		*values, numbers = NewOneOf(within, false), nil
	}
	if values != nil {
		joined = slices.Insert(joined, 0, Test(*values))
	}
	if numbers != nil {
		joined = append(joined, *numbers)
	}
	if dates != nil {
		joined = append(joined, *dates)
	}
	if len(joined) == 1 {
		return joined[0]
	}
	return joined
}

// intersect returns the test of the values that pass both.
func (t OneOf) intersect(o OneOf) OneOf {
	var both []any
	for _, v := range t.Values {
		if o.has(v) {
			both = append(both, v)
		}
	}
	return NewOneOf(both, t.Fold)
}

func (r NumberRange) intersect(o NumberRange) NumberRange {
	return NumberRange{From: tighter(r.From, o.From, 1), To: tighter(r.To, o.To, -1)}
}

// tighter returns the bound that leaves fewer numbers: of lower bounds (sign 1) the greater one, of upper
// bounds (sign -1) the lesser, and of equal ones the exclusive.
func tighter(a, b *NumberBound, sign int) *NumberBound {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	if c := compareNumbers(a.Value, b.Value) * sign; c > 0 || c == 0 && !a.Inclusive {
		return a
	}
	return b
}

// empty reads {path, is}: every value at the path is missing, null, "" or [].
func (r *reading) empty(fields Object, s scope) Condition {
	r.checkNames("empty", fields, s)
	path, _ := r.path(fields, s, nil)
	holds := Node(Has{path, NotBlank{}})
	if r.flag(fields, "is", true, s) {
		holds = Complement(holds)
	}
	return r.whenMissing(fields, s, Condition{Path: path, Holds: holds, Present: Has{path, Present{}}})
}

// any reads {path, match, count}: an array has an element, or as many as count says, for which match holds.
func (r *reading) any(fields Object, s scope) Condition {
	r.checkNames("any", fields, s)
	count, sound := intRange{min: 1}, true
	if fields["count"] != nil {
		count, sound = r.intRange(fields["count"], s.in("count"))
	}
	path, ok := r.path(fields, s, OfKind{KindObject})
	inner := s.in("match").deeper()
	inner.base = path.under(s.base)
	if !ok {
		// The paths in match cannot be judged without this one; its other mistakes can.
		defer func(fields Fields) { r.Fields = fields }(r.Fields)
		r.Fields, inner.base = nil, MustPath(CustomField+".unknown")
	}
	var match Node
	if fields["match"] == nil {
		r.problem(inner, BadInput, "any needs a match; write the filter that one element must pass")
	} else {
		match = r.nested(fields["match"], inner)
	}
	if !sound {
		return r.whenMissing(fields, s, Condition{})
	}
	return r.whenMissing(fields, s, Condition{Path: path, Holds: count.of(Any{path, match}), Present: Any{path, Const(true)}})
}

// nested reads the match of an any, of which not too many may stand in each other: a query nests a few levels for each.
func (r *reading) nested(match any, inner scope) Node {
	r.anys++
	defer func() { r.anys-- }()
	if r.anys > MaxNestedAny {
		r.problem(inner, LimitExceeded, "any stands at most %d times in itself; name a deeper list by its path, as in orders.items", MaxNestedAny)
		return nil
	}
	return r.filter(match, inner)
}

// whenMissing applies the member whenMissing: it decides for contacts without a value that the condition sees.
func (r *reading) whenMissing(fields Object, s scope, c Condition) Condition {
	switch value := fields["whenMissing"]; value {
	case nil:
	case "MATCH":
		c.Holds = Disjunction(c.Holds, Complement(c.Present))
	case "NO_MATCH":
		if !impliesValue(c.Holds) {
			c.Holds = Conjunction(c.Holds, c.Present)
		}
	default:
		r.problem(s.in("whenMissing"), BadInput, "whenMissing is MATCH or NO_MATCH, not %s", describe(value))
	}
	return c
}

// impliesValue says whether the node, lowered from one condition, holds only where the condition sees a value.
func impliesValue(n Node) bool {
	switch n := n.(type) {
	case Has, Any:
		return true
	case Many:
		return n.Min > 0
	case And:
		return slices.ContainsFunc(n, impliesValue)
	default:
		return false
	}
}

// checkNames finds the members of a condition that there are not.
func (r *reading) checkNames(condition string, fields Object, s scope) {
	modifiers, operators := memberNamed(condition).Modifiers, operatorsOf(condition)
	var unknown []string
	for name := range fields {
		if !slices.Contains(modifiers, name) && !slices.ContainsFunc(operators, func(op Operator) bool { return op.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		r.unknownName(s.in(name), article(condition)+" condition", name, slices.Concat(modifiers, operatorNames(condition)))
	}
}

func article(condition string) string {
	if condition == "empty" || condition == "any" {
		return "an " + condition
	}
	return "a " + condition
}

func (r *reading) flag(fields Object, name string, otherwise bool, s scope) bool {
	switch v := fields[name].(type) {
	case nil:
		return otherwise
	case bool:
		return v
	default:
		r.problem(s.in(name), BadInput, "%s is true or false, not %s", name, describe(v))
		return otherwise
	}
}

func (r *reading) zone(fields Object, s scope) *time.Location {
	value := fields["timeZone"]
	if value == nil {
		return r.Zone
	}
	if name, ok := value.(string); ok {
		if zone, err := r.Zones.Parse(name); err == nil {
			return zone
		}
	}
	r.problem(s.in("timeZone"), BadInput, "%s is not a time zone; write an IANA name such as Europe/London", describe(value))
	return r.Zone
}
