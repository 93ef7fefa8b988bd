package filter

import "slices"

// Operator is one row of the operator table: everything the language knows of one operator.
type Operator struct {
	Condition string // the member of FilterInput in which it stands: text, number …
	Name      string
	Operand   Operand
	Negates   string // of a negative operator: the positive one of which it is the complement
	Meaning   string

	// One of the two lowers an operand that was read. A test is asked of one value: all positive tests of a
	// condition must pass for the same one. A rule is asked of the contact.
	test func(c *condition, operand any) Test
	rule func(c *condition, operand any) Node
}

// operators is the operator table; it is never changed.
var operators = slices.Concat(textOperators(), numberOperators(), booleanOperators(), listOperators(), dateOperators())

// Operators returns the operator table.
func Operators() []Operator { return slices.Clone(operators) }

// operatorsOf returns the rows of one condition.
func operatorsOf(condition string) []Operator {
	return slices.Collect(func(yield func(Operator) bool) {
		for _, op := range operators {
			if op.Condition == condition && !yield(op) {
				return
			}
		}
	})
}

func textOperators() []Operator {
	at := func(where Place) func(*condition, any) Test {
		return func(c *condition, v any) Test { return NewTextMatch(where, c.text(v), c.ignoreCase) }
	}
	return withComplements("text", []Operator{
		{Name: "equals", Operand: TextOperand, Meaning: "is the text", test: func(c *condition, v any) Test {
			return NewOneOf([]any{c.text(v)}, c.ignoreCase)
		}},
		{Name: "in", Operand: TextListOperand, Meaning: "is one of the texts", test: testOneOfTexts},
		{Name: "contains", Operand: TextOperand, Meaning: "has the text anywhere in it", test: at(Anywhere)},
		{Name: "startsWith", Operand: TextOperand, Meaning: "begins with the text", test: at(AtStart)},
		{Name: "endsWith", Operand: TextOperand, Meaning: "ends with the text", test: at(AtEnd)},
		{Name: "matches", Operand: PatternOperand, Meaning: "has a match of the RE2 regular expression", test: func(_ *condition, v any) Test {
			return v.(Pattern)
		}},
	})
}

func numberOperators() []Operator {
	from := func(inclusive bool) func(*condition, any) Test {
		return func(_ *condition, v any) Test { return NumberRange{From: &NumberBound{v, inclusive}} }
	}
	to := func(inclusive bool) func(*condition, any) Test {
		return func(_ *condition, v any) Test { return NumberRange{To: &NumberBound{v, inclusive}} }
	}
	equality := withComplements("number", []Operator{
		{Name: "equals", Operand: NumberOperand, Meaning: "is the number", test: testEquals},
		{Name: "in", Operand: NumberListOperand, Meaning: "is one of the numbers", test: func(_ *condition, v any) Test {
			return NewOneOf(v.([]any), false)
		}},
	})
	return append(equality,
		Operator{Condition: "number", Name: "gt", Operand: NumberOperand, Meaning: "is greater than the number", test: from(false)},
		Operator{Condition: "number", Name: "gte", Operand: NumberOperand, Meaning: "is the number or greater", test: from(true)},
		Operator{Condition: "number", Name: "lt", Operand: NumberOperand, Meaning: "is less than the number", test: to(false)},
		Operator{Condition: "number", Name: "lte", Operand: NumberOperand, Meaning: "is the number or less", test: to(true)},
	)
}

func booleanOperators() []Operator {
	return []Operator{{Condition: "boolean", Name: "equals", Operand: BooleanOperand, Meaning: "is the truth value", test: testEquals}}
}

func listOperators() []Operator {
	hasAny := func(c *condition, v any) Node { return Has{c.path, testOneOfTexts(c, v)} }
	return []Operator{
		{Condition: "list", Name: "hasAny", Operand: TextListOperand, Meaning: "has one of the texts, or more", rule: hasAny},
		{Condition: "list", Name: "hasAll", Operand: TextListOperand, Meaning: "has every one of the texts", rule: func(c *condition, v any) Node {
			var each []Node
			for _, text := range v.([]any) {
				each = append(each, hasAny(c, []any{text}))
			}
			return Conjunction(each...)
		}},
		{Condition: "list", Name: "hasNone", Operand: TextListOperand, Negates: "hasAny", Meaning: "has none of the texts", rule: func(c *condition, v any) Node {
			return Complement(hasAny(c, v))
		}},
	}
}

func dateOperators() []Operator {
	span := func(bounds func(c *condition, m Moment) DateRange) func(*condition, any) Test {
		return func(c *condition, v any) Test { return bounds(c, v.(Moment)) }
	}
	onOrAfter := func(c *condition, m Moment) DateRange { return m.begin(c.zone).andLater() }
	before := func(c *condition, m Moment) DateRange { return m.begin(c.zone).andEarlier() }
	on := withComplements("date", []Operator{
		{Name: "on", Operand: MomentOperand, Meaning: "is on the day, or at the instant", test: span(func(c *condition, m Moment) DateRange {
			return m.begin(c.zone).andLater().intersect(m.end(c.zone).andEarlier())
		})},
	})
	return append(on,
		Operator{Condition: "date", Name: "before", Operand: MomentOperand, Meaning: "is before the day or instant", test: span(before)},
		Operator{Condition: "date", Name: "after", Operand: MomentOperand, Meaning: "is after the day or instant", test: span(func(c *condition, m Moment) DateRange {
			return m.end(c.zone).andLater()
		})},
		Operator{Condition: "date", Name: "onOrBefore", Operand: MomentOperand, Meaning: "is on the day or instant, or before", test: span(func(c *condition, m Moment) DateRange {
			return m.end(c.zone).andEarlier()
		})},
		Operator{Condition: "date", Name: "onOrAfter", Operand: MomentOperand, Meaning: "is on the day or instant, or after", test: span(onOrAfter)},
		Operator{Condition: "date", Name: "between", Operand: MomentRangeOperand, Meaning: "is within the days, both included, or within the instants, the last excluded", test: func(c *condition, v any) Test {
			r := v.(momentRange)
			to := r.to.begin(c.zone)
			if r.to.isDay {
				to = r.to.end(c.zone)
			}
			return onOrAfter(c, r.from).intersect(to.andEarlier())
		}},
	)
}

// withComplements adds to each positive operator its negative: equals → notEquals.
func withComplements(condition string, positives []Operator) []Operator {
	var both []Operator
	for _, op := range positives {
		op.Condition = condition
		negative := op
		negative.Name, negative.Negates = negativeName(op.Name), op.Name
		negative.Meaning = "no value " + op.Meaning
		both = append(both, op, negative)
	}
	return both
}

func negativeName(positive string) string {
	return "not" + string(positive[0]-'a'+'A') + positive[1:]
}

func testEquals(_ *condition, v any) Test { return NewOneOf([]any{v}, false) }

func testOneOfTexts(c *condition, v any) Test {
	var texts []any
	for _, text := range v.([]any) {
		texts = append(texts, c.text(text))
	}
	return NewOneOf(texts, c.ignoreCase)
}
