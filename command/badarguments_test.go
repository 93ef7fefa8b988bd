package command_test

import (
	"strings"
	"testing"
)

func TestBadArguments(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		load(t, s, people)
		checkBadInputs(t, s, badArguments(t, s))
	})
}

func badArguments(t *testing.T, s *server) []badInput {
	t.Helper()
	cursor := pageOf(t, s, `[{path: "email"}]`, "first: 1").PageInfo.EndCursor
	const contacts = `query($o: [ContactOrder!], $n: Int, $a: String) { contacts(orderBy: $o, first: $n, after: $a) { totalCount } }`
	one := func(code, path, message string) string { return "[" + mistake(code, path, message) + "]" }
	return []badInput{
		{"a broken cursor", `{ contacts(after: "xyz") { totalCount } }`, "", 200, one("BAD_USER_INPUT", `"after"`, "…cursor…")},
		{"a broken cursor before", `{ contacts(before: "e30") { totalCount } }`, "", 200, one("BAD_USER_INPUT", `"before"`, "…cursor…")},
		{"a broken cursor of segments", `{ segments(after: "xyz") { totalCount } }`, "", 200, one("BAD_USER_INPUT", `"after"`, "…cursor…")},
		{"a cursor of another order", contacts, `{"a": "` + cursor + `", "o": [{"path": "email", "direction": "DESC"}]}`, 200, one("BAD_USER_INPUT", `"after"`, "…same orderBy…")},
		{"a cursor of another list", `{ segments(after: "` + cursor + `") { totalCount } }`, "", 200, one("BAD_USER_INPUT", `"after"`, "…cursor…")},
		{"a negative first", contacts, `{"n": -1}`, 200, one("BAD_USER_INPUT", `"first"`, "…negative…")},
		{"a negative first, in a literal", `{ contacts(first: -1) { totalCount } }`, "", 200, one("BAD_USER_INPUT", `"first"`, "…negative…")},
		{"a negative last", `{ contacts(last: -1) { totalCount } }`, "", 200, one("BAD_USER_INPUT", `"last"`, "…negative…")},
		{"a first that is too large", `{ contacts(first: 5000) { totalCount } }`, "", 200, one("LIMIT_EXCEEDED", `"first"`, "…1000…")},
		{"a first that is no Int", contacts, `{"n": 9000000000}`, 200, one("BAD_USER_INPUT", `"first"`, "…32-bit…")},
		{"first with last", `{ contacts(first: 5, last: 5) { totalCount } }`, "", 200, one("BAD_USER_INPUT", `"last"`, "…first and last…")},
		{
			"several at once", `{ contacts(first: -1, filter: {text: {path: "email", matches: "("}}, search: "a b c d e f g h i j k") { totalCount } }`, "", 200,
			"[" + strings.Join([]string{
				mistake("BAD_USER_INPUT", `"filter", "text", "matches"`, "…RE2…"), mistake("LIMIT_EXCEEDED", `"search"`, "…10 words…"),
				mistake("BAD_USER_INPUT", `"first"`, "…negative…"),
			}, ",") + "]",
		},
		{"a sort by a list", `{ contacts(orderBy: [{path: "email"}, {path: "tags"}]) { totalCount } }`, "", 200, one("BAD_USER_INPUT", `"orderBy", 1, "path"`, "…list…")},
		{"a sort by what is no field", `{ contacts(orderBy: {path: "plan"}) { totalCount } }`, "", 200, one("UNKNOWN_FIELD", `"orderBy", 0, "path"`, "…custom.plan…")},
		{"a lower-case enum value in a variable", contacts, `{"o": [{"path": "email", "direction": "desc"}]}`, 200, one("BAD_USER_INPUT", `"orderBy", 0, "direction"`, "…desc…")},
		{"a lower-case enum value in an input", `mutation($i: CreateContactInput!) { createContact(input: $i) { contact { id } } }`, `{"i": {"status": "pending"}}`, 200, one("BAD_USER_INPUT", `"input", "status"`, "…pending…")},
		{"an instant that is none", `mutation { createContact(input: {subscribedAt: "yesterday"}) { contact { id } } }`, "", 200, one("BAD_USER_INPUT", `"input", "subscribedAt"`, "…yesterday…")},
		{"a path that is none", `{ contact(email: "ada@example.com") { value(path: "custom..x") } }`, "", 200, one("BAD_USER_INPUT", `"path"`, "…custom..x…")},
		{"custom fields that are no object", `mutation { createContact(input: {custom: [1]}) { contact { id } } }`, "", 200, one("BAD_USER_INPUT", `"input", "custom"`, "…object…")},
		{"a key with a dollar", `mutation($c: JSON) { createContact(input: {custom: $c}) { contact { id } } }`, `{"c": {"a": {"$gt": 1}}}`, 200, one("BAD_USER_INPUT", `"input", "custom", "a", "$gt"`, "…$gt…")},
		{"a key with a dot", `mutation($c: JSON) { createContact(input: {custom: $c}) { contact { id } } }`, `{"c": {"a.b": 1}}`, 200, one("BAD_USER_INPUT", `"input", "custom", "a.b"`, "…a.b…")},
		{"an input field that there is not", `mutation($i: CreateContactInput!) { createContact(input: $i) { contact { id } } }`, `{"i": {"emial": "x"}}`, 422, `[{"code": "BAD_USER_INPUT", "message": "…", "path": "<>"}]`},
		{"a variable that is missing", `mutation($i: CreateContactInput!) { createContact(input: $i) { contact { id } } }`, "", 422, `[{"code": "BAD_USER_INPUT", "message": "…", "path": "<>"}]`},
		{"neither id nor email", `{ contact { id } }`, "", 200, one("BAD_USER_INPUT", "", "…id or the email…")},
		{"both id and email", `{ contact(id: "con_0", email: "x") { id } }`, "", 200, one("BAD_USER_INPUT", "", "…not both…")},
		{"too many nodes", `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, `{"ids": [` + strings.TrimSuffix(strings.Repeat(`"x",`, 101), ",") + `]}`, 200, one("LIMIT_EXCEEDED", `"ids"`, "…100…")},
		{"too large a sample", `{ previewSegment(filter: {and: []}) { sample(first: 101) { id } } }`, "", 200, one("BAD_USER_INPUT", `"first"`, "…100…")},
		{"an unknown query field", `{ nothing }`, "", 422, one("BAD_USER_INPUT", "", "…nothing…")},
		{"a query that is not closed", `{ contacts { nodes { id }`, "", 422, one("BAD_USER_INPUT", "", "…")},
		{"no operation of that many", `query a { __typename } query b { __typename }`, "", 422, one("BAD_USER_INPUT", "", "…")},
		{"a query that is too complex", `{ contacts(first: 1000) { nodes { segments(first: 1000) { nodes { id name } } } } }`, "", 0, one("LIMIT_EXCEEDED", "", "…complexity…")},
		{"a negative first does not make it simple", `{ contacts(first: 1000) { a: nodes { segments(first: 1000) { nodes { id name } } } } b: contacts(first: -900000) { nodes { id } } }`, "", 0, one("LIMIT_EXCEEDED", "", "…complexity…")},
		{"selections that are too deep", strings.Repeat("{a", 9_000) + strings.Repeat("}", 9_000), "", 422, one("LIMIT_EXCEEDED", "", "…depth…")},
		{"a result in parts", `{ contacts { ... @defer { totalCount } } }`, "", 0, one("BAD_USER_INPUT", "", "…defer…")},
	}
}
