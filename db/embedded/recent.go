package embedded

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"segmentql/db"
	"segmentql/db/embedded/index"
)

// Limits of what is kept of contacts that were read.
const (
	maxRecent   = 8_192
	recentBytes = 4 << 10 // of a document; in memory a contact takes some times as much
)

// recent are contacts that were on pages lately. A contact never changes under its version, so that none of them is
// out of date.
type recent struct {
	contacts *lru.Cache[recentKey, *db.Contact]
}

type recentKey struct {
	workspace string
	index.Ref
}

func newRecent() *recent {
	contacts, err := lru.New[recentKey, *db.Contact](maxRecent)
	if err != nil {
		panic(err) // the size is wrong
	}
	return &recent{contacts}
}

// get returns nil where the contact is not kept.
func (r *recent) get(workspace string, ref index.Ref) *db.Contact {
	c, _ := r.contacts.Get(recentKey{workspace, ref})
	return c
}

// add keeps a contact whose document has that size, if it is not too large.
func (r *recent) add(workspace string, ref index.Ref, c *db.Contact, size int) {
	if size <= recentBytes {
		r.contacts.Add(recentKey{workspace, ref}, c)
	}
}
