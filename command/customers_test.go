package command_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestCustomers is the main job on real documents, those of MongoDB's sample data: import, a saved filter, its members
// and their number. The excerpt is committed; the whole file may be beside the repository.
func TestCustomers(t *testing.T) {
	const whole = "../../shared/data/mongodb-sample-customers.json"
	for _, c := range []struct{ file, summary string }{
		{"../transfer/testdata/customers.jsonl", "61 created, 1 updated, 0 rejected"},
		{whole, "499 created, 1 updated, 0 rejected"},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			if _, err := os.Stat(c.file); errors.Is(err, fs.ErrNotExist) && c.file == whole {
				t.Skipf("%s is not there; the excerpt of it is tested", whole)
			}
			want := membersInFile(t, c.file)
			eachStore(t, func(t *testing.T, flags []string) {
				last := lastLine(mustRun(t, slices.Concat([]string{"import"}, flags, []string{"--map", "email=email,firstName=name", c.file})...))
				if last != c.summary {
					t.Errorf("the import ended with %q, want %q", last, c.summary)
				}
				checkCustomers(t, serve(t, flags...), want)
			})
		})
	}
}

const customersFilter = `{and: [{date: {path: "custom.birthdate", before: "1980-01-01"}}, {not: {boolean: {path: "custom.active", equals: true}}},
	{text: {path: "email", notEndsWith: "@gmail.com"}}]}`

func checkCustomers(t *testing.T, s *server, want []string) {
	t.Helper()
	id := ask[struct {
		CreateSegment struct{ Segment struct{ ID string } }
	}](t, s, `mutation { createSegment(input: {name: "Customers", filter: `+customersFilter+`}) { segment { id } } }`, nil).CreateSegment.Segment.ID
	type segment struct {
		MemberCount int
		Members     contactPage
	}
	read := func(args string) segment {
		query := fmt.Sprintf(`{ segment(id: %q) { memberCount members(%s) { %s } } }`, id, args, pageFields)
		return ask[struct{ Segment segment }](t, s, query, nil).Segment
	}
	checkCustomerFields(t, s)
	if got := read("first: 1").MemberCount; got != len(want) {
		t.Errorf("memberCount is %d, want %d", got, len(want))
	}
	for order, forwards := range map[string]bool{`[]`: true, `[{path: "custom.active"}, {path: "custom.birthdate", direction: DESC}]`: false} {
		members := walkPages(t, 25, forwards, func(args string) contactPage { return read(args + ", orderBy: " + order).Members })
		if slices.Sort(members); !slices.Equal(members, want) {
			t.Errorf("ordered by %s, forwards %t: the members are %v, want %v", order, forwards, members, want)
		}
	}
}

// checkCustomerFields is about tier_and_details, an object whose keys are identifiers: one field, and each of its paths can
// be asked for.
func checkCustomerFields(t *testing.T, s *server) {
	t.Helper()
	type field struct {
		Path         string
		MapLike      bool
		ContactCount *int
		Values       []struct {
			Value any
			Count int
		}
	}
	answer := ask[struct {
		Fields, Below  []field
		Tiers, Tier    *field
		PreviewSegment struct{ Count int }
	}](t, s, `{
		fields(search: "custom.") { path mapLike }
		below: fields(under: "custom.tier_and_details") { path mapLike contactCount }
		tiers: field(path: "custom.tier_and_details") { path mapLike contactCount }
		tier: field(path: "custom.tier_and_details.0df078f33aa74a2e9696e0520c1a828a.tier") { path contactCount values(prefix: "b") { value count } }
		previewSegment(filter: {text: {path: "custom.tier_and_details.0df078f33aa74a2e9696e0520c1a828a.tier", equals: "Bronze"}}) { count } }`, nil)
	paths := func(fields []field) (paths []string) {
		for _, f := range fields {
			paths = append(paths, f.Path)
			if f.MapLike != (f.Path == "custom.tier_and_details") {
				t.Errorf("%s: map-like is %v", f.Path, f.MapLike)
			}
		}
		return paths
	}
	if got, want := paths(answer.Fields), []string{
		"custom._id", "custom.accounts", "custom.active", "custom.address", "custom.birthdate", "custom.tier_and_details", "custom.username",
	}; !slices.Equal(got, want) {
		t.Errorf("the fields are %q, want %q", got, want)
	}
	const key = "custom.tier_and_details.*"
	if got, want := paths(answer.Below), []string{key, key + ".active", key + ".benefits", key + ".id", key + ".tier"}; !slices.Equal(got, want) {
		t.Errorf("below the tiers there are %q, want %q", got, want)
	}
	for _, f := range answer.Below {
		if f.ContactCount != nil {
			t.Errorf("%s is had by %d contacts, though no filter can ask for any key", f.Path, *f.ContactCount)
		}
	}
	if answer.Tiers == nil || !answer.Tiers.MapLike || answer.Tiers.ContactCount == nil || *answer.Tiers.ContactCount == 0 {
		t.Errorf("got %+v", answer.Tiers)
	}
	tier := answer.Tier
	if tier == nil || *tier.ContactCount != 1 || len(tier.Values) != 1 || tier.Values[0].Value != "Bronze" || tier.Values[0].Count != 1 {
		t.Errorf("got %+v", tier)
	}
	if answer.PreviewSegment.Count != 1 {
		t.Errorf("%d contacts have the tier, want 1", answer.PreviewSegment.Count)
	}
}

// membersInFile works out the emails of the segment's members from the file alone; the last document of an email counts.
func membersInFile(t *testing.T, name string) []string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	members := map[string]bool{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var customer struct {
			Email     string
			Active    *bool
			Birthdate struct {
				Date struct {
					NumberLong string `json:"$numberLong"`
				} `json:"$date"`
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &customer); err != nil {
			t.Fatal(err)
		}
		millis, err := strconv.ParseInt(customer.Birthdate.Date.NumberLong, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		members[customer.Email] = time.UnixMilli(millis).UTC().Year() < 1980 &&
			(customer.Active == nil || !*customer.Active) && !strings.HasSuffix(customer.Email, "@gmail.com")
	}
	var emails []string
	for email, is := range members {
		if is {
			emails = append(emails, email)
		}
	}
	slices.Sort(emails)
	if len(emails) == 0 {
		t.Fatalf("nobody in %s is a member: the test shows nothing", name)
	}
	return emails
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}
