package command_test

import "testing"

func TestSegmentScenario(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) { play(t, serve(t, flags...), segmentSteps()) })
}

const people = `[
	{"email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace", "tags": ["vip"], "custom": {"plan": "pro", "age": 36}},
	{"email": "alan@example.org", "firstName": "Alan", "lastName": "Turing", "tags": ["vip", "maths"], "custom": {"plan": "free", "age": 41}},
	{"email": "grace@example.com", "firstName": "Grace", "lastName": "Hopper", "custom": {"plan": "pro", "age": 85}},
	{"email": "edsger@example.org", "firstName": "Edsger", "lastName": "Dijkstra", "custom": {"age": 72}}]`

func segmentSteps() []step {
	return []step{
		{
			"contacts",
			`mutation($c: [CreateContactInput!]!) { upsertContacts(input: {contacts: $c}) { results { contact { id } } } }`,
			`{"c": ` + people + `}`,
			`{"data": {"upsertContacts": {"results": [{"contact": {"id": "<ada>"}}, {"contact": {"id": "<alan>"}}, {"contact": {"id": "<grace>"}}, {"contact": {"id": "<edsger>"}}]}}}`,
		},
		{
			"contacts by filter, search and both",
			`{ filtered: contacts(filter: {list: {path: "tags", hasAny: ["maths"]}}) { nodes { email } totalCount }
				searched: contacts(search: " @EXAMPLE.org  alan ") { nodes { email } totalCount }
				both: contacts(filter: {number: {path: "custom.age", gt: 50}}, search: "example.com") { nodes { email } }
				sorted: contacts(search: "e", orderBy: [{path: "custom.plan"}, {path: "custom.age", direction: DESC}]) { nodes { firstName } }
				none: contacts(search: ".*") { totalCount } pattern: contacts(search: "(") { totalCount } words: contacts(search: "ada turing") { totalCount } all: contacts(search: " ") { totalCount } }`,
			``,
			`{"data": {"filtered": {"nodes": [{"email": "alan@example.org"}], "totalCount": 1}, "searched": {"nodes": [{"email": "alan@example.org"}], "totalCount": 1},
				"both": {"nodes": [{"email": "grace@example.com"}]},
				"sorted": {"nodes": [{"firstName": "Edsger"}, {"firstName": "Alan"}, {"firstName": "Grace"}, {"firstName": "Ada"}]},
				"none": {"totalCount": 0}, "pattern": {"totalCount": 0}, "words": {"totalCount": 0}, "all": {"totalCount": 4}}}`,
		},
		{
			"create",
			`mutation { createSegment(input: {name: " Pros ", description: " who pay ", filter: {text: {path: "custom.plan", equals: "pro"}}}) {
				segment { id name description kind filter memberCount createdAt updatedAt version } } }`,
			``,
			`{"data": {"createSegment": {"segment": {"id": "<pros>", "name": "Pros", "description": "who pay", "kind": "DYNAMIC",
				"filter": {"text": {"path": "custom.plan", "equals": "pro"}}, "memberCount": 2, "createdAt": "<created>", "updatedAt": "<created>", "version": 1}}}}`,
		},
		{
			"members by themselves, filtered, searched, sorted",
			`{ segment(id: "<pros>") { members(orderBy: [{path: "firstName"}]) { nodes { email } totalCount pageInfo { hasNextPage hasPreviousPage } }
				old: members(filter: {number: {path: "custom.age", gt: 50}}) { nodes { email } totalCount }
				love: members(search: "LOVE ada") { nodes { email } totalCount }
				back: members(orderBy: [{path: "custom.age", direction: DESC}], first: 1) { nodes { email } totalCount pageInfo { hasNextPage } } } }`,
			``,
			`{"data": {"segment": {
				"members": {"nodes": [{"email": "ada@example.com"}, {"email": "grace@example.com"}], "totalCount": 2, "pageInfo": {"hasNextPage": false, "hasPreviousPage": false}},
				"old": {"nodes": [{"email": "grace@example.com"}], "totalCount": 1},
				"love": {"nodes": [{"email": "ada@example.com"}], "totalCount": 1},
				"back": {"nodes": [{"email": "grace@example.com"}], "totalCount": 2, "pageInfo": {"hasNextPage": true}}}}}`,
		},
		{
			"the MongoDB query, and whether it contains a contact",
			`{ segment(id: "<pros>") { query ada: contains(contactId: "<ada>") alan: contains(contactId: "<alan>") nobody: contains(contactId: "con_0") } }`,
			``,
			`{"data": {"segment": {"query": {"custom.plan": "pro"}, "ada": true, "alan": false, "nobody": false}}}`,
		},
		{
			"update: null clears the description, what is left out stays",
			`mutation { updateSegment(input: {id: "<pros>", version: 1, name: "Professionals", description: null}) {
				segment { id name description filter createdAt version } } }`,
			``,
			`{"data": {"updateSegment": {"segment": {"id": "<pros>", "name": "Professionals", "description": null,
				"filter": {"text": {"path": "custom.plan", "equals": "pro"}}, "createdAt": "<created>", "version": 2}}}}`,
		},
		{
			"update of the filter",
			`mutation { updateSegment(input: {id: "<pros>", filter: {text: {path: "custom.plan", notEquals: "pro"}}}) { segment { filter memberCount version } } }`,
			``,
			`{"data": {"updateSegment": {"segment": {"filter": {"text": {"path": "custom.plan", "notEquals": "pro"}}, "memberCount": 2, "version": 3}}}}`,
		},
		{
			"update with a stale version",
			`mutation { updateSegment(input: {id: "<pros>", version: 1, name: "x"}) { segment { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "…the current version is 3…", "path": ["updateSegment"], "locations": "<>",
				"extensions": {"code": "CONFLICT", "version": 3}}]}`,
		},
		{
			"duplicate",
			`mutation { a: duplicateSegment(input: {id: "<pros>"}) { segment { id name filter memberCount version } }
				b: duplicateSegment(input: {id: "<pros>", name: "Amateurs"}) { segment { id name filter } } }`,
			``,
			`{"data": {"a": {"segment": {"id": "<copy>", "name": "Copy of Professionals", "filter": "<filter>", "memberCount": 2, "version": 1}},
				"b": {"segment": {"id": "<amateurs>", "name": "Amateurs", "filter": "<filter>"}}}}`,
		},
		{
			"list by name, with search",
			`{ segments { nodes { name } totalCount } copies: segments(search: "COPY prof", kind: DYNAMIC) { nodes { id } totalCount } none: segments(search: "nothing") { nodes { id } totalCount } }`,
			``,
			`{"data": {"segments": {"nodes": [{"name": "Amateurs"}, {"name": "Copy of Professionals"}, {"name": "Professionals"}], "totalCount": 3},
				"copies": {"nodes": [{"id": "<copy>"}], "totalCount": 1}, "none": {"nodes": [], "totalCount": 0}}}`,
		},
		{
			"list in pages",
			`{ segments(first: 2) { nodes { name } edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`,
			``,
			`{"data": {"segments": {"nodes": [{"name": "Amateurs"}, {"name": "Copy of Professionals"}],
				"edges": [{"cursor": "<first>", "node": {"name": "Amateurs"}}, {"cursor": "<second>", "node": {"name": "Copy of Professionals"}}],
				"pageInfo": {"hasNextPage": true, "hasPreviousPage": false, "startCursor": "<first>", "endCursor": "<second>"}, "totalCount": 3}}}`,
		},
		{
			"the next page, and the one before",
			`{ next: segments(first: 2, after: "<second>") { nodes { name } pageInfo { hasNextPage hasPreviousPage } }
				before: segments(last: 1, before: "<second>") { nodes { name } pageInfo { hasNextPage hasPreviousPage } }
				end: segments(last: 2) { nodes { name } pageInfo { hasNextPage hasPreviousPage } } }`,
			``,
			`{"data": {"next": {"nodes": [{"name": "Professionals"}], "pageInfo": {"hasNextPage": false, "hasPreviousPage": true}},
				"before": {"nodes": [{"name": "Amateurs"}], "pageInfo": {"hasNextPage": true, "hasPreviousPage": false}},
				"end": {"nodes": [{"name": "Copy of Professionals"}, {"name": "Professionals"}], "pageInfo": {"hasNextPage": false, "hasPreviousPage": true}}}}`,
		},
		{
			"the segments of contacts",
			`mutation { createSegment(input: {name: "VIP", filter: {list: {path: "tags", hasAny: ["vip"]}}}) { segment { id } } }`,
			``,
			`{"data": {"createSegment": {"segment": {"id": "<vip>"}}}}`,
		},
		{
			"the segments of contacts, by name, in pages",
			`{ contacts(orderBy: {path: "custom.age"}) { nodes { firstName segments { nodes { name } totalCount } } }
				contact(id: "<alan>") { segments(first: 1) { nodes { name } totalCount pageInfo { hasNextPage endCursor } } } }`,
			``,
			`{"data": {"contacts": {"nodes": [
				{"firstName": "Ada", "segments": {"nodes": [{"name": "VIP"}], "totalCount": 1}},
				{"firstName": "Alan", "segments": {"nodes": [{"name": "Amateurs"}, {"name": "Copy of Professionals"}, {"name": "Professionals"}, {"name": "VIP"}], "totalCount": 4}},
				{"firstName": "Edsger", "segments": {"nodes": [{"name": "Amateurs"}, {"name": "Copy of Professionals"}, {"name": "Professionals"}], "totalCount": 3}},
				{"firstName": "Grace", "segments": {"nodes": [], "totalCount": 0}}]},
				"contact": {"segments": {"nodes": [{"name": "Amateurs"}], "totalCount": 4, "pageInfo": {"hasNextPage": true, "endCursor": "<amateursEnd>"}}}}}`,
		},
		{
			"the next page of a contact's segments",
			`{ contact(id: "<alan>") { segments(first: 2, after: "<amateursEnd>") { nodes { name } pageInfo { hasNextPage } } } }`,
			``,
			`{"data": {"contact": {"segments": {"nodes": [{"name": "Copy of Professionals"}, {"name": "Professionals"}], "pageInfo": {"hasNextPage": true}}}}}`,
		},
		{
			"nodes: in the order of the IDs, null for what is not there or has another prefix",
			`{ nodes(ids: ["<vip>", "con_0", "<ada>", "seg_0", "nonsense", "<vip>", ""]) { __typename id ... on Contact { email } ... on Segment { name memberCount } }
				contact: node(id: "<ada>") { __typename } segment: node(id: "<vip>") { __typename } none: node(id: "cam_1") { id }
				wrong: segment(id: "<ada>") { id } wrongToo: contact(id: "<vip>") { id } }`,
			``,
			`{"data": {"nodes": [{"__typename": "Segment", "id": "<vip>", "name": "VIP", "memberCount": 2}, null, {"__typename": "Contact", "id": "<ada>", "email": "ada@example.com"},
				null, null, {"__typename": "Segment", "id": "<vip>", "name": "VIP", "memberCount": 2}, null],
				"contact": {"__typename": "Contact"}, "segment": {"__typename": "Segment"}, "none": null, "wrong": null, "wrongToo": null}}`,
		},
		{
			"preview",
			`{ previewSegment(filter: {number: {path: "custom.age", gte: 41, lt: 42}}) { count query sample { email } none: sample(first: 0) { email } }
				all: previewSegment(filter: {and: []}) { count few: sample(first: 3) { __typename } } }`,
			``,
			`{"data": {"previewSegment": {"count": 1, "query": {"custom.age": {"$gte": 41, "$lt": 42}}, "sample": [{"email": "alan@example.org"}], "none": []},
				"all": {"count": 4, "few": [{"__typename": "Contact"}, {"__typename": "Contact"}, {"__typename": "Contact"}]}}}`,
		},
		{
			"how a filter is answered",
			`{ explainFilter(filter: {text: {path: "custom.plan", equals: "pro"}}) { matching milliseconds steps { depth node method } } }`,
			``,
			`{"data": {"explainFilter": {"matching": 2, "milliseconds": "<>", "steps": "<>"}}}`,
		},
		{
			"preview of each condition",
			`{ previewSegment(filter: {and: [{text: {path: "custom.plan", notEquals: "pro"}}, {not: {number: {path: "custom.age", gt: 40, whenMissing: MATCH}}}]}) {
				count conditions { at path matching notMatching missing } } }`,
			``,
			`{"data": {"previewSegment": {"count": 0, "conditions": [
				{"at": ["filter", "and", "0", "text"], "path": "custom.plan", "matching": 2, "notMatching": 2, "missing": 1},
				{"at": ["filter", "and", "1", "not", "number"], "path": "custom.age", "matching": 3, "notMatching": 1, "missing": 0}]}}}`,
		},
		{
			"delete",
			`mutation { deleteSegment(input: {id: "<copy>"}) { deletedId } }`,
			``,
			`{"data": {"deleteSegment": {"deletedId": "<copy>"}}}`,
		},
		{
			"delete once more",
			`mutation { deleteSegment(input: {id: "<copy>"}) { deletedId } }`,
			``,
			`{"data": null, "errors": [{"message": "…there is no…", "path": ["deleteSegment"], "locations": "<>", "extensions": {"code": "NOT_FOUND"}}]}`,
		},
		{
			"a name is needed",
			`mutation { createSegment(input: {name: " ", filter: {and: []}}) { segment { id } } }`,
			``,
			`{"data": null, "errors": [{"message": "…needs a name…", "path": ["createSegment"], "locations": "<>",
				"extensions": {"code": "BAD_USER_INPUT", "path": ["input", "name"]}}]}`,
		},
		{
			"what is deleted is gone",
			`{ segment(id: "<copy>") { id } segments { totalCount } }`,
			``,
			`{"data": {"segment": null, "segments": {"totalCount": 3}}}`,
		},
	}
}
