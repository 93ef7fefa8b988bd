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

func TestStaticSegmentScenario(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) { play(t, serve(t, flags...), staticSegmentSteps()) })
}

func staticSegmentSteps() []step {
	const change = `matching changed failed failures { contactId error { code message path } }`
	return []step{
		segmentSteps()[0],
		{
			"segments of both kinds",
			`mutation { guests: createSegment(input: {name: "Guests", kind: STATIC}) { segment { id kind filter memberCount } }
				pros: createSegment(input: {name: "Pros", filter: {text: {path: "custom.plan", equals: "pro"}}}) { segment { id kind memberCount } } }`, ``,
			`{"data": {"guests": {"segment": {"id": "<guests>", "kind": "STATIC", "filter": null, "memberCount": 0}},
				"pros": {"segment": {"id": "<pros>", "kind": "DYNAMIC", "memberCount": 2}}}}`,
		},
		{
			"neither without a filter, nor with one that is of no use",
			`mutation { none: createSegment(input: {name: "x"}) { segment { id } } }`, ``,
			`{"data": null, "errors": [{"message": "a dynamic segment needs a filter", "locations": "<>", "path": ["none"], "extensions": {"code": "BAD_USER_INPUT", "path": ["input", "filter"]}}]}`,
		},
		{
			"a static one with a filter",
			`mutation { createSegment(input: {name: "x", kind: STATIC, filter: {and: []}}) { segment { id } } }`, ``,
			`{"data": null, "errors": [{"message": "…a static segment has no filter…", "locations": "<>", "path": ["createSegment"], "extensions": {"code": "BAD_USER_INPUT", "path": ["input", "filter"]}}]}`,
		},
		{
			"members by ID, by filter and from another segment",
			`mutation($g: ID!, $a: ID!, $p: ID!) {
				try: addSegmentMembers(input: {id: $g, target: {segmentId: $p}, dryRun: true}) { matching changed segment { memberCount } }
				ids: addSegmentMembers(input: {id: $g, target: {ids: [$a, $a, "con_nobody"]}}) { matching changed segment { memberCount } }
				filter: addSegmentMembers(input: {id: $g, target: {filter: {list: {path: "tags", hasAny: ["vip"]}}}}) { matching changed }
				freeze: addSegmentMembers(input: {id: $g, target: {segmentId: $p}}) { matching changed segment { memberCount } } }`,
			`{"g": "<guests>", "a": "<ada>", "p": "<pros>"}`,
			`{"data": {"try": {"matching": 2, "changed": 0, "segment": {"memberCount": 0}}, "ids": {"matching": 1, "changed": 1, "segment": {"memberCount": 1}},
				"filter": {"matching": 1, "changed": 1}, "freeze": {"matching": 1, "changed": 1, "segment": {"memberCount": 3}}}}`,
		},
		{
			"members stay when contacts change",
			`mutation { updateContacts(input: {target: {segmentId: "<pros>"}, set: [{path: "custom.plan", value: "free"}, {path: "custom.since.year", value: 2026}],
				increment: [{path: "custom.age", by: 1}], unset: ["custom.never"]}) { ` + change + ` } }`, ``,
			`{"data": {"updateContacts": {"matching": 2, "changed": 2, "failed": 0, "failures": []}}}`,
		},
		{
			"in filters, with their negation",
			`{ guests: segment(id: "<guests>") { members { nodes { email value(path: "custom.age") } } query contains(contactId: "<ada>") }
				pros: segment(id: "<pros>") { memberCount }
				others: contacts(filter: {segment: {id: "<guests>", member: false}}) { nodes { email } }
				both: previewSegment(filter: {and: [{segment: {id: "<guests>"}}, {list: {path: "tags", hasAny: ["maths"]}}]}) { count }
				static: segments(kind: STATIC) { totalCount nodes { name } }
				contact(email: "grace@example.com") { segments { nodes { name } } custom } }`, ``,
			`{"data": {"guests": {"members": {"nodes": [{"email": "ada@example.com", "value": 37}, {"email": "alan@example.org", "value": 41}, {"email": "grace@example.com", "value": 86}]},
				"query": {"segments": "<guests>"}, "contains": true},
				"pros": {"memberCount": 0}, "others": {"nodes": [{"email": "edsger@example.org"}]}, "both": {"count": 1},
				"static": {"totalCount": 1, "nodes": [{"name": "Guests"}]},
				"contact": {"segments": {"nodes": [{"name": "Guests"}]}, "custom": {"plan": "free", "age": 86, "since": {"year": 2026}}}}}`,
		},
		{
			"a copy has the members of now, and members leave",
			`mutation { copy: duplicateSegment(input: {id: "<guests>"}) { segment { id kind memberCount } }
				leave: removeSegmentMembers(input: {id: "<guests>", target: {ids: ["<ada>", "<edsger>"]}}) { matching changed segment { memberCount } } }`, ``,
			`{"data": {"copy": {"segment": {"id": "<copy>", "kind": "STATIC", "memberCount": 3}}, "leave": {"matching": 1, "changed": 1, "segment": {"memberCount": 2}}}}`,
		},
		{
			"a dynamic segment lists no members",
			`mutation { addSegmentMembers(input: {id: "<pros>", target: {ids: []}}) { changed } }`, ``,
			`{"data": null, "errors": [{"message": "…is dynamic…", "locations": "<>", "path": ["addSegmentMembers"], "extensions": {"code": "BAD_USER_INPUT", "path": ["input", "id"]}}]}`,
		},
		{
			"what an edit would do",
			`mutation { updateSegment(input: {id: "<pros>", filter: {number: {path: "custom.age", gt: 50}}, dryRun: true}) { segment { memberCount version }
				effect { entering { count sample(first: 1) { email } } leaving { count sample { email } } staying { count } } } }`, ``,
			`{"data": {"updateSegment": {"segment": {"memberCount": 2, "version": 2},
				"effect": {"entering": {"count": 2, "sample": [{"email": "grace@example.com"}]}, "leaving": {"count": 0, "sample": []}, "staying": {"count": 0}}}}}`,
		},
		{
			"it did nothing",
			`{ segment(id: "<pros>") { memberCount version } }`, ``,
			`{"data": {"segment": {"memberCount": 0, "version": 1}}}`,
		},
		{
			"tags",
			`mutation { try: tagContacts(input: {target: {filter: {and: []}}, add: ["vip"], dryRun: true}) { ` + change + ` }
				add: tagContacts(input: {target: {filter: {and: []}}, add: [" vip"], remove: ["maths"]}) { ` + change + ` }
				again: tagContacts(input: {target: {filter: {and: []}}, add: ["vip"], remove: ["maths"]}) { ` + change + ` } }`, ``,
			`{"data": {"try": {"matching": 2, "changed": 0, "failed": 0, "failures": []}, "add": {"matching": 3, "changed": 3, "failed": 0, "failures": []},
				"again": {"matching": 0, "changed": 0, "failed": 0, "failures": []}}}`,
		},
		{
			"what cannot be changed is told",
			`mutation { updateContacts(input: {target: {ids: ["<ada>"]}, increment: [{path: "custom.plan", by: 1}]}) { ` + change + ` } }`, ``,
			`{"data": {"updateContacts": {"matching": 1, "changed": 0, "failed": 1, "failures": [{"contactId": "<ada>",
				"error": {"code": "BAD_USER_INPUT", "message": "custom.plan is TEXT; only a number can be incremented", "path": ["increment", "0"]}}]}}}`,
		},
		{
			"an audience is the members of some segments less those of others, each once",
			`mutation { updateContacts(input: {target: {ids: ["<alan>", "<edsger>"]}, status: SUBSCRIBED}) { changed }
				createSegment(input: {name: "All", filter: {and: []}}) { segment { id } } }`, ``,
			`{"data": {"updateContacts": {"changed": 2}, "createSegment": {"segment": {"id": "<all>"}}}}`,
		},
		{
			"audiences",
			`{ guests: audience(include: ["<guests>"]) { totalCount nodes { email } }
				both: audience(include: ["<guests>", "<all>"], subscribedOnly: false) { totalCount }
				page: audience(include: ["<all>"], first: 1, orderBy: [{path: "email", direction: DESC}]) { totalCount nodes { email } pageInfo { hasNextPage } }
				others: audience(include: ["<all>"], exclude: ["<guests>", "<pros>"], subscribedOnly: false, filter: {number: {path: "custom.age", lt: 50}}) { nodes { email } } }`, ``,
			`{"data": {"guests": {"totalCount": 1, "nodes": [{"email": "alan@example.org"}]}, "both": {"totalCount": 4},
				"page": {"totalCount": 2, "nodes": [{"email": "edsger@example.org"}], "pageInfo": {"hasNextPage": true}},
				"others": {"nodes": [{"email": "ada@example.com"}]}}}`,
		},
		{
			"an audience without one of its segments is none",
			`{ audience(include: ["<all>"], exclude: ["<pros>", "seg_0"]) { totalCount } }`, ``,
			`{"data": null, "errors": [{"message": "there is no such segment", "locations": "<>", "path": ["audience"], "extensions": {"code": "NOT_FOUND", "path": ["exclude", 1]}}]}`,
		},
		{
			"an audience of nobody in particular",
			`{ audience(include: []) { totalCount } }`, ``,
			`{"data": null, "errors": [{"message": "an audience includes at least one segment", "locations": "<>", "path": ["audience"], "extensions": {"code": "BAD_USER_INPUT", "path": ["include"]}}]}`,
		},
		{
			"deleting",
			`mutation { try: deleteContacts(input: {target: {segmentId: "<guests>"}, dryRun: true}) { matching deleted deletedIds }
				members: deleteContacts(input: {target: {segmentId: "<guests>"}}) { matching deleted deletedIds }
				ids: deleteContacts(input: {ids: ["<edsger>", "con_nobody"]}) { matching deleted deletedIds } }`, ``,
			`{"data": {"try": {"matching": 2, "deleted": 0, "deletedIds": []}, "members": {"matching": 2, "deleted": 2, "deletedIds": []},
				"ids": {"matching": 1, "deleted": 1, "deletedIds": ["<edsger>"]}}}`,
		},
		{
			"deleting nothing in particular",
			`mutation { deleteContacts(input: {}) { deleted } }`, ``,
			`{"data": null, "errors": [{"message": "give the ids or the target of the contacts to delete, and not both", "locations": "<>", "path": ["deleteContacts"], "extensions": {"code": "BAD_USER_INPUT"}}]}`,
		},
	}
}
