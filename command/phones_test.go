package command_test

import (
	"strings"
	"testing"

	"segmentql/db"
)

// TestPhones brings phones into their form by every way that they come, and finds them by it.
func TestPhones(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		const file = "email,phone\nimport@example.com,512-555-0123\nwords@example.com,\"ask Ada\"\n"
		if _, stderr, err := run(t, strings.NewReader(file), append([]string{"import", "--phone-region", "us", "-"}, flags...)...); err != nil {
			t.Fatalf("%v\n%s", err, stderr)
		}
		s := serve(t, append([]string{"--phone-region", "US"}, flags...)...)
		const shown = `results { contact { phone } }`
		play(t, s, []step{
			{
				"create", `mutation { createContact(input: {email: "ada@example.com", phone: "(415) 555-2671"}) { contact { id phone } } }`, ``,
				`{"data": {"createContact": {"contact": {"id": "<ada>", "phone": "+14155552671"}}}}`,
			},
			{
				"update", `mutation { updateContact(input: {id: "<ada>", phone: "0044 20 7946 0958"}) { contact { phone } } }`, ``,
				`{"data": {"updateContact": {"contact": {"phone": "+442079460958"}}}}`,
			},
			{
				"upsert", `mutation { upsertContacts(input: {contacts: [{email: "bob@example.com", phone: "(415) 555-2672"}, {email: "eve@example.com", phone: "after 5"}]}) { ` + shown + ` } }`, ``,
				`{"data": {"upsertContacts": {"results": [{"contact": {"phone": "+14155552672"}}, {"contact": {"phone": "after 5"}}]}}}`,
			},
			{
				"find", `{ contacts(filter: {text: {path: "phone", in: ["+44 20 7946 0958", "+1 (512) 555-0123", "ask Ada"]}}) { nodes { email } } }`, ``,
				`{"data": {"contacts": {"nodes": [{"email": "import@example.com"}, {"email": "words@example.com"}, {"email": "ada@example.com"}]}}}`,
			},
		})
		s.awaitJob(t, s.send(t, "email,phone\nus@example.com,512 555 0199\n", ""))
		s.awaitJob(t, s.send(t, "email,phone\ngb@example.com,020 7946 0959\n", "?phoneRegion=GB"))
		names{}.check(t, `{"data": {"us": {"phone": "+15125550199"}, "gb": {"phone": "+442079460959"}}}`,
			s.post(t, operation(t, `{ us: contact(email: "us@example.com") { phone } gb: contact(email: "gb@example.com") { phone } }`, nil)).body)
	})
}

func TestWrongPhoneRegion(t *testing.T) {
	for _, command := range []string{"serve", "import"} {
		args := []string{command, "--data", t.TempDir(), "--phone-region", "UK"}
		if command == "import" {
			args = append(args, "-")
		}
		_, _, err := run(t, strings.NewReader("email\na@example.com\n"), args...)
		if db.CodeOf(err) != db.BadInput || !strings.Contains(err.Error(), `"UK" is not a region of phone numbers`) {
			t.Errorf("%s: got %v", command, err)
		}
	}
}
