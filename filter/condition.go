package filter

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// condition is one condition while it is lowered.
type condition struct {
	path       Path
	kinds      OfKind
	ignoreCase bool
	zone       *time.Location
	isEmail    bool
}

// text returns a text operand in the form in which the field is stored.
func (c *condition) text(operand any) string {
	if c.isEmail {
		return NormaliseEmail(operand.(string))
	}
	return operand.(string)
}

// NormaliseEmail returns the form in which addresses are stored and compared.
func NormaliseEmail(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// conditionKinds are the kinds of values that the conditions with operators see.
func conditionKinds(condition string) OfKind {
	switch condition {
	case "text", "list":
		return OfKind{KindText}
	case "number":
		return OfKind{KindNumber}
	case "boolean":
		return OfKind{KindBoolean}
	case "date":
		return OfKind{KindDate, KindDateTime}
	}
	return nil
}

// modifiers are the members of a condition beside its operators.
func modifiers(condition string) []string {
	common := []string{"path", "whenMissing"}
	switch condition {
	case "text", "list":
		return append(common, "ignoreCase")
	case "date":
		return append(common, "timeZone")
	case "empty":
		return append(common, "is")
	case "any":
		return append(common, "match")
	}
	return common
}

// condition reads a condition with operators.
func (r *reading) condition(name string, fields Object, s scope) Condition {
	operators := operatorsOf(name)
	names := make([]string, len(operators))
	for i, op := range operators {
		names[i] = op.Name
	}
	r.checkNames(name, fields, s, names)
	kinds := conditionKinds(name)
	path, _ := r.path(fields, s, kinds)
	c := &condition{
		path: path, kinds: kinds, zone: r.zone(fields, s),
		ignoreCase: r.flag(fields, "ignoreCase", false, s),
		isEmail:    path.text == "email" && s.base.text == "",
	}
	var tests AllOf // positive: all of them of one value
	var holds []Node
	some := false
	for _, op := range operators {
		value := fields[op.Name]
		if value == nil {
			continue
		}
		some = true
		operand, ok := op.Operand.read(r, value, s.in(op.Name))
		if !ok {
			continue
		}
		r.checkEnumeration(path, op, operand, s.in(op.Name))
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
		r.problem(s, BadInput, "a %s condition needs an operator; set one or more of %s", name, strings.Join(names, ", "))
		return Condition{}
	}
	if len(tests) > 0 {
		holds = slices.Insert(holds, 0, Node(Has{path, together(tests)}))
	}
	return r.whenMissing(fields, s, Condition{Path: path, Holds: Conjunction(holds...), Present: Has{path, kinds}})
}

// checkEnumeration refuses to compare a field of few possible values with any other: a misspelt value would
// match nobody, or with a negative operator everybody.
func (r *reading) checkEnumeration(path Path, op Operator, operand any, s scope) {
	standard, _ := path.Standard()
	positive := op.Name
	if op.Negates != "" {
		positive = op.Negates
	}
	if s.base.text != "" || len(standard.Values) == 0 || (positive != "equals" && positive != "in") {
		return
	}
	values, isList := operand.([]any)
	if !isList {
		values = []any{operand}
	}
	for _, v := range values {
		if !slices.Contains(standard.Values, v.(string)) {
			r.problem(s, BadInput, "%s is never %s; it is one of %s", path, describe(v), strings.Join(standard.Values, ", "))
		}
	}
}

// together joins tests of one value, and ranges among them into one range.
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
	r.checkNames("empty", fields, s, nil)
	path, _ := r.path(fields, s, nil)
	holds := Node(Has{path, NotBlank{}})
	if r.flag(fields, "is", true, s) {
		holds = Complement(holds)
	}
	return r.whenMissing(fields, s, Condition{Path: path, Holds: holds, Present: Has{path, Present{}}})
}

// any reads {path, match}: an array has an element for which match holds.
func (r *reading) any(fields Object, s scope) Condition {
	r.checkNames("any", fields, s, nil)
	path, ok := r.path(fields, s, OfKind{KindObject})
	inner := s.in("match").deeper()
	inner.base = path.under(s.base)
	if !ok {
		// The paths in match cannot be judged without this one; its other mistakes can.
		defer func(fields Fields) { r.Fields = fields }(r.Fields)
		r.Fields, inner.base = nil, MustPath(CustomField+".unknown")
	}
	if fields["match"] == nil {
		r.problem(inner, BadInput, "any needs a match; write the filter that one element must pass")
		return Condition{}
	}
	match := r.filter(fields["match"], inner)
	return r.whenMissing(fields, s, Condition{Path: path, Holds: Any{path, match}, Present: Any{path, Const(true)}})
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
	case And:
		return slices.ContainsFunc(n, impliesValue)
	default:
		return false
	}
}

func (r *reading) checkNames(condition string, fields Object, s scope, operators []string) {
	known := slices.Concat(modifiers(condition), operators)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, name) {
			r.unknownName(s.in(name), article(condition)+" condition", name, known)
		}
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
	switch name := fields["timeZone"].(type) {
	case nil:
		return r.Zone
	case string:
		// LoadLocation also takes "" and "Local", which mean something else on every machine.
		if zone, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
			return zone
		}
	}
	r.problem(s.in("timeZone"), BadInput, "%s is not a time zone; write an IANA name such as Europe/London", describe(fields["timeZone"]))
	return r.Zone
}
