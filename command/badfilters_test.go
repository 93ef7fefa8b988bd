package command_test

import (
	"strings"
	"testing"
)

func TestBadFilters(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		load(t, s, people)
		checkBadInputs(t, s, badFilters())
	})
}

func badFilters() []badInput {
	const (
		create   = `mutation($i: CreateSegmentInput!) { createSegment(input: $i) { segment { id } } }`
		contacts = `query($f: FilterInput) { contacts(filter: $f) { totalCount } }`
		// Three mistakes of three kinds, and one sound condition.
		threeLiteral  = `{and: [{text: {path: "email", equals: "x"}}, {text: {path: "custom.plann", equals: "pro"}}, {text: {path: "email", matches: "("}}, {not: {number: {path: "custom.age"}}}]}`
		threeVariable = `{"and": [{"text": {"path": "email", "equals": "x"}}, {"text": {"path": "custom.plann", "equals": "pro"}}, {"text": {"path": "email", "matches": "("}}, {"not": {"number": {"path": "custom.age"}}}]}`
	)
	three := func(at string) string {
		return "[" + strings.Join([]string{
			mistake("UNKNOWN_FIELD", at+`"and", 1, "text", "path"`, "…did you mean custom.plan?…"),
			mistake("BAD_USER_INPUT", at+`"and", 2, "text", "matches"`, "…RE2…"),
			mistake("BAD_USER_INPUT", at+`"and", 3, "not", "number"`, "…needs an operator…"),
		}, ",") + "]"
	}
	inInput, inFilter := `"input", "filter", `, `"filter", `
	return []badInput{
		{
			"an unknown field, in a literal", `{ previewSegment(filter: {text: {path: "custom.plann", equals: "pro"}}) { count } }`, "", 200,
			"[" + mistake("UNKNOWN_FIELD", inFilter+`"text", "path"`, "…did you mean custom.plan?…") + "]",
		},
		{
			"an unknown field, in a variable", contacts, `{"f": {"text": {"path": "custom.plann", "equals": "pro"}}}`, 200,
			"[" + mistake("UNKNOWN_FIELD", inFilter+`"text", "path"`, "…did you mean custom.plan?…") + "]",
		},
		{
			"a field that resembles none", contacts, `{"f": {"text": {"path": "custom.favouriteColour", "equals": "red"}}}`, 200,
			"[" + mistake("UNKNOWN_FIELD", inFilter+`"text", "path"`, "…custom.favouriteColour…") + "]",
		},
		{"several mistakes, in a literal", `mutation { createSegment(input: {name: "x", filter: ` + threeLiteral + `}) { segment { id } } }`, "", 200, three(inInput)},
		{"several mistakes, in a variable", create, `{"i": {"name": "x", "filter": ` + threeVariable + `}}`, 200, three(inInput)},
		{"several mistakes, in a variable within a literal", `mutation($f: FilterInput!) { createSegment(input: {name: "x", filter: $f}) { segment { id } } }`, `{"f": ` + threeVariable + `}`, 200, three(inInput)},
		{"several mistakes, in an update", `mutation { updateSegment(input: {id: "seg_0", filter: ` + threeLiteral + `}) { segment { id } } }`, "", 200, three(inInput)},
		{"several mistakes, in a preview", `{ previewSegment(filter: ` + threeLiteral + `) { count } }`, "", 200, three(inFilter)},
		{"several mistakes, in what is to be explained", `{ explainFilter(filter: ` + threeLiteral + `) { matching } }`, "", 200, three(inFilter)},
		{"several mistakes, in a list", `{ contacts(filter: ` + threeLiteral + `) { totalCount } }`, "", 200, three(inFilter)},
		{
			"operands of dates, lists and circles in variables", create,
			`{"i": {"name": "x", "filter": {"and": [{"date": {"path": "createdAt", "inLast": {"amount": 0, "unit": "days"}}}, {"date": {"path": "createdAt", "weekday": ["monday"], "month": [13]}},
				{"date": {"path": "createdAt", "anniversary": {"month": 2, "day": 30}}}, {"list": {"path": "tags", "size": {}}}, {"geo": {"path": "email", "within": {"latitude": 91, "longitude": 0, "radiusKm": 1}}},
				{"segment": {"id": "seg_0"}}]}}}`, 422,
			"[" + strings.Join([]string{
				mistake("BAD_USER_INPUT", inInput+`"and", 0, "date", "inLast", "amount"`, "…from 1 to 100000…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 0, "date", "inLast", "unit"`, "…MINUTE, HOUR, DAY…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 1, "date", "weekday", 0`, "…MONDAY…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 1, "date", "month", 0`, "…from 1 to 12…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 2, "date", "anniversary", "day"`, "…from 1 to 29…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 3, "list", "size"`, "…min, max or both…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 4, "geo", "path"`, "…email holds TEXT…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 4, "geo", "within", "latitude"`, "…from -90 to 90…"),
				mistake("NOT_FOUND", inInput+`"and", 5, "segment", "id"`, "…there is no segment with the ID…"),
			}, ",") + "]",
		},
		{
			"wrong types in operands in variables", contacts,
			`{"f": {"or": [{"date": {"path": "createdAt", "inLast": {"amount": "7", "unit": "DAY"}}}, {"date": {"path": "createdAt", "anniversary": 5}}, {"any": {"path": "custom.age", "match": {"segment": {"id": 5}}, "count": "3"}}]}}`, 0,
			"[" + strings.Join([]string{
				mistake("BAD_USER_INPUT", inFilter+`"or", 0, "date", "inLast", "amount"`, "…a whole number…"),
				mistake("BAD_USER_INPUT", inFilter+`"or", 1, "date", "anniversary"`, "…{inNext, inLast, month, day}…"),
				mistake("BAD_USER_INPUT", inFilter+`"or", 2, "any", "count"`, "…{min, max}…"),
				mistake("BAD_USER_INPUT", inFilter+`"or", 2, "any", "match", "segment", "id"`, "…id of a segment…"),
			}, ",") + "]",
		},
		{
			"wrong types in variables, with other mistakes", create,
			`{"i": {"name": "x", "filter": {"and": [{"number": {"path": "custom.age", "gt": "old"}}, {"text": {"path": "custom.plann", "equals": "pro"}}, {"text": {"path": "email", "in": [1, {"a": 1}]}}, {"boolean": {"path": "custom.plan", "equals": 1}}, 5]}}}`, 0,
			"[" + strings.Join([]string{
				mistake("BAD_USER_INPUT", inInput+`"and", 0, "number", "gt"`, "…a number…"),
				mistake("UNKNOWN_FIELD", inInput+`"and", 1, "text", "path"`, "…did you mean custom.plan?…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 2, "text", "in", 0`, "…a text…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 2, "text", "in", 1`, "…a text…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 3, "boolean", "equals"`, "…true or false…"),
				mistake("BAD_USER_INPUT", inInput+`"and", 4`, "…object…"),
			}, ",") + "]",
		},
		{
			"a mistake in a variable that is a part of a filter", `query($f: FilterInput!) { contacts(filter: {or: [{and: []}, $f]}) { totalCount } }`, `{"f": {"not": {"text": {"path": "email", "equals": "x", "matches": "("}}}}`, 200,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"or", 1, "not", "text", "matches"`, "…RE2…") + "]",
		},
		{
			"a wrong type in a variable that is a part of a filter", `query($f: FilterInput!) { contacts(filter: {or: [{and: []}, $f]}) { totalCount } }`, `{"f": {"not": {"text": {"path": "email", "equals": {}}}}}`, 0,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"or", 1, "not", "text", "equals"`, "…a text…") + "]",
		},
		{
			"an operand that is not given", `query($e: String) { contacts(filter: {text: {path: "email", equals: $e}}) { totalCount } }`, `{}`, 200,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"text"`, "…needs an operator…") + "]",
		},
		{
			"two members, in a variable", contacts, `{"f": {"and": [{"text": {"path": "email", "equals": "x"}, "number": {"path": "custom.age", "gt": 1}}]}}`, 200,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"and", 0`, "…exactly one member…") + "]",
		},
		{
			"no member, in a variable", contacts, `{"f": {"not": {}}}`, 200,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"not"`, "…one member…") + "]",
		},
		{
			"a member that is null, in a variable", contacts, `{"f": {"and": null}}`, 200,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"and"`, "…must not be null…") + "]",
		},
		{
			"two members, in a literal", `{ contacts(filter: {text: {path: "email", equals: "x"}, and: []}) { totalCount } }`, "", 422,
			"[" + mistake("BAD_USER_INPUT", "", "…exactly one…") + "]",
		},
		{
			"an unknown member, in a variable", contacts, `{"f": {"and": [{"txt": {"path": "email", "equals": "x"}}]}}`, 0,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"and", 0, "txt"`, "…did you mean text?…") + "]",
		},
		{
			"an unknown operator, in a variable", contacts, `{"f": {"text": {"path": "email", "equal": "x"}}}`, 0,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"text", "equal"`, "…did you mean equals?…") + "," + mistake("BAD_USER_INPUT", inFilter+`"text"`, "…needs an operator…") + "]",
		},
		{
			"a condition for another type", contacts, `{"f": {"number": {"path": "email", "gt": 1}}}`, 200,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"number", "path"`, "…email holds TEXT…") + "]",
		},
		{
			"a day that there is not", contacts, `{"f": {"date": {"path": "createdAt", "on": "2026-02-30"}}}`, 200,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"date", "on"`, "…2026-02-30…") + "]",
		},
		{
			"a status that there is not", contacts, `{"f": {"text": {"path": "status", "equals": "subscribed"}}}`, 200,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"text", "equals"`, "…SUBSCRIBED…") + "]",
		},
		{
			"a number that cannot be kept exactly, in a variable", contacts, `{"f": {"number": {"path": "custom.age", "gt": 99999999999999999999}}}`, 200,
			"[" + mistake("BAD_USER_INPUT", inFilter+`"number", "gt"`, "…kept exactly…") + "]",
		},
		{
			"nested too deep, in a variable", contacts, `{"f": ` + strings.Repeat(`{"not": `, 9_000) + `{"and": []}` + strings.Repeat("}", 9_000) + `}`, 200,
			"[" + mistake("LIMIT_EXCEEDED", inFilter+strings.TrimSuffix(strings.Repeat(`"not",`, 20), ","), "…deeper than 20…") + "]",
		},
		{
			"nested too deep, in a literal", `{ contacts(filter: ` + strings.Repeat(`{not: `, 30) + `{and: []}` + strings.Repeat("}", 30) + `) { totalCount } }`, "", 200,
			"[" + mistake("LIMIT_EXCEEDED", inFilter+strings.TrimSuffix(strings.Repeat(`"not",`, 20), ","), "…deeper than 20…") + "]",
		},
		{
			"nested far too deep, in a literal", `{ contacts(filter: ` + strings.Repeat(`{not: `, 9_000) + `{and: []}` + strings.Repeat("}", 9_000) + `) { totalCount } }`, "", 422,
			"[" + mistake("LIMIT_EXCEEDED", "", "…depth…") + "]",
		},
		{
			"too many conditions", contacts, `{"f": {"or": [` + strings.TrimSuffix(strings.Repeat(`{"empty": {"path": "email"}},`, 501), ",") + `]}}`, 200,
			"[" + mistake("LIMIT_EXCEEDED", inFilter+`"or", 500, "empty"`, "…more than 500 conditions…") + "]",
		},
		{
			"too long a pattern", contacts, `{"f": {"text": {"path": "email", "matches": "` + strings.Repeat("a", 257) + `"}}}`, 200,
			"[" + mistake("LIMIT_EXCEEDED", inFilter+`"text", "matches"`, "…256…") + "]",
		},
	}
}
