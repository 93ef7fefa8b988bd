package embedded

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/db/embedded/index"
)

const (
	insertContact = `
		INSERT INTO contacts (workspace, id, doc) SELECT ?1, ?2, ?3
		WHERE NOT EXISTS (SELECT 1 FROM merged WHERE workspace = ?1 AND id = ?2) ON CONFLICT DO NOTHING`
	updateContact      = `UPDATE contacts SET doc = ?3 WHERE workspace = ?1 AND id = ?2`
	deleteContact      = `DELETE FROM contacts WHERE workspace = ?1 AND id = ?2`
	selectContact      = `SELECT doc FROM contacts WHERE workspace = ?1 AND id = ?2`
	selectContactsByID = `
		SELECT ids.key, c.doc FROM json_each(?2) ids
		CROSS JOIN contacts c ON c.workspace = ?1 AND c.id = ids.value`
)

// CreateContact stores a new contact.
func (w *workspace) CreateContact(ctx context.Context, p db.ContactPatch) (*db.Contact, error) {
	contact, err := db.NewContact(p, db.Now(ctx, w.store.now))
	if err != nil {
		return nil, err
	}
	if err := w.writeContacts(ctx, func(t *tx) error { return t.put(ctx, nil, &contact) }); err != nil {
		return nil, err
	}
	return &contact, nil
}

// UpdateContact changes a contact.
func (w *workspace) UpdateContact(ctx context.Context, id string, p db.ContactPatch) (*db.Contact, error) {
	results, err := w.UpdateContacts(ctx, []string{id}, p)
	if err != nil {
		return nil, err
	}
	return results[0].Contact, results[0].Err
}

// UpdateContacts changes contacts in one transaction.
func (w *workspace) UpdateContacts(ctx context.Context, ids []string, p db.ContactPatch) ([]db.UpdateResult, error) {
	results := make([]db.UpdateResult, len(ids))
	err := w.writeContacts(ctx, func(t *tx) error {
		stored, err := t.reach(ctx, ids)
		if err != nil {
			return err
		}
		latest := map[string]*db.Contact{} // several of the IDs may lead to one contact
		for i, c := range stored {
			if c != nil && latest[c.ID] != nil {
				c = latest[c.ID]
			}
			contact, err := t.update(ctx, c, p)
			if _, own := errors.AsType[*db.Error](err); err != nil && !own {
				return err
			}
			results[i] = db.UpdateResult{Contact: contact, Err: err}
			if err == nil {
				latest[contact.ID] = contact
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// update applies the patch to a contact, which is nil where there is none. It fails with a *db.Error, before anything is
// written, where that is so or the patch is at fault.
func (t *tx) update(ctx context.Context, stored *db.Contact, p db.ContactPatch) (*db.Contact, error) {
	if stored == nil {
		return nil, db.NoSuchContact()
	}
	contact, err := p.Update(stored, db.Now(ctx, t.workspace.store.now))
	if err != nil || contact == stored {
		return contact, err
	}
	if err := t.put(ctx, stored, contact); err != nil {
		return nil, err
	}
	return contact, nil
}

// UpsertContacts applies all patches in one transaction.
func (w *workspace) UpsertContacts(ctx context.Context, patches []db.ContactPatch, mode db.UpsertMode) ([]db.UpsertResult, error) {
	var results []db.UpsertResult
	err := w.writeContacts(ctx, func(t *tx) (err error) {
		results, err = t.upsertAll(ctx, patches, mode)
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// upsertAll applies the patches in their order. Where one of them is at fault, that is its result.
func (t *tx) upsertAll(ctx context.Context, patches []db.ContactPatch, mode db.UpsertMode) ([]db.UpsertResult, error) {
	emails := make([]string, len(patches))
	for i, p := range patches {
		emails[i] = p.MatchEmail()
	}
	known, err := t.contactsByEmail(ctx, emails)
	if err != nil {
		return nil, err
	}
	results := make([]db.UpsertResult, len(patches))
	for i, p := range patches {
		result, err := t.upsert(ctx, known[emails[i]], p, mode)
		if _, own := errors.AsType[*db.Error](err); err != nil && !own {
			return nil, err
		}
		if err != nil {
			results[i] = db.UpsertResult{Err: err}
			continue
		}
		results[i] = result
		if c := result.Contact; c != nil {
			noteUpserted(known, emails[i], c)
		}
	}
	return results, nil
}

// noteUpserted takes note of a contact as it is now under all emails by which it is known: those of contacts that became part
// of it, too.
func noteUpserted(known map[string]*db.Contact, email string, c *db.Contact) {
	if email != "" {
		known[email] = c
	}
	for _, m := range append(c.Merged[:len(c.Merged):len(c.Merged)], db.MergedContact{Email: c.Email}) {
		if k := known[m.Email]; k != nil && k.ID == c.ID {
			known[m.Email] = c
		}
	}
}

// upsert applies the patch to the contact that is stored, nil where there is none. It fails with a *db.Error, before
// anything is written, where the patch is at fault.
func (t *tx) upsert(ctx context.Context, stored *db.Contact, p db.ContactPatch, mode db.UpsertMode) (db.UpsertResult, error) {
	next, result, err := p.Upsert(stored, mode, db.Now(ctx, t.workspace.store.now))
	switch {
	case err != nil, result.Skipped:
		return result, err
	case result.Contact != next:
		return result, t.admit(ctx, stored, next) // which fails where it did when the patch was applied
	}
	err = t.put(ctx, stored, next)
	if errors.Is(err, errIDTaken) {
		var reached []*db.Contact
		if reached, err = t.reach(ctx, []string{next.ID}); err == nil {
			result.Contact = reached[0]
		}
	}
	return result, err
}

// DeleteContacts deletes contacts.
func (w *workspace) DeleteContacts(ctx context.Context, ids []string) ([]string, error) {
	var deleted []string
	err := w.writeContacts(ctx, func(t *tx) error {
		contacts, err := t.reach(ctx, ids)
		if err != nil {
			return err
		}
		gone := map[string]bool{}
		for _, c := range contacts {
			if c == nil || gone[c.ID] {
				continue
			}
			if err := t.delete(ctx, c); err != nil {
				return err
			}
			for _, id := range c.IDs() {
				if err := t.deleteActivity(ctx, id); err != nil {
					return err
				}
			}
			gone[c.ID] = true
			deleted = append(deleted, c.ID)
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
	var contacts []*db.Contact
	err := w.read(ctx, func(t *tx) (err error) {
		contacts, err = t.reach(ctx, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	return contacts, nil
}

// ContactByEmail reads a contact.
func (w *workspace) ContactByEmail(ctx context.Context, email string) (*db.Contact, error) {
	email = db.NormaliseEmail(email)
	var contact *db.Contact
	err := w.ask(ctx, newProjection, func(v *index.Version, _ index.Fetch) error {
		ref, found := v.ByEmail(email)
		if !found {
			return w.view(ctx, func(t *tx) error {
				reached, err := t.byMergedEmail(ctx, []string{email})
				contact = reached[email]
				return err
			})
		}
		contacts, err := w.contacts(ctx, []index.Ref{ref})
		contact = contacts[0]
		return err
	})
	if err == nil && contact == nil {
		err = db.NoSuchContact()
	}
	if err != nil {
		return nil, err
	}
	return contact, nil
}

// errIDTaken is for a contact that was there already, though it has another email now: see db.JobRow.
var errIDTaken = errors.New("there is a contact with the ID")

// put brings a contact into the declared types and stores it in place of what it was before, nil if it was not there. It
// fails with errIDTaken where it was.
func (t *tx) put(ctx context.Context, before, c *db.Contact) error {
	if id, taken := t.emails.owner(c.Email); taken && id != c.ID {
		return db.EmailTaken()
	}
	if err := t.admit(ctx, before, c); err != nil {
		return err
	}
	if before != nil {
		if c.Version == before.Version {
			return nil // nothing has changed
		}
		if err := t.logReplaced(ctx, before, c); err != nil {
			return err
		}
	}
	return t.store(ctx, before, c, document.Contact(t.workspace.id, c))
}

// store stores a contact, of whose email and fields is known, with its document. It fails with errIDTaken where there is one
// though it was not there before.
func (t *tx) store(ctx context.Context, before, c *db.Contact, doc []byte) error {
	statement, more := updateContact, 0
	if before == nil {
		statement, more = insertContact, 1
	}
	written, err := t.exec(ctx, statement, c.ID, doc)
	if err != nil {
		return err
	}
	if written == 0 {
		return errIDTaken
	}
	if err := t.keepMerged(ctx, before, c); err != nil {
		return err
	}
	t.workspace.store.rescans.see(t.workspace.id, c)
	t.emails.changed(before, c)
	t.changed(index.Change{ID: c.ID, Contact: c, Document: doc}, more)
	return nil
}

// contact returns a contact, nil if there is none.
func (t *tx) contact(ctx context.Context, id string) (*db.Contact, error) {
	var doc []byte
	found, err := t.one(ctx, []any{&doc}, selectContact, id)
	if err != nil || !found {
		return nil, err
	}
	return document.ReadContact(doc)
}

// contactsByID returns a contact for each of the IDs, nil where there is none.
func (t *tx) contactsByID(ctx context.Context, ids []string) ([]*db.Contact, error) {
	contacts := make([]*db.Contact, len(ids))
	err := t.documents(ctx, ids, func(i int, doc []byte) (err error) {
		contacts[i], err = document.ReadContact(doc)
		return err
	})
	return contacts, err
}

// contactsByEmail reads those of the contacts that there are, by email, and those of which one with the email became part.
func (t *tx) contactsByEmail(ctx context.Context, emails []string) (map[string]*db.Contact, error) {
	known := make(map[string]*db.Contact, len(emails))
	var ids, missing []string
	for _, email := range emails {
		if id, ok := t.emails.owner(email); ok {
			ids = append(ids, id)
		} else if email != "" {
			missing = append(missing, email)
		}
	}
	contacts, err := t.contactsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, c := range contacts {
		known[c.Email] = c
	}
	reached, err := t.byMergedEmail(ctx, missing)
	maps.Copy(known, reached)
	return known, err
}

// readAtOnce is how many contacts one statement reads at most.
const readAtOnce = 1_000

// documents calls yield with the documents of those of the contacts that there are, each with its position among the
// IDs, in their order. It must not keep them.
func (t *tx) documents(ctx context.Context, ids []string, yield func(i int, doc []byte) error) error {
	for start := 0; start < len(ids); start += readAtOnce {
		list, err := json.Marshal(ids[start:min(start+readAtOnce, len(ids))])
		if err != nil {
			return err
		}
		err = t.each(ctx, func(row *sql.Rows) error {
			var i int
			var doc sql.RawBytes // SQLite's own memory, until the next row
			if err := row.Scan(&i, &doc); err != nil {
				return err
			}
			return yield(start+i, doc)
		}, selectContactsByID, string(list))
		if err != nil {
			return err
		}
	}
	return nil
}
