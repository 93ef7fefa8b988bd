package index

import "slices"

// best keeps the first few of many items that are offered in any order.
type best[T any] struct {
	most    int
	compare func(a, b T) int
	items   []T
	cut     bool // items begins with the first ones so far, as many as it may keep, and others were dropped
}

func (b *best[T]) offer(item T) {
	if b.most == 0 || b.cut && b.compare(item, b.items[b.most-1]) > 0 {
		return
	}
	b.items = append(b.items, item)
	if len(b.items) >= 2*b.most {
		b.prune()
	}
}

func (b *best[T]) prune() {
	slices.SortFunc(b.items, b.compare)
	if len(b.items) >= b.most {
		b.items, b.cut = b.items[:b.most], true
	}
}

// sorted returns the first items, in their order.
func (b *best[T]) sorted() []T {
	b.prune()
	return b.items
}
