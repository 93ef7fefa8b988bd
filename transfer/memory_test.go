package transfer_test

import (
	"context"
	"time"

	"segmentql/db"
)

// memory is a workspace of which only what an import uses works.
type memory struct {
	db.Workspace
	contacts  map[string]*db.Contact
	catalogue *db.Catalogue
	batches   []int // sizes
	fail      func(batch int) error
}

func newMemory() *memory {
	return &memory{contacts: map[string]*db.Contact{}, catalogue: db.NewCatalogue(nil)}
}

func (m *memory) Catalogue(context.Context) (*db.Catalogue, error) { return m.catalogue, nil }

func (m *memory) ContactByEmail(_ context.Context, email string) (*db.Contact, error) {
	if c := m.contacts[email]; c != nil {
		return c, nil
	}
	return nil, db.NoSuchContact()
}

func (m *memory) DeclareField(_ context.Context, d db.FieldDeclaration) (*db.Field, error) {
	field := db.Field{Path: d.Path.String(), Type: d.Type}
	m.catalogue.Add([]db.Field{field})
	return &field, d.Check()
}

func (m *memory) UpsertContacts(ctx context.Context, patches []db.ContactPatch, mode db.UpsertMode) ([]db.UpsertResult, error) {
	if err := ctx.Err(); err != nil {
		return nil, db.Errorf(db.Timeout, "it took too long").Because(err)
	}
	m.batches = append(m.batches, len(patches))
	if m.fail != nil {
		if err := m.fail(len(m.batches)); err != nil {
			return nil, err
		}
	}
	results := make([]db.UpsertResult, len(patches))
	for i, p := range patches {
		results[i] = m.upsert(p, mode)
	}
	return results, nil
}

func (m *memory) upsert(p db.ContactPatch, mode db.UpsertMode) db.UpsertResult {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	stored := m.contacts[p.MatchEmail()]
	if p.MatchEmail() == "" {
		stored = nil
	}
	next, result, err := p.Upsert(stored, mode, now)
	if err == nil && !result.Skipped {
		_, err = m.catalogue.Admit(stored, next)
	}
	if err != nil {
		return db.UpsertResult{Err: err}
	}
	if result.Contact == next {
		m.contacts[next.Email] = next
	}
	return result
}
