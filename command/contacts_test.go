package command_test

import "testing"

func TestContactScenario(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) { play(t, serve(t, flags...), contactSteps()) })
}

const contactFields = ` fragment c on Contact { id email phone firstName lastName status subscribedAt tags custom createdAt updatedAt version }`

func contactSteps() []step {
	return []step{
		{
			"create with everything",
			`mutation($i: CreateContactInput!) { createContact(input: $i) { contact { ...c } } }` + contactFields,
			`{"i": {"email": " Ada@Example.COM ", "phone": "+44 20 1234", "firstName": " Ada ", "lastName": "Łovelace 🧮",
				"status": "SUBSCRIBED", "subscribedAt": "2026-03-01T10:00:00+01:00", "tags": ["vip", "maths", "vip"],
				"custom": {"plan": "pro", "big": 9007199254740993, "ratio": 0.5, "none": null,
					"address": {"city": "London", "zip": "W1"}, "orders": [{"total": 12.5}, {"total": 7}]}}}`,
			`{"data": {"createContact": {"contact": {"id": "<ada>", "email": "ada@example.com", "phone": "+44 20 1234",
				"firstName": "Ada", "lastName": "Łovelace 🧮", "status": "SUBSCRIBED",
				"subscribedAt": "2026-03-01T09:00:00.000Z", "tags": ["vip", "maths"],
				"custom": {"plan": "pro", "big": 9007199254740993, "ratio": 0.5, "none": null,
					"address": {"city": "London", "zip": "W1"}, "orders": [{"total": 12.5}, {"total": 7}]},
				"createdAt": "<created>", "updatedAt": "<created>", "version": 1}}}}`,
		},
		{
			"create with nothing",
			`mutation { createContact(input: {}) { contact { ...c } } }` + contactFields,
			``,
			`{"data": {"createContact": {"contact": {"id": "<nobody>", "email": null, "phone": null, "firstName": null,
				"lastName": null, "status": "PENDING", "subscribedAt": null, "tags": [], "custom": {},
				"createdAt": "…", "updatedAt": "…", "version": 1}}}}`,
		},
		{
			"an email is taken once",
			`mutation { createContact(input: {email: "ADA@example.com"}) { contact { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "…email…", "path": ["createContact"], "locations": "<>",
				"extensions": {"code": "CONFLICT", "path": ["input", "email"]}}]}`,
		},
		{
			"get by id, by email, and what is not there",
			`{ byId: contact(id: "<ada>") { email } byEmail: contact(email: " ADA@EXAMPLE.com ") { id }
				noId: contact(id: "con_00000000000000000000000000") { id } noEmail: contact(email: "nobody@example.com") { id } }`,
			``,
			`{"data": {"byId": {"email": "ada@example.com"}, "byEmail": {"id": "<ada>"}, "noId": null, "noEmail": null}}`,
		},
		{
			"values at paths",
			`{ contact(id: "<ada>") { city: value(path: "custom.address.city") totals: value(path: "custom.orders.total")
				address: value(path: "custom.address") email: value(path: "email") tags: value(path: "tags")
				at: value(path: "subscribedAt") none: value(path: "custom.nothing.here") } }`,
			``,
			`{"data": {"contact": {"city": "London", "totals": [12.5, 7], "address": {"city": "London", "zip": "W1"},
				"email": "ada@example.com", "tags": ["vip", "maths"], "at": "2026-03-01T09:00:00.000Z", "none": null}}}`,
		},
		{
			"update: null clears, what is left out stays, custom fields are replaced as a whole",
			`mutation($i: UpdateContactInput!) { updateContact(input: $i) { contact { ...c } } }` + contactFields,
			`{"i": {"id": "<ada>", "version": 1, "firstName": null, "subscribedAt": null, "tags": ["new"],
				"unset": ["custom.address.zip", "custom.none"], "custom": {"plan": null, "orders": []}}}`,
			`{"data": {"updateContact": {"contact": {"id": "<ada>", "email": "ada@example.com", "phone": "+44 20 1234",
				"firstName": null, "lastName": "Łovelace 🧮", "status": "SUBSCRIBED", "subscribedAt": null, "tags": ["new"],
				"custom": {"plan": null, "big": 9007199254740993, "ratio": 0.5, "address": {"city": "London"}, "orders": []},
				"createdAt": "<created>", "updatedAt": "…", "version": 2}}}}`,
		},
		{
			"update: null clears email and tags, in literals too",
			`mutation { updateContact(input: {id: "<ada>", email: null, tags: null}) { contact { email tags version } } }`,
			``,
			`{"data": {"updateContact": {"contact": {"email": null, "tags": [], "version": 3}}}}`,
		},
		{
			"update with a stale version",
			`mutation { updateContact(input: {id: "<ada>", version: 1, firstName: "Eve"}) { contact { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "…the current version is 3…", "path": ["updateContact"], "locations": "<>",
				"extensions": {"code": "CONFLICT", "version": 3}}]}`,
		},
		{
			"a status cannot be cleared",
			`mutation { updateContact(input: {id: "<ada>", status: null}) { contact { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "…always has a status…", "path": ["updateContact"], "locations": "<>",
				"extensions": {"code": "BAD_USER_INPUT", "path": ["input", "status"]}}]}`,
		},
		{
			"update of nobody",
			`mutation { updateContact(input: {id: "con_00000000000000000000000000"}) { contact { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "…there is no…", "path": ["updateContact"], "locations": "<>",
				"extensions": {"code": "NOT_FOUND"}}]}`,
		},
		{
			"upsert: each contact has its own result",
			`mutation($c: [CreateContactInput!]!) { upsertContacts(input: {contacts: $c}) { created updated rejected
				results { created contact { email firstName custom version } error { code message path } } } }`,
			`{"c": [{"email": "bob@example.com", "custom": {"a": 1, "b": 1}}, {"email": "not an address"}, {"firstName": "Nobody"},
				{"email": "BOB@example.com", "firstName": "Bob", "custom": {"b": 2}}, {"email": "x@example.com", "custom": {"$where": 1}}]}`,
			`{"data": {"upsertContacts": {"created": 1, "updated": 1, "rejected": 3, "results": [
				{"created": true, "contact": {"email": "bob@example.com", "firstName": null, "custom": {"a": 1, "b": 1}, "version": 1}, "error": null},
				{"created": false, "contact": null, "error": {"code": "BAD_USER_INPUT", "message": "…not an email address…", "path": ["input", "contacts", "1", "email"]}},
				{"created": false, "contact": null, "error": {"code": "BAD_USER_INPUT", "message": "…email…", "path": ["input", "contacts", "2", "email"]}},
				{"created": false, "contact": {"email": "bob@example.com", "firstName": "Bob", "custom": {"a": 1, "b": 2}, "version": 2}, "error": null},
				{"created": false, "contact": null, "error": {"code": "BAD_USER_INPUT", "message": "…", "path": ["input", "contacts", "4", "custom", "$where"]}}]}}}`,
		},
		{
			"mutations see what those before them did",
			`mutation { a: createContact(input: {email: "eve@example.com"}) { contact { id } }
				b: upsertContacts(input: {contacts: [{email: "eve@example.com", firstName: "Eve"}]}) { created updated results { contact { id } } } }`,
			``,
			`{"data": {"a": {"contact": {"id": "<eve>"}}, "b": {"created": 0, "updated": 1, "results": [{"contact": {"id": "<eve>"}}]}}}`,
		},
		{
			"delete those that exist",
			`mutation { deleteContacts(input: {ids: ["con_00000000000000000000000000", "<ada>", "<ada>", "nonsense"]}) { deletedIds } }`,
			``,
			`{"data": {"deleteContacts": {"deletedIds": ["<ada>"]}}}`,
		},
		{
			"what is deleted is gone",
			`{ contact(id: "<ada>") { id } contacts { totalCount } nodes(ids: ["<ada>", "<nobody>"]) { id } }`,
			``,
			`{"data": {"contact": null, "contacts": {"totalCount": 3}, "nodes": [null, {"id": "<nobody>"}]}}`,
		},
	}
}
