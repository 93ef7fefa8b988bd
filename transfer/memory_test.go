package transfer_test

import (
	"context"
	"time"

	"segmentql/db"
	"segmentql/filter"
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

func (m *memory) DeclareField(_ context.Context, d db.FieldDeclaration) (*db.Field, error) {
	field := db.Field{Path: d.Path.String(), Type: d.Type}
	m.catalogue.Add([]db.Field{field})
	return &field, d.Check()
}

func (m *memory) UpsertContacts(ctx context.Context, patches []db.ContactPatch) ([]db.UpsertResult, error) {
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
		results[i] = m.upsert(p)
	}
	return results, nil
}

func (m *memory) upsert(p db.ContactPatch) db.UpsertResult {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	before, known := m.contacts[filter.NormaliseEmail(*p.Email)]
	var after db.Contact
	var err error
	if known {
		after, err = p.Apply(*before, now)
	} else {
		after, err = db.NewContact(p, now)
	}
	if err == nil {
		_, err = m.catalogue.Admit(nil, &after)
	}
	if err != nil {
		return db.UpsertResult{Err: err}
	}
	m.contacts[after.Email] = &after
	return db.UpsertResult{Contact: &after, Created: !known}
}
