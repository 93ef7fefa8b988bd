package fields

import (
	"fmt"
	"strings"

	"segmentql/db"
	"segmentql/filter"
)

// maxShownPath is how many bytes of a path there are in a title.
const maxShownPath = 200

func shown(path filter.Path) string {
	text := path.String()
	if len(text) <= maxShownPath {
		return text
	}
	return strings.ToValidUTF8(text[:maxShownPath], "") + "…"
}

func steps(path filter.Path) []any {
	var all []any
	for _, step := range path.Steps() {
		all = append(all, step)
	}
	return all
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

// maxNamed is how many segments an error or a warning names.
const maxNamed = 20

// named names segments for people.
func named(segments []*db.Segment) string {
	names := make([]string, 0, maxNamed+1)
	for i, s := range segments {
		if i == maxNamed {
			names = append(names, fmt.Sprintf("and %d more", len(segments)-i))
			break
		}
		names = append(names, fmt.Sprintf("%q", s.Name))
	}
	return strings.Join(names, ", ")
}
