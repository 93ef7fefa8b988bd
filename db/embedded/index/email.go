package index

import (
	"github.com/bits-and-blooms/bloom/v3"
)

// Each block has a Bloom filter of its emails: most emails that are looked up are in none of many blocks.
const (
	bloomBits   = 16 // for each contact
	bloomHashes = 4
)

const emailField = "email"

// emailFilter returns the filter of a block's emails.
func (b *block) emailFilter() *bloom.BloomFilter {
	emails := bloom.New(uint(bloomBits*max(b.rows, 1)), bloomHashes)
	if f := b.fields[emailField]; f != nil {
		for i := range f.runs {
			if texts, ok := f.runs[i].values.(*textValues); ok {
				for i := range texts.len() {
					emails.AddString(texts.texts.at(i))
				}
			}
		}
	}
	return emails
}

// ByEmail returns the contact with the email. The caller writes, or sees to it that nobody does.
func (x *Index) ByEmail(email string) (Ref, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	v := x.Current()
	if position, ok := x.byEmail[email]; ok {
		c := v.fresh.entries[position].contact
		return Ref{c.ID, c.Version}, true
	}
	return v.inBlocks(email)
}

// ByEmail returns the contact with the email.
func (v *Version) ByEmail(email string) (Ref, bool) {
	for i := len(v.fresh.entries) - 1; i >= 0; i-- {
		if c := v.fresh.entries[i].contact; c.Email == email && !v.fresh.dead.ContainsInt(i) {
			return Ref{c.ID, c.Version}, true
		}
	}
	return v.inBlocks(email)
}

func (v *Version) inBlocks(email string) (Ref, bool) {
	hashes := bloom.Locations([]byte(email), bloomHashes)
	for _, p := range v.blocks {
		if p.emails.TestLocations(hashes) {
			if row, ok := p.byEmail(email); ok {
				return p.ref(row), true
			}
		}
	}
	return Ref{}, false
}

// byEmail returns the living row with the email.
func (p part) byEmail(email string) (uint32, bool) {
	f := p.fields[emailField]
	if f == nil {
		return 0, false
	}
	for i := range f.runs {
		r := &f.runs[i]
		position, found := find(r.values, email)
		if !found {
			continue
		}
		for _, row := range r.between(span{position, position + 1}) {
			if !p.dead.Contains(row) {
				return row, true
			}
		}
	}
	return 0, false
}
