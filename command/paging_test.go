package command_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// scores are values to sort by, in their order ascending; those of one line are equal. The last line are lists and
// objects, which come at the end in either direction.
var scores = []string{
	`{}`, `{"score": null}`,
	`{"score": -5}`,
	`{"score": 2}`, `{"score": 2.0}`, `{"score": 2}`,
	`{"score": 2.5}`,
	`{"score": 9007199254740992}`,
	`{"score": 9007199254740993}`,
	`{"score": "10"}`, `{"score": "10"}`,
	`{"score": "9"}`,
	`{"score": "é"}`,
	`{"score": false}`, `{"score": false}`,
	`{"score": true}`,
	`{"score": [1, 2]}`, `{"score": {"a": 1}}`, `{"score": []}`,
}

func TestWalkThroughPages(t *testing.T) {
	eachStore(t, func(t *testing.T, flags []string) {
		s := serve(t, flags...)
		var contacts []string
		for i, custom := range scores {
			contacts = append(contacts, fmt.Sprintf(`{"email": "%02d@example.com", "firstName": "%d", "custom": %s}`, i, i%3, custom))
		}
		load(t, s, "["+strings.Join(contacts, ",")+"]")
		inOrder := func(spans ...[2]int) []string {
			var emails []string
			for _, span := range spans {
				for i := span[0]; i < span[1]; i++ {
					emails = append(emails, fmt.Sprintf("%02d@example.com", i))
				}
			}
			return emails
		}
		for _, c := range []struct {
			orderBy string
			want    []string // nil where it depends on the IDs
		}{
			{`[]`, nil},
			{`[{path: "custom.score"}]`, nil},
			{`[{path: "custom.score", direction: DESC}]`, nil},
			{`[{path: "custom.score"}, {path: "email"}]`, inOrder([2]int{0, 19})},
			{
				`[{path: "custom.score", direction: DESC}, {path: "email", direction: ASC}]`,
				inOrder([2]int{15, 16}, [2]int{13, 15}, [2]int{12, 13}, [2]int{11, 12}, [2]int{9, 11}, [2]int{8, 9}, [2]int{7, 8}, [2]int{6, 7}, [2]int{3, 6}, [2]int{2, 3}, [2]int{0, 2}, [2]int{16, 19}),
			},
			{`[{path: "firstName", direction: DESC}, {path: "custom.score"}, {path: "updatedAt"}]`, nil},
			{`[{path: "email", direction: DESC}]`, reversed(inOrder([2]int{0, 19}))},
		} {
			t.Run(c.orderBy, func(t *testing.T) {
				all := pageOf(t, s, c.orderBy, "first: 1000").emails()
				if c.want != nil && !sameContacts(all, c.want, c.orderBy) {
					t.Errorf("the order is %v, want %v", all, c.want)
				}
				if !slices.Equal(slices.Sorted(slices.Values(all)), inOrder([2]int{0, 19})) {
					t.Errorf("not each contact once: %v", all)
				}
				for _, size := range []int{1, 4, 19} {
					if got := walk(t, s, c.orderBy, size, true); !slices.Equal(got, all) {
						t.Errorf("%d by %d forwards: %v, want %v", size, size, got, all)
					}
					if got := walk(t, s, c.orderBy, size, false); !slices.Equal(got, all) {
						t.Errorf("%d by %d backwards: %v, want %v", size, size, got, all)
					}
				}
			})
		}
		t.Run("while others are written", func(t *testing.T) { walkWhileWriting(t, s, inOrder([2]int{0, 19})) })
	})
}

// sameContacts compares orders. Lists and objects at the end are by ID among themselves.
func sameContacts(got, want []string, orderBy string) bool {
	got, want = slices.Clone(got), slices.Clone(want)
	if strings.Contains(orderBy, "score") {
		slices.Sort(got[16:])
		slices.Sort(want[16:])
	}
	return slices.Equal(got, want)
}

func reversed(s []string) []string {
	slices.Reverse(s)
	return s
}

// contactPage is a page of a list of contacts, as connections answer.
type contactPage struct {
	Nodes []struct{ ID, Email string }
	Edges []struct {
		Cursor string
		Node   struct{ ID, Email string }
	}
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       string
	}
	TotalCount int
}

func (p contactPage) emails() []string {
	var emails []string
	for _, n := range p.Nodes {
		emails = append(emails, n.Email)
	}
	return emails
}

const pageFields = `nodes { id email } edges { cursor node { id email } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount`

func pageOf(t *testing.T, s *server, orderBy, args string) contactPage {
	t.Helper()
	return ask[struct{ Contacts contactPage }](t, s, fmt.Sprintf(`{ contacts(orderBy: %s, %s) { %s } }`, orderBy, args, pageFields), nil).Contacts
}

// walk returns all contacts, page by page, in the order of the list, and checks what the pages say of themselves.
func walk(t *testing.T, s *server, orderBy string, size int, forwards bool) []string {
	t.Helper()
	return walkPages(t, size, forwards, func(args string) contactPage { return pageOf(t, s, orderBy, args) })
}

// walkPages is walk for any list of contacts.
func walkPages(t *testing.T, size int, forwards bool, read func(args string) contactPage) []string {
	t.Helper()
	var emails []string
	args, next := fmt.Sprintf("first: %d", size), ""
	if !forwards {
		args = fmt.Sprintf("last: %d", size)
	}
	for turn := 0; ; turn++ {
		page := read(args + next)
		if len(page.Nodes) == 0 || len(page.Nodes) > size || len(page.Edges) != len(page.Nodes) {
			t.Fatalf("a page of %d has %d nodes and %d edges", size, len(page.Nodes), len(page.Edges))
		}
		if page.PageInfo.StartCursor != page.Edges[0].Cursor || page.PageInfo.EndCursor != page.Edges[len(page.Edges)-1].Cursor {
			t.Errorf("the cursors of the page are not those of its ends: %+v", page)
		}
		more, back := page.PageInfo.HasNextPage, page.PageInfo.HasPreviousPage
		if forwards {
			emails = slices.Concat(emails, page.emails())
			next = fmt.Sprintf(", after: %q", page.PageInfo.EndCursor)
		} else {
			more, back = back, more
			emails = slices.Concat(page.emails(), emails)
			next = fmt.Sprintf(", before: %q", page.PageInfo.StartCursor)
		}
		if back != (turn > 0) || more != (len(emails) < page.TotalCount) {
			t.Errorf("after %d of %d: %+v", len(emails), page.TotalCount, page.PageInfo)
		}
		if !more {
			return emails
		}
	}
}

// walkWhileWriting deletes and creates contacts between the pages: those that are there all the time come once.
func walkWhileWriting(t *testing.T, s *server, before []string) {
	const orderBy = `[{path: "custom.score"}]`
	seen := map[string]int{}
	after := ""
	for turn := 0; ; turn++ {
		page := pageOf(t, s, orderBy, "first: 3"+after)
		for _, n := range page.Nodes {
			seen[n.Email]++
		}
		if !page.PageInfo.HasNextPage {
			break
		}
		after = fmt.Sprintf(", after: %q", page.PageInfo.EndCursor)
		// The contact at the cursor goes, and new ones come before and after it.
		last := page.Nodes[len(page.Nodes)-1].ID
		ask[any](t, s, `mutation($id: ID!, $a: String, $b: String) { deleteContacts(input: {ids: [$id]}) { deletedIds }
			a: createContact(input: {email: $a}) { contact { id } } b: createContact(input: {email: $b, custom: {score: "z"}}) { contact { id } } }`,
			map[string]any{"id": last, "a": fmt.Sprintf("early%d@example.com", turn), "b": fmt.Sprintf("late%d@example.com", turn)})
	}
	for _, email := range before {
		if seen[email] != 1 {
			t.Errorf("%s came %d times", email, seen[email])
		}
	}
	for email, times := range seen {
		if times != 1 {
			t.Errorf("%s came %d times", email, times)
		}
	}
}
