package graph

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"segmentql/db"
)

// Limits of what encodings keeps. Of larger contacts there are few, and of so many of them a request shows only some.
const (
	keptEncodings = 2_000
	keptEncoding  = 4 << 10 // bytes
)

// encodings keeps the custom fields of the contacts that were shown last as JSON: to encode them is half of the work of a
// request for fifty. A contact never changes, and a store that has contacts in memory returns the same ones again.
type encodings struct {
	recent *lru.Cache[*db.Contact, string] // "" of a contact that was shown once
}

func newEncodings() *encodings {
	recent, err := lru.New[*db.Contact, string](keptEncodings)
	if err != nil {
		panic(err) // of a size below 1
	}
	return &encodings{recent}
}

// write writes the custom fields of a contact. It keeps them when they are shown again: from other stores each contact
// comes once.
func (k *encodings) write(e *encoder, c *db.Contact) {
	text, shown := k.recent.Get(c)
	if text != "" {
		e.text = append(e.text, text...)
		return
	}
	start := len(e.text)
	e.object(c.Custom)
	written := e.text[start:]
	if len(written) > keptEncoding {
		return
	}
	if shown {
		text = string(written)
	}
	k.recent.Add(c, text)
}
