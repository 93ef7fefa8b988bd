package segment

import (
	"slices"
	"strings"

	"segmentql/db"
	"segmentql/filter"
)

// MaxSearchWords bounds the words of a search.
const MaxSearchWords = 10

// Search returns the filter of a free-text search over contacts: each word occurs, ignoring case, in the email, a
// name or the phone number.
func Search(text string) (filter.Node, error) {
	words, err := searchWords(text)
	if err != nil {
		return nil, err
	}
	var all []filter.Node
	for _, word := range words {
		var places []filter.Node
		for _, field := range []string{"email", "firstName", "lastName", "phone"} {
			places = append(places, filter.Has{Path: filter.MustPath(field), Test: filter.NewTextMatch(filter.Anywhere, word, true)})
		}
		all = append(all, filter.Disjunction(places...))
	}
	return filter.Conjunction(all...), nil
}

func searchWords(text string) ([]string, error) {
	words := strings.Fields(text)
	if len(words) > MaxSearchWords {
		return nil, db.Errorf(db.LimitExceeded, "a search has at most %d words, this one has %d", MaxSearchWords, len(words)).At("search")
	}
	return words, nil
}

// order is that of lists of segments: by name, ignoring case.
func order() db.Sort { return db.Sort{{Path: filter.MustPath("name")}} }

func key(s *db.Segment) db.Key { return db.Key{Values: []any{strings.ToLower(s.Name)}, ID: s.ID} }

// Cursor returns the cursor of a segment in a list.
func Cursor(s *db.Segment) string { return order().Cursor(key(s)) }

// List is a page of segments.
type List struct {
	Segments []*db.Segment
	Page     db.Page
	HasMore  bool // beyond the page in the direction in which it was taken
	Total    int  // on all pages
}

// Select sorts the segments, and returns the page that args ask for of those that have each word of the search in
// their name or description.
func Select(segments []*db.Segment, search string, args db.PageArgs) (List, error) {
	page, err := args.Page(order())
	if err != nil {
		return List{}, err
	}
	words, err := searchWords(strings.ToLower(search))
	if err != nil {
		return List{}, err
	}
	var found []*db.Segment
	for _, s := range segments {
		text := strings.ToLower(s.Name + "\n" + s.Description)
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) }) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b *db.Segment) int { return order().Compare(key(a), key(b)) })
	list := List{Page: page, Total: len(found)}
	found = slices.DeleteFunc(found, func(s *db.Segment) bool {
		return page.After != nil && order().Compare(key(s), *page.After) <= 0 ||
			page.Before != nil && order().Compare(key(s), *page.Before) >= 0
	})
	if list.HasMore = len(found) > page.Limit; list.HasMore && page.Backward {
		found = found[len(found)-page.Limit:]
	} else if list.HasMore {
		found = found[:page.Limit]
	}
	list.Segments = found
	return list, nil
}
