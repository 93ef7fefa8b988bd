package embedded

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

const (
	putContact = `
		INSERT INTO contacts (workspace, id, email, doc) VALUES (?1, ?2, nullif(?3, ''), ?4)
		ON CONFLICT (workspace, id) DO UPDATE SET email = excluded.email, doc = excluded.doc`
	deleteContact        = `DELETE FROM contacts WHERE workspace = ?1 AND id = ?2`
	selectContact        = `SELECT doc FROM contacts WHERE workspace = ?1 AND id = ?2`
	selectContactByEmail = `SELECT doc FROM contacts WHERE workspace = ?1 AND email = ?2`
	selectContactsByID   = `SELECT id, doc FROM contacts WHERE workspace = ?1 AND id IN (SELECT value FROM json_each(?2))`
)

// CreateContact stores a new contact.
func (w *workspace) CreateContact(ctx context.Context, p db.ContactPatch) (*db.Contact, error) {
	contact, err := db.NewContact(p, db.Now(ctx, w.store.now))
	if err != nil {
		return nil, err
	}
	if err := w.write(ctx, func(t *tx) error { return t.put(ctx, &contact) }); err != nil {
		return nil, err
	}
	return &contact, nil
}

// UpdateContact changes a contact.
func (w *workspace) UpdateContact(ctx context.Context, id string, p db.ContactPatch) (*db.Contact, error) {
	var contact db.Contact
	err := w.write(ctx, func(t *tx) error {
		stored, err := t.contact(ctx, selectContact, id)
		if err != nil {
			return err
		}
		if stored == nil {
			return db.NoSuchContact()
		}
		if contact, err = p.Apply(*stored, db.Now(ctx, w.store.now)); err != nil {
			return err
		}
		return t.put(ctx, &contact)
	})
	if err != nil {
		return nil, err
	}
	return &contact, nil
}

// UpsertContacts applies all patches in one transaction.
func (w *workspace) UpsertContacts(ctx context.Context, patches []db.ContactPatch) ([]db.UpsertResult, error) {
	results := make([]db.UpsertResult, len(patches))
	err := w.write(ctx, func(t *tx) error {
		for i, p := range patches {
			var err error
			if results[i], err = t.upsert(ctx, p); err == nil {
				continue
			}
			if _, own := errors.AsType[*db.Error](err); !own {
				return err
			}
			results[i] = db.UpsertResult{Err: err}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// upsert fails with a *db.Error, before anything is written, where the patch is at fault.
func (t *tx) upsert(ctx context.Context, p db.ContactPatch) (db.UpsertResult, error) {
	now := db.Now(ctx, t.workspace.store.now)
	email := ""
	if p.Email != nil {
		email = filter.NormaliseEmail(*p.Email)
	}
	if email == "" {
		return db.UpsertResult{}, db.NoEmail()
	}
	stored, err := t.contact(ctx, selectContactByEmail, email)
	if err != nil {
		return db.UpsertResult{}, err
	}
	var contact db.Contact
	if stored == nil {
		contact, err = db.NewContact(p, now)
	} else {
		contact, err = p.Apply(*stored, now)
	}
	if err != nil {
		return db.UpsertResult{}, err
	}
	return db.UpsertResult{Contact: &contact, Created: stored == nil}, t.put(ctx, &contact)
}

// DeleteContacts deletes contacts.
func (w *workspace) DeleteContacts(ctx context.Context, ids []string) ([]string, error) {
	var deleted []string
	err := w.write(ctx, func(t *tx) error {
		for _, id := range ids {
			n, err := t.exec(ctx, deleteContact, id)
			if err != nil {
				return err
			}
			if n > 0 {
				deleted = append(deleted, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return deleted, nil
}

// ContactsByID reads contacts.
func (w *workspace) ContactsByID(ctx context.Context, ids []string) ([]*db.Contact, error) {
	contacts := make([]*db.Contact, len(ids))
	err := w.read(ctx, func(t *tx) error {
		docs, err := t.documents(ctx, ids)
		if err != nil {
			return err
		}
		for i, id := range ids {
			if contacts[i], err = docs.contact(id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return contacts, nil
}

// ContactByEmail reads a contact.
func (w *workspace) ContactByEmail(ctx context.Context, email string) (*db.Contact, error) {
	var contact *db.Contact
	err := w.read(ctx, func(t *tx) (err error) {
		if contact, err = t.contact(ctx, selectContactByEmail, filter.NormaliseEmail(email)); err == nil && contact == nil {
			err = db.NoSuchContact()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return contact, nil
}

// FindContacts answers all queries with one question to the engine, and from one state of the database.
func (w *workspace) FindContacts(ctx context.Context, queries []db.ContactQuery) ([]db.ContactPage, error) {
	pages := make([]db.ContactPage, len(queries))
	if len(queries) == 0 {
		return pages, nil
	}
	err := w.read(ctx, func(t *tx) error {
		found, err := w.store.engine.find(ctx, t, queries)
		if err != nil {
			return err
		}
		var ids []string
		for _, f := range found {
			ids = append(ids, f.ids...)
		}
		docs, err := t.documents(ctx, ids)
		if err != nil {
			return err
		}
		for i, f := range found {
			pages[i] = db.ContactPage{Contacts: make([]*db.Contact, len(f.ids)), HasMore: f.more}
			if queries[i].Total {
				counts, err := w.store.engine.count(ctx, t, []filter.Node{queries[i].Filter})
				if err != nil {
					return err
				}
				pages[i].Total = counts[0]
			}
			for j, id := range f.ids {
				if pages[i].Contacts[j], err = docs.contact(id); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return pages, nil
}

// CountContacts answers all filters with one question to the engine.
func (w *workspace) CountContacts(ctx context.Context, filters []filter.Node) ([]int64, error) {
	if len(filters) == 0 {
		return []int64{}, nil
	}
	var counts []int64
	err := w.read(ctx, func(t *tx) (err error) {
		counts, err = w.store.engine.count(ctx, t, filters)
		return err
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// ExplainFilter tells how the engine answers.
func (w *workspace) ExplainFilter(ctx context.Context, n filter.Node) (*db.Explanation, error) {
	start := time.Now()
	counts, err := w.CountContacts(ctx, []filter.Node{n})
	if err != nil {
		return nil, err
	}
	took := time.Since(start)
	return &db.Explanation{Matching: counts[0], Duration: took, Steps: []db.ExplainedStep{
		{Node: n, Method: db.ByScan, Matching: counts[0], Duration: took},
	}}, nil
}

// put brings a contact into the declared types and stores it in place of the one with its ID.
func (t *tx) put(ctx context.Context, c *db.Contact) error {
	if err := t.admit(ctx, c); err != nil {
		return err
	}
	doc, err := bson.Marshal(document.Contact(t.workspace.id, c))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, putContact, c.ID, c.Email, doc)
	return err
}

// contact returns the one contact that the statement selects, or nil.
func (t *tx) contact(ctx context.Context, statement, key string) (*db.Contact, error) {
	var doc []byte
	found, err := t.one(ctx, []any{&doc}, statement, key)
	if err != nil || !found {
		return nil, err
	}
	return document.ReadContact(doc)
}

// documents are contacts as they are stored, by ID.
type documents map[string]bson.Raw

// documents reads those of the contacts that exist.
func (t *tx) documents(ctx context.Context, ids []string) (documents, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	docs := documents{}
	err = t.each(ctx, func(row *sql.Rows) error {
		var id string
		var doc []byte
		if err := row.Scan(&id, &doc); err != nil {
			return err
		}
		docs[id] = doc
		return nil
	}, selectContactsByID, string(list))
	return docs, err
}

// contact returns a contact that is the caller's own, or nil where there is none.
func (d documents) contact(id string) (*db.Contact, error) {
	doc, ok := d[id]
	if !ok {
		return nil, nil //nolint:nilnil // nil is the answer
	}
	return document.ReadContact(doc)
}
