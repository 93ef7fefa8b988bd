package filter

func textOperators() []Operator {
	at := func(where Place) func(*condition, any) Test {
		return func(c *condition, v any) Test { return NewTextMatch(where, c.text(v), c.ignoreCase) }
	}
	return of("text", "custom.plan", withComplements(
		Operator{Name: "equals", Operand: TextOperand, Example: Example{Operand: `"pro"`}, Meaning: "is the text", test: func(c *condition, v any) Test {
			return NewOneOf([]any{c.text(v)}, c.ignoreCase)
		}},
		Operator{Name: "in", Operand: TextListOperand, Example: Example{Operand: `["pro", "business"]`}, Meaning: "is one of the texts", test: testOneOfTexts},
		Operator{Name: "contains", Operand: TextOperand, Example: Example{Operand: `"pro"`}, Meaning: "has the text anywhere in it", test: at(Anywhere)},
		Operator{Name: "startsWith", Operand: TextOperand, Example: Example{Operand: `"pro"`}, Meaning: "begins with the text", test: at(AtStart)},
		Operator{Name: "endsWith", Operand: TextOperand, Example: Example{Operand: `"plus"`}, Meaning: "ends with the text", test: at(AtEnd)},
		Operator{Name: "matches", Operand: PatternOperand, Example: Example{Operand: `"^pro(fessional)?$"`}, Meaning: "has a match of the RE2 regular expression", test: func(_ *condition, v any) Test {
			return v.(Pattern)
		}},
	)...)
}

func numberOperators() []Operator {
	from := func(inclusive bool) func(*condition, any) Test {
		return func(_ *condition, v any) Test { return NumberRange{From: &NumberBound{v, inclusive}} }
	}
	to := func(inclusive bool) func(*condition, any) Test {
		return func(_ *condition, v any) Test { return NumberRange{To: &NumberBound{v, inclusive}} }
	}
	rows := withComplements(
		Operator{Name: "equals", Operand: NumberOperand, Example: Example{Operand: `5`}, Meaning: "is the number", test: testEquals},
		Operator{Name: "in", Operand: NumberListOperand, Example: Example{Operand: `[9, 10]`}, Meaning: "is one of the numbers", test: func(_ *condition, v any) Test {
			return NewOneOf(v.([]any), false)
		}},
	)
	return of("number", "custom.score", append(rows,
		Operator{Name: "gt", Operand: NumberOperand, Example: Example{Operand: `50`}, Meaning: "is greater than the number", test: from(false)},
		Operator{Name: "gte", Operand: NumberOperand, Example: Example{Operand: `50`}, Meaning: "is the number or greater", test: from(true)},
		Operator{Name: "lt", Operand: NumberOperand, Example: Example{Operand: `50`}, Meaning: "is less than the number", test: to(false)},
		Operator{Name: "lte", Operand: NumberOperand, Example: Example{Operand: `50`}, Meaning: "is the number or less", test: to(true)},
	)...)
}

func booleanOperators() []Operator {
	return of("boolean", "custom.churned",
		Operator{Name: "equals", Operand: BooleanOperand, Example: Example{Operand: `true`}, Meaning: "is the truth value", test: testEquals},
	)
}

func listOperators() []Operator {
	hasAny := func(c *condition, v any) Node { return Has{c.path, testOneOfTexts(c, v)} }
	return of("list", "tags",
		Operator{Name: "hasAny", Operand: TextListOperand, Example: Example{Operand: `["vip", "beta"]`}, Meaning: "has one of the texts, or more", rule: hasAny},
		Operator{Name: "hasAll", Operand: TextListOperand, Example: Example{Operand: `["vip", "beta"]`}, Meaning: "has every one of the texts", rule: func(c *condition, v any) Node {
			var each []Node
			for _, text := range v.([]any) {
				each = append(each, hasAny(c, []any{text}))
			}
			return Conjunction(each...)
		}},
		Operator{Name: "hasNone", Operand: TextListOperand, Negates: "hasAny", Example: Example{Operand: `["vip", "beta"]`}, Meaning: "has none of the texts", rule: func(c *condition, v any) Node {
			return Complement(hasAny(c, v))
		}},
		Operator{Name: "size", Operand: CountOperand, Example: Example{Operand: `{"min": 2, "max": 4}`}, Meaning: "has a number of texts in the range, both ends included; 0 where it is missing", rule: func(c *condition, v any) Node {
			return v.(intRange).of(Has{c.path, OfKind{KindText}})
		}},
	)
}

func geoOperators() []Operator {
	return of("geo", "custom.location",
		Operator{Name: "within", Operand: CircleOperand, Example: Example{Operand: `{"latitude": 51.5074, "longitude": -0.1278, "radiusKm": 25}`}, Meaning: "is within the circle on the earth", test: func(_ *condition, v any) Test {
			return v.(Within)
		}},
	)
}

func testEquals(_ *condition, v any) Test { return NewOneOf([]any{v}, false) }

func testOneOfTexts(c *condition, v any) Test {
	var texts []any
	for _, text := range v.([]any) {
		texts = append(texts, c.text(text))
	}
	return NewOneOf(texts, c.ignoreCase)
}
