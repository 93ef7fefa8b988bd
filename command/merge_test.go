package command_test

import "testing"

func TestMergeScenario(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) { play(t, serve(t, flags...), mergeSteps()) })
}

const mergeContacts = `mutation($i: MergeContactsInput!) { mergeContacts(input: $i) { contact {
	id email firstName lastName status tags custom version mergedFrom { id email at } segments { nodes { name } } } } }`

func mergeSteps() []step {
	const merged = `{"id": "<ada>", "email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace", "status": "UNSUBSCRIBED", "tags": ["vip", "a", "b"],
		"custom": {"plan": "pro", "address": {"city": "London", "zip": "W1"}}, "version": 2,
		"mergedFrom": [{"id": "<old>", "email": "ada@old.example", "at": "…"}], "segments": {"nodes": [{"name": "Guests"}]}}`
	refused := func(code, message, path string) string {
		return `{"data": null, "errors": [{"message": "…` + message + `…", "path": ["mergeContacts"], "locations": "<>", "extensions": {"code": "` + code + `"` + path + `}}]}`
	}
	return []step{
		{
			"create two", `mutation {
				a: createContact(input: {email: "ada@example.com", firstName: "Ada", status: SUBSCRIBED, tags: ["vip", "a"], custom: {plan: "pro", address: {city: "London"}}}) { contact { id } }
				b: createContact(input: {email: "ada@old.example", firstName: "A.", lastName: "Lovelace", status: UNSUBSCRIBED, tags: ["b", "a"], custom: {plan: "free", address: {zip: "W1"}}}) { contact { id } }
				s: createSegment(input: {name: "Guests", kind: STATIC}) { segment { id } } }`, ``,
			`{"data": {"a": {"contact": {"id": "<ada>"}}, "b": {"contact": {"id": "<old>"}}, "s": {"segment": {"id": "<guests>"}}}}`,
		},
		{
			"the old one is a guest", `mutation { addSegmentMembers(input: {id: "<guests>", target: {ids: ["<old>"]}}) { changed } }`, ``,
			`{"data": {"addSegmentMembers": {"changed": 1}}}`,
		},
		{"try", mergeContacts, `{"i": {"survivor": "<ada>", "duplicate": "<old>", "dryRun": true}}`, `{"data": {"mergeContacts": {"contact": ` + merged + `}}}`},
		{"both are still there", `{ contacts { totalCount nodes { version mergedFrom { id } } } }`, ``, `{"data": {"contacts": {"totalCount": 2, "nodes": [{"version": 1, "mergedFrom": []}, {"version": "<>", "mergedFrom": []}]}}}`},
		{"another version", mergeContacts, `{"i": {"survivor": "<ada>", "duplicate": "<old>", "version": 7}}`, refused("CONFLICT", "the current version is 1", `, "version": 1`)},
		{"nobody", mergeContacts, `{"i": {"survivor": "<ada>", "duplicate": "con_nobody"}}`, refused("NOT_FOUND", "no such contact", `, "path": ["input", "duplicate"]`)},
		{"merge", mergeContacts, `{"i": {"survivor": "<ada>", "duplicate": "<old>", "version": 1}}`, `{"data": {"mergeContacts": {"contact": ` + merged + `}}}`},
		{"with itself", mergeContacts, `{"i": {"survivor": "<ada>", "duplicate": "<old>"}}`, refused("BAD_USER_INPUT", "merged with itself", ``)},
		{
			"by the old ID and email", `{ node(id: "<old>") { id } nodes(ids: ["<old>", "<ada>"]) { id } byId: contact(id: "<old>") { id } byEmail: contact(email: "ADA@old.example") { id }
				segment(id: "<guests>") { contains(contactId: "<old>") memberCount } contacts { totalCount nodes { mergedFrom { id } } } }`, ``,
			`{"data": {"node": {"id": "<ada>"}, "nodes": [{"id": "<ada>"}, {"id": "<ada>"}], "byId": {"id": "<ada>"}, "byEmail": {"id": "<ada>"},
				"segment": {"contains": true, "memberCount": 1}, "contacts": {"totalCount": 1, "nodes": [{"mergedFrom": [{"id": "<old>"}]}]}}}`,
		},
		{
			"write by the old ID and email", `mutation { a: updateContact(input: {id: "<old>", firstName: "Augusta"}) { contact { id } }
				b: upsertContacts(input: {contacts: [{email: "ada@old.example", lastName: "King"}]}) { updated results { contact { email firstName lastName } } }
				c: updateContacts(input: {target: {ids: ["<old>", "<ada>"]}, increment: [{path: "custom.visits", by: 1}]}) { changed }
				d: tagContacts(input: {target: {ids: ["<old>"]}, add: ["new"]}) { changed } }`, ``,
			`{"data": {"a": {"contact": {"id": "<ada>"}}, "b": {"updated": 1, "results": [{"contact": {"email": "ada@example.com", "firstName": "Augusta", "lastName": "King"}}]},
				"c": {"changed": 1}, "d": {"changed": 1}}}`,
		},
		{
			"the histories of both", `{ contact(id: "<ada>") { statusChanges { status source } activity(first: 20) { nodes { action actor { kind } } }
				mergedFrom { statusChanges { status source } activity { nodes { action changes { path } } } } } }`, ``,
			`{"data": {"contact": {"statusChanges": [{"status": "SUBSCRIBED", "source": "api"}, {"status": "UNSUBSCRIBED", "source": "…merged with con_…"}],
				"activity": {"nodes": [{"action": "UPDATED", "actor": {"kind": "API"}}, {"action": "UPDATED", "actor": {"kind": "API"}}, {"action": "UPDATED", "actor": {"kind": "API"}},
					{"action": "UPDATED", "actor": {"kind": "API"}}, {"action": "MERGED", "actor": {"kind": "API"}}, {"action": "CREATED", "actor": {"kind": "API"}}]},
				"mergedFrom": [{"statusChanges": [{"status": "UNSUBSCRIBED", "source": "api"}],
					"activity": {"nodes": [{"action": "UPDATED", "changes": [{"path": "segments"}]}, {"action": "CREATED", "changes": []}]}}]}}}`,
		},
		{"what became of it", `{ contact(id: "<ada>") { tags value(path: "custom.visits") } }`, ``, `{"data": {"contact": {"tags": ["vip", "a", "b", "new"], "value": 1}}}`},
		{"delete", `mutation { deleteContacts(input: {ids: ["<old>"]}) { deletedIds } }`, ``, `{"data": {"deleteContacts": {"deletedIds": ["<ada>"]}}}`},
		{"gone", `{ node(id: "<old>") { id } contact(email: "ada@old.example") { id } contacts { totalCount } }`, ``, `{"data": {"node": null, "contact": null, "contacts": {"totalCount": 0}}}`},
	}
}
