package command_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/db/embedded"
	"segmentql/db/mongodb"
)

// Segments refer to segments.
func TestReferenceScenario(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) { play(t, serve(t, flags...), referenceSteps()) })
}

func referenceSteps() []step {
	return []step{
		{
			"contacts",
			`mutation($c: [CreateContactInput!]!) { upsertContacts(input: {contacts: $c}) { created } }`,
			`{"c": ` + people + `}`,
			`{"data": {"upsertContacts": {"created": 4}}}`,
		},
		{
			"a segment",
			`mutation { createSegment(input: {name: "VIP", filter: {list: {path: "tags", hasAny: ["vip"]}}}) { segment { id memberCount usedBy { id } } } }`,
			``,
			`{"data": {"createSegment": {"segment": {"id": "<vip>", "memberCount": 2, "usedBy": []}}}}`,
		},
		{
			"segments that refer to it",
			`mutation {
				pros: createSegment(input: {name: "VIP pros", filter: {and: [{segment: {id: "<vip>"}}, {text: {path: "custom.plan", equals: "pro"}}]}}) { segment { id memberCount query } }
				others: createSegment(input: {name: "Others", filter: {segment: {id: "<vip>", member: false}}}) { segment { id memberCount query } } }`,
			``,
			`{"data": {"pros": {"segment": {"id": "<pros>", "memberCount": 1, "query": {"tags": "vip", "custom.plan": "pro"}}},
				"others": {"segment": {"id": "<others>", "memberCount": 2, "query": {"tags": {"$ne": "vip"}}}}}}`,
		},
		{
			"a diamond is no circle",
			`mutation { createSegment(input: {name: "Diamond", filter: {or: [{segment: {id: "<pros>"}}, {segment: {id: "<others>"}}]}}) {
				segment { id members(orderBy: [{path: "email"}]) { nodes { firstName segments { nodes { name } } } } } } }`,
			``,
			`{"data": {"createSegment": {"segment": {"id": "<diamond>", "members": {"nodes": [
				{"firstName": "Ada", "segments": {"nodes": [{"name": "Diamond"}, {"name": "VIP"}, {"name": "VIP pros"}]}},
				{"firstName": "Edsger", "segments": {"nodes": [{"name": "Diamond"}, {"name": "Others"}]}},
				{"firstName": "Grace", "segments": {"nodes": [{"name": "Diamond"}, {"name": "Others"}]}}]}}}}}`,
		},
		{
			"who uses it",
			`{ segment(id: "<vip>") { usedBy { name } } }`,
			``,
			`{"data": {"segment": {"usedBy": [{"name": "Others"}, {"name": "VIP pros"}]}}}`,
		},
		{
			"what it selects is shown beside other conditions",
			`{ previewSegment(filter: {and: [{segment: {id: "<vip>"}}, {text: {path: "custom.plan", equals: "free"}}]}) {
				count conditions { at path matching notMatching missing } } }`,
			``,
			`{"data": {"previewSegment": {"count": 1, "conditions": [
				{"at": ["filter", "and", "0", "segment"], "path": null, "matching": 2, "notMatching": 2, "missing": 0},
				{"at": ["filter", "and", "1", "text"], "path": "custom.plan", "matching": 1, "notMatching": 3, "missing": 1}]}}}`,
		},
		{
			"a change of the one changes the others",
			`mutation { updateSegment(input: {id: "<vip>", filter: {list: {path: "tags", hasAny: ["maths"]}}}) { segment { usedBy { name memberCount } } } }`,
			``,
			`{"data": {"updateSegment": {"segment": {"usedBy": [{"name": "Others", "memberCount": 3}, {"name": "VIP pros", "memberCount": 0}]}}}}`,
		},
		{
			"a circle is shown",
			`mutation { updateSegment(input: {id: "<vip>", filter: {not: {segment: {id: "<diamond>"}}}}) { segment { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "…\"VIP\" → \"Diamond\" → \"VIP pros\" → \"VIP\"…", "path": ["updateSegment"], "locations": "<>",
				"extensions": {"code": "BAD_USER_INPUT", "path": ["input", "filter", "not", "segment", "id"]}}]}`,
		},
		{
			"a circle of one",
			`mutation { updateSegment(input: {id: "<vip>", filter: {segment: {id: "<vip>"}}}) { segment { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "the segment \"VIP\" must not refer to itself; take the reference out", "path": ["updateSegment"], "locations": "<>",
				"extensions": {"code": "BAD_USER_INPUT", "path": ["input", "filter", "segment", "id"]}}]}`,
		},
		{
			"a segment that there is not",
			`query($f: FilterInput!) { previewSegment(filter: $f) { count } }`,
			`{"f": {"segment": {"id": "seg_0"}}}`,
			`{"data": null, "errors": [{"message": "there is no segment with the ID \"seg_0\"; name one that there is", "path": ["previewSegment"], "locations": "<>",
				"extensions": {"code": "NOT_FOUND", "path": ["filter", "segment", "id"]}}]}`,
		},
		{
			"what is used is not deleted",
			`mutation { deleteSegment(input: {id: "<vip>"}) { deletedId } }`,
			``,
			`{"data": null, "errors": [{"message": "other segments refer to this one: \"Others\", \"VIP pros\"; change or delete them first", "path": ["deleteSegment"], "locations": "<>",
				"extensions": {"code": "CONFLICT", "path": ["input", "id"]}}]}`,
		},
		{
			"what is not used any more is",
			`mutation { a: deleteSegment(input: {id: "<diamond>"}) { deletedId } b: deleteSegment(input: {id: "<pros>"}) { deletedId }
				c: deleteSegment(input: {id: "<others>"}) { deletedId } d: deleteSegment(input: {id: "<vip>"}) { deletedId } }`,
			``,
			`{"data": {"a": {"deletedId": "<diamond>"}, "b": {"deletedId": "<pros>"}, "c": {"deletedId": "<others>"}, "d": {"deletedId": "<vip>"}}}`,
		},
	}
}

// A saved filter that is not valid any more, here because no contact has the field, answers with an error and has no
// members. So does a segment that refers to it.
func TestSegmentsThatAreNotValidAnyMore(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		saved := saveUnchecked(t, flags)
		s := serve(t, flags...)
		load(t, s, `[{"email": "ada@example.com", "custom": {"plan": "pro"}}]`)
		const says = `the filter of the segment \"Gone\" is not valid any more: not.text.path: no contact has a field custom.gone; fields appear when contacts have them, and can be declared before that`
		const user = `the filter of the segment \"User\" is not valid any more: or.0.segment.id: the filter of the segment \"Gone\" is not valid, and is to be mended first: not.text.path: no contact has a field custom.gone; fields appear when contacts have them, and can be declared before that`
		known := names{"<gone>": saved[0].ID, "<user>": saved[1].ID}
		failure := func(field, message, at string) string {
			return `{"message": "` + message + `", "path": ["` + field + `", "` + at + `"], "locations": "<>", "extensions": {"code": "UNKNOWN_FIELD"}}`
		}
		for _, at := range []string{"memberCount", "members { nodes { id } }", "query"} {
			field, _, _ := strings.Cut(at, " ")
			got := s.post(t, operation(t, known.fill(`{ gone: segment(id: "<gone>") { `+at+` } }`), nil))
			known.check(t, `{"data": {"gone": {"`+field+`": null}}, "errors": [`+failure("gone", says, field)+`]}`, got.body)
			got = s.post(t, operation(t, known.fill(`{ user: segment(id: "<user>") { `+at+` } }`), nil))
			known.check(t, `{"data": {"user": {"`+field+`": null}}, "errors": [`+failure("user", user, field)+`]}`, got.body)
		}
		// The others in a list are not lost with it.
		sound := ask[created](t, s, `mutation { createSegment(input: {name: "Sound", filter: {and: []}}) { segment { id } } }`, nil).CreateSegment.Segment.ID
		list := s.post(t, operation(t, `{ segments { nodes { name memberCount } } }`, nil))
		known.check(t, `{"data": {"segments": {"nodes": [{"name": "Gone", "memberCount": null}, {"name": "Sound", "memberCount": 1}, {"name": "User", "memberCount": null}]}},
			"errors": ["<>", "<>"]}`, list.body)
		ask[any](t, s, `mutation { deleteSegment(input: {id: "`+sound+`"}) { deletedId } }`, nil)
		got := s.post(t, operation(t, known.fill(`{ segment(id: "<gone>") { name filter usedBy { name } } contacts { nodes { segments { nodes { name } } } } }`), nil))
		known.check(t, `{"data": {"segment": {"name": "Gone", "filter": {"not": {"text": {"path": "custom.gone", "equals": "x"}}}, "usedBy": [{"name": "User"}]},
			"contacts": {"nodes": [{"segments": {"nodes": []}}]}}}`, got.body)

		// The field appears, and both are valid again.
		load(t, s, `[{"email": "alan@example.org", "custom": {"gone": "x"}}]`)
		got = s.post(t, operation(t, known.fill(`{ gone: segment(id: "<gone>") { memberCount } user: segment(id: "<user>") { memberCount } }`), nil))
		known.check(t, `{"data": {"gone": {"memberCount": 1}, "user": {"memberCount": 1}}}`, got.body)
	})
}

// saveUnchecked puts segments into a store without the checks of the API.
func saveUnchecked(t *testing.T, flags []string) []*db.Segment {
	t.Helper()
	var store db.Store
	var err error
	if flags[0] == "--data" {
		store, err = embedded.Open(t.Context(), flags[1], time.Now)
	} else {
		store, err = mongodb.Open(t.Context(), flags[1], time.Now, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		t.Fatal(err)
	}
	create := func(name, filter string) *db.Segment {
		s, err := store.Workspace("default").CreateSegment(t.Context(), db.SegmentPatch{Name: &name, Filter: json.RawMessage(filter)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	gone := create("Gone", `{"not":{"text":{"path":"custom.gone","equals":"x"}}}`)
	user := create("User", `{"or":[{"segment":{"id":"`+gone.ID+`"}}]}`)
	if err := store.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return []*db.Segment{gone, user}
}

// Days are those of the workspace's time zone where a filter names no other.
func TestTimeZoneOfTheWorkspace(t *testing.T) {
	t.Parallel()
	s := serve(t, "--data", t.TempDir(), "--time-zone", "Asia/Tokyo")
	load(t, s, `[{"email": "ada@example.com", "subscribedAt": "2026-03-01T16:00:00Z"}]`)
	names{}.check(t, `{"data": {"tokyo": {"totalCount": 1}, "utc": {"totalCount": 0}}}`, s.post(t, operation(t, `{
		tokyo: contacts(filter: {date: {path: "subscribedAt", on: "2026-03-02"}}) { totalCount }
		utc: contacts(filter: {date: {path: "subscribedAt", on: "2026-03-02", timeZone: "UTC"}}) { totalCount } }`, nil)).body)
}
