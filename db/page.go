package db

// Page sizes.
const (
	DefaultPageSize = 50
	MaxPageSize     = 1_000
)

// Page is a part of a sorted list: up to Limit items after After and before Before, taken from the front, or
// with Backward from the back. Items come in the order of the sort in either case.
type Page struct {
	Limit         int
	After, Before *Key // exclusive; nil is open
	Backward      bool
}

// PageArgs are the arguments of a Relay connection.
type PageArgs struct {
	First, Last   *int32
	After, Before *string
}

// Page checks the arguments of a list that is sorted by s.
func (a PageArgs) Page(s Sort) (Page, error) {
	page := Page{Limit: DefaultPageSize, Backward: a.Last != nil}
	if a.First != nil && a.Last != nil {
		return Page{}, Errorf(BadInput, "first and last cannot be used together; use one of them").At("last")
	}
	for name, size := range map[string]*int32{"first": a.First, "last": a.Last} {
		switch {
		case size == nil:
		case *size < 0:
			return Page{}, Errorf(BadInput, "%s must not be negative", name).At(name)
		case *size > MaxPageSize:
			return Page{}, Errorf(LimitExceeded, "%s is at most %d; read further pages with the cursors", name, MaxPageSize).At(name)
		default:
			page.Limit = int(*size)
		}
	}
	for name, text := range map[string]*string{"after": a.After, "before": a.Before} {
		if text == nil || *text == "" {
			continue
		}
		key, err := s.ParseCursor(*text)
		if err != nil {
			return Page{}, err.At(name)
		}
		if name == "after" {
			page.After = &key
		} else {
			page.Before = &key
		}
	}
	return page, nil
}
