package command_test

import "testing"

func TestFieldScenario(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) { play(t, serve(t, flags...), fieldSteps()) })
}

const dateOperators = `{"condition": "date", "name": "on", "operand": "DayOrInstant"}, {"condition": "date", "name": "notOn", "operand": "DayOrInstant"},
	{"condition": "date", "name": "before", "operand": "DayOrInstant"}, {"condition": "date", "name": "after", "operand": "DayOrInstant"},
	{"condition": "date", "name": "onOrBefore", "operand": "DayOrInstant"}, {"condition": "date", "name": "onOrAfter", "operand": "DayOrInstant"},
	{"condition": "date", "name": "between", "operand": "DayOrInstantRange"}, {"condition": "date", "name": "inLast", "operand": "TimeAmount"},
	{"condition": "date", "name": "notInLast", "operand": "TimeAmount"}, {"condition": "date", "name": "inNext", "operand": "TimeAmount"},
	{"condition": "date", "name": "moreThanAgo", "operand": "TimeAmount"}, {"condition": "date", "name": "moreThanAhead", "operand": "TimeAmount"},
	{"condition": "date", "name": "inCurrent", "operand": "CalendarUnit"}, {"condition": "date", "name": "inPrevious", "operand": "CalendarUnit"},
	{"condition": "date", "name": "inFollowing", "operand": "CalendarUnit"}, {"condition": "date", "name": "anniversary", "operand": "AnniversaryInput"},
	{"condition": "date", "name": "weekday", "operand": "[Weekday!]"}, {"condition": "date", "name": "month", "operand": "[Int!]"}`

func fieldSteps() []step {
	return []step{
		{
			"standard fields are there from the beginning",
			`{ fields { path type types } }`,
			``,
			`{"data": {"fields": [
				{"path": "email", "type": "TEXT", "types": ["TEXT"]}, {"path": "phone", "type": "TEXT", "types": ["TEXT"]},
				{"path": "firstName", "type": "TEXT", "types": ["TEXT"]}, {"path": "lastName", "type": "TEXT", "types": ["TEXT"]},
				{"path": "status", "type": "TEXT", "types": ["TEXT"]}, {"path": "subscribedAt", "type": "DATETIME", "types": ["DATETIME"]},
				{"path": "tags", "type": "TEXT", "types": ["TEXT", "LIST"]},
				{"path": "createdAt", "type": "DATETIME", "types": ["DATETIME"]}, {"path": "updatedAt", "type": "DATETIME", "types": ["DATETIME"]}]}}`,
		},
		{
			"a filter by a field that nobody has is refused",
			`{ previewSegment(filter: {date: {path: "custom.birthday", before: "2000-01-01"}}) { count } }`,
			``,
			`{"data": null, "errors": [{"message": "…custom.birthday…", "path": ["previewSegment"], "locations": "<>",
				"extensions": {"code": "UNKNOWN_FIELD", "path": ["filter", "date", "path"]}}]}`,
		},
		{
			"declare",
			`mutation { birthday: declareField(input: {path: "custom.birthday", type: DATE, label: "Birthday", description: "of the person"}) { field { path type types label description } }
				seen: declareField(input: {path: "custom.seen.at", type: DATETIME}) { field { path type types label description } }
				age: declareField(input: {path: "custom.age", type: NUMBER}) { field { path } } }`,
			``,
			`{"data": {"birthday": {"field": {"path": "custom.birthday", "type": "DATE", "types": [], "label": "Birthday", "description": "of the person"}},
				"seen": {"field": {"path": "custom.seen.at", "type": "DATETIME", "types": [], "label": null, "description": null}},
				"age": {"field": {"path": "custom.age"}}}}`,
		},
		{
			"fields by their paths, with how many have them",
			`{ age: field(path: "custom.age") { path type contactCount } status: field(path: "status") { type contactCount }
				never: field(path: "custom.never") { path } custom: field(path: "custom") { path } }`,
			``,
			`{"data": {"age": {"path": "custom.age", "type": "NUMBER", "contactCount": 0}, "status": {"type": "TEXT", "contactCount": 0}, "never": null, "custom": null}}`,
		},
		{
			"a declared field can be filtered by before anybody has it",
			`{ previewSegment(filter: {date: {path: "custom.birthday", before: "2000-01-01"}}) { count } }`,
			``,
			`{"data": {"previewSegment": {"count": 0}}}`,
		},
		{
			"text is read as the declared type, and written in its form",
			`mutation($i: CreateContactInput!) { createContact(input: $i) { contact { id custom at: value(path: "custom.seen.at") birthday: value(path: "custom.birthday") } } }`,
			`{"i": {"custom": {"birthday": "1999-12-31", "seen": {"at": "2026-03-01T10:00:00.1239+01:00"}, "age": "41.5", "loose": "2026-03-01", "mixed": [1, "x", null, true, {"deep": 1}]}}}`,
			`{"data": {"createContact": {"contact": {"id": "<id>", "at": "2026-03-01T09:00:00.123Z", "birthday": "1999-12-31", "custom":
				{"birthday": "1999-12-31", "seen": {"at": "2026-03-01T09:00:00.123Z"}, "age": 41.5, "loose": "2026-03-01", "mixed": [1, "x", null, true, {"deep": 1}]}}}}}`,
		},
		{
			"it has them now",
			`{ age: field(path: "custom.age") { types contactCount } status: field(path: "status") { contactCount } deep: field(path: "custom.mixed.deep") { contactCount }
				email: field(path: "email") { contactCount } }`,
			``,
			`{"data": {"age": {"types": ["NUMBER"], "contactCount": 1}, "status": {"contactCount": 1}, "deep": {"contactCount": 1}, "email": {"contactCount": 0}}}`,
		},
		{
			"values and ranges",
			`{ age: field(path: "custom.age") { mapLike values { value count } range { min max } } status: field(path: "status") { values(prefix: "pend") { value count } range { min } }
				birthday: field(path: "custom.birthday") { values { value } range { min max } } seen: field(path: "custom.seen.at") { range { min max } } }`,
			``,
			`{"data": {"age": {"mapLike": false, "values": [{"value": 41.5, "count": 1}], "range": {"min": 41.5, "max": 41.5}},
				"status": {"values": [{"value": "PENDING", "count": 1}], "range": null},
				"birthday": {"values": [], "range": {"min": "1999-12-31", "max": "1999-12-31"}},
				"seen": {"range": {"min": "2026-03-01T09:00:00.123Z", "max": "2026-03-01T09:00:00.123Z"}}}}`,
		},
		{
			"no more values than there may be",
			`{ field(path: "status") { values(first: 101) { value } } }`,
			``,
			`{"data": {"field": null}, "errors": [{"message": "…100 values…", "path": ["field", "values"], "locations": "<>",
				"extensions": {"code": "BAD_USER_INPUT", "path": ["first"]}}]}`,
		},
		{
			"nor of all fields at once",
			`{ fields { values { value } } }`,
			``,
			`{"data": null, "errors": [{"message": "…complexity…", "extensions": {"code": "LIMIT_EXCEEDED"}}]}`,
		},
		{
			"it is so when it is read again",
			`{ contact(id: "<id>") { custom } previewSegment(filter: {and: [{date: {path: "custom.birthday", before: "2000-01-01"}}, {date: {path: "custom.seen.at", on: "2026-03-01T09:00:00.123Z"}}, {number: {path: "custom.age", gt: 41}}]}) { count } }`,
			``,
			`{"data": {"contact": {"custom": {"birthday": "1999-12-31", "seen": {"at": "2026-03-01T09:00:00.123Z"}, "age": 41.5, "loose": "2026-03-01", "mixed": [1, "x", null, true, {"deep": 1}]}},
				"previewSegment": {"count": 1}}}`,
		},
		{
			"what is not of the declared type is refused",
			`mutation { createContact(input: {custom: {birthday: "1999-02-30"}}) { contact { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "…1999-02-30…", "path": ["createContact"], "locations": "<>",
				"extensions": {"code": "BAD_USER_INPUT", "path": ["input", "custom", "birthday"]}}]}`,
		},
		{
			"what is not of the declared type is refused, deep down and in an update",
			`mutation { updateContact(input: {id: "<id>", custom: {seen: {at: true}}}) { contact { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "…DATETIME…", "path": ["updateContact"], "locations": "<>",
				"extensions": {"code": "BAD_USER_INPUT", "path": ["input", "custom", "seen", "at"]}}]}`,
		},
		{
			"fields appear when contacts have them, with the types of their values",
			`{ fields(search: "CUSTOM.") { path type types label } birth: fields(search: "birthd") { path } }`,
			``,
			`{"data": {"fields": [
				{"path": "custom.age", "type": "NUMBER", "types": ["NUMBER"], "label": null},
				{"path": "custom.birthday", "type": "DATE", "types": ["DATE"], "label": "Birthday"},
				{"path": "custom.loose", "type": null, "types": ["TEXT"], "label": null},
				{"path": "custom.mixed", "type": null, "types": ["NULL", "NUMBER", "TEXT", "OBJECT", "LIST", "BOOLEAN"], "label": null},
				{"path": "custom.mixed.deep", "type": null, "types": ["NUMBER"], "label": null},
				{"path": "custom.seen", "type": null, "types": ["OBJECT"], "label": null},
				{"path": "custom.seen.at", "type": "DATETIME", "types": ["DATETIME"], "label": null}],
				"birth": [{"path": "custom.birthday"}]}}`,
		},
		{
			"the operators that can be asked of a field",
			`{ fields(search: "seen") { path operators { condition name operand } } tags: fields(search: "tags") { operators { name operand } }
				age: fields(search: "custom.age") { operators { name negates meaning } } }`,
			``,
			`{"data": {"fields": [
				{"path": "custom.seen", "operators": [{"condition": "empty", "name": "is", "operand": "Boolean"}, {"condition": "geo", "name": "within", "operand": "GeoCircle"}]},
				{"path": "custom.seen.at", "operators": [` + dateOperators + `, {"condition": "empty", "name": "is", "operand": "Boolean"}]}],
				"tags": [{"operators": [
					{"name": "equals", "operand": "String"}, {"name": "notEquals", "operand": "String"}, {"name": "in", "operand": "[String!]"}, {"name": "notIn", "operand": "[String!]"},
					{"name": "contains", "operand": "String"}, {"name": "notContains", "operand": "String"}, {"name": "startsWith", "operand": "String"}, {"name": "notStartsWith", "operand": "String"},
					{"name": "endsWith", "operand": "String"}, {"name": "notEndsWith", "operand": "String"}, {"name": "matches", "operand": "String"}, {"name": "notMatches", "operand": "String"},
					{"name": "hasAny", "operand": "[String!]"}, {"name": "hasAll", "operand": "[String!]"}, {"name": "hasNone", "operand": "[String!]"}, {"name": "size", "operand": "IntRange"},
					{"name": "is", "operand": "Boolean"}]}],
				"age": [{"operators": [
					{"name": "equals", "negates": null, "meaning": "is the number"}, {"name": "notEquals", "negates": "equals", "meaning": "no value is the number"},
					{"name": "in", "negates": null, "meaning": "…"}, {"name": "notIn", "negates": "in", "meaning": "…"},
					{"name": "gt", "negates": null, "meaning": "…"}, {"name": "gte", "negates": null, "meaning": "…"},
					{"name": "lt", "negates": null, "meaning": "…"}, {"name": "lte", "negates": null, "meaning": "…"}, {"name": "is", "negates": null, "meaning": "…"}]}]}}`,
		},
		{
			"standard fields and types that are none cannot be declared",
			`mutation { a: declareField(input: {path: "email", type: TEXT}) { field { path } } }`,
			``,
			`{"data": null, "errors": [{"message": "…standard field…", "path": ["a"], "locations": "<>",
				"extensions": {"code": "BAD_USER_INPUT", "path": ["input", "path"]}}]}`,
		},
		{
			"lists and objects are found, not declared",
			`mutation { a: declareField(input: {path: "custom.x", type: LIST}) { field { path } } }`,
			``,
			`{"data": null, "errors": [{"message": "…TEXT, NUMBER…", "path": ["a"], "locations": "<>",
				"extensions": {"code": "BAD_USER_INPUT", "path": ["input", "type"]}}]}`,
		},
	}
}
