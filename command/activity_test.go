package command_test

import (
	"net/url"
	"strings"
	"testing"
)

const activityFields = ` fragment a on Contact { activity { nodes { at actor { kind id } action changes { path before after cut } omittedChanges } } }`

func TestActivity(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		play(t, s, []step{
			{
				"create",
				`mutation { createContact(input: {email: "ada@example.com", tags: ["old"], custom: {plan: "free", address: {city: "Bonn"}}}) { contact { id ...a } } }` + activityFields,
				``,
				`{"data": {"createContact": {"contact": {"id": "<ada>", "activity": {"nodes": [
					{"at": "…", "actor": {"kind": "API", "id": null}, "action": "CREATED", "changes": [], "omittedChanges": 0}]}}}}}`,
			},
			{
				"update what is in it and what is not",
				`mutation { updateContact(input: {id: "<ada>", status: SUBSCRIBED, statusSource: "Form in the shop", tags: ["new"], custom: {plan: "pro", address: {city: "Bonn", since: "2026-03-01"}}}) {
					contact { version } } same: updateContact(input: {id: "<ada>", tags: ["new"]}) { contact { version } } }`,
				``,
				`{"data": {"updateContact": {"contact": {"version": 2}}, "same": {"contact": {"version": 2}}}}`,
			},
			{
				"change many",
				`mutation { updateContacts(input: {target: {ids: ["<ada>"]}, status: UNSUBSCRIBED, set: [{path: "custom.address.city", value: "Köln"}]}) { changed } }`,
				``,
				`{"data": {"updateContacts": {"changed": 1}}}`,
			},
			{
				"what was done, page by page",
				`{ contact(id: "<ada>") { activity(first: 2) { edges { cursor node { action } } pageInfo { hasNextPage endCursor } } } }`,
				``,
				`{"data": {"contact": {"activity": {"edges": [{"cursor": "…", "node": {"action": "UPDATED"}}, {"cursor": "<second>", "node": {"action": "UPDATED"}}],
					"pageInfo": {"hasNextPage": true, "endCursor": "<second>"}}}}}`,
			},
			{
				"the next page",
				`{ contact(id: "<ada>") { activity(first: 2, after: "<second>") { nodes { action changes { path } } pageInfo { hasNextPage hasPreviousPage } } } }`,
				``,
				`{"data": {"contact": {"activity": {"nodes": [{"action": "CREATED", "changes": []}], "pageInfo": {"hasNextPage": false, "hasPreviousPage": true}}}}}`,
			},
			{
				"what was done, of a list",
				`{ contacts { nodes { ...a } } }` + activityFields,
				``,
				`{"data": {"contacts": {"nodes": [{"activity": {"nodes": [
					{"at": "…", "actor": {"kind": "API", "id": null}, "action": "UPDATED", "omittedChanges": 0, "changes": [
						{"path": "status", "before": "SUBSCRIBED", "after": "UNSUBSCRIBED", "cut": false}, {"path": "custom.address.city", "before": "Bonn", "after": "Köln", "cut": false}]},
					{"at": "…", "actor": {"kind": "API", "id": null}, "action": "UPDATED", "omittedChanges": 0, "changes": [
						{"path": "status", "before": "PENDING", "after": "SUBSCRIBED", "cut": false}, {"path": "tags", "before": "old", "after": null, "cut": false},
						{"path": "tags", "before": null, "after": "new", "cut": false}, {"path": "custom.address.since", "before": null, "after": "2026-03-01", "cut": false},
						{"path": "custom.plan", "before": "free", "after": "pro", "cut": false}]},
					{"at": "…", "actor": {"kind": "API", "id": null}, "action": "CREATED", "changes": [], "omittedChanges": 0}]}}]}}}`,
			},
			{
				"the statuses, by themselves and of a list",
				`{ contact(id: "<ada>") { statusChanges { status at source } } contacts { nodes { statusChanges { source } } } }`,
				``,
				`{"data": {"contact": {"statusChanges": [{"status": "PENDING", "at": "…", "source": "api"},
					{"status": "SUBSCRIBED", "at": "…", "source": "Form in the shop"}, {"status": "UNSUBSCRIBED", "at": "…", "source": "api"}]},
					"contacts": {"nodes": [{"statusChanges": [{"source": "api"}, {"source": "Form in the shop"}, {"source": "api"}]}]}}}`,
			},
			{
				"a page that is too long",
				`{ contact(id: "<ada>") { activity(first: 101) { nodes { at } } } }`,
				``,
				`{"data": {"contact": null}, "errors": [{"message": "…at most 100…", "path": ["contact", "activity"], "locations": "<>",
					"extensions": {"code": "LIMIT_EXCEEDED", "path": ["first"]}}]}`,
			},
			{
				"a cursor of another list",
				`{ contact(id: "<ada>") { activity(after: "eyJpIjoieCJ9") { nodes { at } } } }`,
				``,
				`{"data": {"contact": null}, "errors": [{"message": "…cursor is not valid…", "path": ["contact", "activity"], "locations": "<>",
					"extensions": {"code": "BAD_USER_INPUT", "path": ["after"]}}]}`,
			},
		})
	})
}

// What jobs and commands do is theirs.
func TestActivityOfImports(t *testing.T) {
	dir := t.TempDir()
	if _, stderr, err := run(t, strings.NewReader("email,status\nada@example.com,SUBSCRIBED\n"), "import", "--data", dir, "-"); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	s := serve(t, "--data", dir)
	file := "email,status\nada@example.com,BOUNCED\nbo@example.com,SUBSCRIBED\n"
	job := s.send(t, file, "?"+url.Values{"map": {"status=status"}}.Encode())
	if got := s.awaitJob(t, job).ImportJob; got.State != "DONE" {
		t.Fatalf("the import is %+v", got)
	}
	names{}.check(t, strings.ReplaceAll(`{"data": {"contacts": {"nodes": [
		{"activity": {"nodes": [{"actor": {"kind": "JOB", "id": "<job>"}, "action": "UPDATED"}, {"actor": {"kind": "COMMAND", "id": "import"}, "action": "CREATED"}]},
			"statusChanges": [{"status": "SUBSCRIBED", "source": "command import"}, {"status": "BOUNCED", "source": "job <job>"}]},
		{"activity": {"nodes": [{"actor": {"kind": "JOB", "id": "<job>"}, "action": "CREATED"}]}, "statusChanges": [{"status": "SUBSCRIBED", "source": "job <job>"}]}
	]}}}`, "<job>", job), s.post(t, operation(t, `{ contacts(orderBy: {path: "email"}) { nodes { activity { nodes { actor { kind id } action } } statusChanges { status source } } } }`, nil)).body)
}

// What is older than the server is set to is not shown.
func TestActivityRetention(t *testing.T) {
	for retention, want := range map[string]int{"0s": 0, "1h": 1} {
		s := serve(t, "--data", t.TempDir(), "--activity-retention", retention)
		load(t, s, `[{"email": "ada@example.com"}]`)
		type result struct {
			Contacts struct {
				Nodes []struct {
					Activity      struct{ Nodes []struct{ Action string } }
					StatusChanges []struct{ Status string }
				}
			}
		}
		contact := ask[result](t, s, `{ contacts { nodes { activity { nodes { action } } statusChanges { status } } } }`, nil).Contacts.Nodes[0]
		if len(contact.Activity.Nodes) != want || len(contact.StatusChanges) != 1 {
			t.Errorf("with %s there is %+v", retention, contact)
		}
	}
	if _, stderr, err := run(t, nil, "serve", "--activity-retention", "-1h"); err == nil {
		t.Errorf("a negative one is taken: %s", stderr)
	}
}
