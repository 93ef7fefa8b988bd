package db

// InOrder returns for each of the IDs the item that has it, nil where there is none. Items that are asked for twice are
// not the same one.
func InOrder[T any](ids []string, items []*T, id func(*T) string) []*T {
	byID := make(map[string]*T, len(items))
	for _, item := range items {
		byID[id(item)] = item
	}
	ordered := make([]*T, len(ids))
	for i, id := range ids {
		if item := byID[id]; item != nil {
			own := *item
			ordered[i] = &own
		}
	}
	return ordered
}
