package dbtest

import (
	"slices"

	"segmentql/db"
	"segmentql/filter"
)

// model is what a workspace holds: its contacts by ID. It answers as a store must, in the plainest way.
type model map[string]*db.Contact

func (m model) count(n filter.Node) int64 {
	var count int64
	for _, c := range m {
		if filter.Match(n, c) {
			count++
		}
	}
	return count
}

// find sorts all that match and cuts out the page.
func (m model) find(q db.ContactQuery) db.ContactPage {
	type placed struct {
		contact *db.Contact
		key     db.Key
	}
	var page db.ContactPage
	var matches []placed
	for _, c := range m {
		if !filter.Match(q.Filter, c) {
			continue
		}
		page.Total++
		key := q.Sort.Key(c)
		if (q.Page.After == nil || q.Sort.Compare(key, *q.Page.After) > 0) && (q.Page.Before == nil || q.Sort.Compare(key, *q.Page.Before) < 0) {
			matches = append(matches, placed{c, key})
		}
	}
	slices.SortFunc(matches, func(a, b placed) int { return q.Sort.Compare(a.key, b.key) })
	if page.HasMore = len(matches) > q.Page.Limit; page.HasMore {
		from := 0
		if q.Page.Backward {
			from = len(matches) - q.Page.Limit
		}
		matches = matches[from : from+q.Page.Limit]
	}
	for _, p := range matches {
		page.Contacts = append(page.Contacts, p.contact)
	}
	return page
}

// byEmail returns the contact with the email, or nil.
func (m model) byEmail(email string) *db.Contact {
	for _, c := range m {
		if email != "" && c.Email == email {
			return c
		}
	}
	return nil
}

// ids returns the IDs of all contacts, sorted.
func (m model) ids() []string {
	list := make([]string, 0, len(m))
	for id := range m {
		list = append(list, id)
	}
	return sorted(list)
}
