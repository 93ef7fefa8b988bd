package embedded

import (
	"context"
	"database/sql"
	"encoding/json"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/db/embedded/index"
)

// The table says of what contacts became part. It is asked for IDs and emails that no contact has, and mostly empty.
const (
	putMerged = `
		INSERT INTO merged (workspace, id, email, contact) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT DO UPDATE SET contact = excluded.contact`
	deleteMerged        = `DELETE FROM merged WHERE workspace = ?1 AND contact = ?2`
	selectMergedByID    = `SELECT ids.value, m.contact FROM json_each(?2) ids CROSS JOIN merged m ON m.workspace = ?1 AND m.id = ids.value`
	selectMergedByEmail = `SELECT emails.value, m.contact FROM json_each(?2) emails CROSS JOIN merged m ON m.workspace = ?1 AND m.email = emails.value WHERE m.email <> ''`
)

// MergeContacts merges two contacts in one transaction.
func (w *workspace) MergeContacts(ctx context.Context, survivor, duplicate string, version *int64) (*db.Contact, error) {
	var merged db.Contact
	err := w.writeContacts(ctx, func(t *tx) error {
		contacts, err := t.reach(ctx, []string{survivor, duplicate})
		if err != nil {
			return err
		}
		kept, gone := contacts[0], contacts[1]
		if kept == nil {
			return db.NoSuchContact().At("survivor")
		}
		if gone == nil {
			return db.NoSuchContact().At("duplicate")
		}
		if merged, err = db.Merge(*kept, *gone, version, db.ActorOf(ctx), db.Now(ctx, w.store.now)); err != nil {
			return err
		}
		if err := t.delete(ctx, gone); err != nil {
			return err
		}
		for _, c := range []*db.Contact{kept, gone} {
			for _, a := range c.Activities() {
				if err := t.putActivity(ctx, document.ActivityRecord(w.id, c.ID, &a), a.At); err != nil {
					return err
				}
			}
		}
		// Before, too, all of it was as it is: values of other types than were declared since stay.
		if err := t.admit(ctx, &merged, &merged); err != nil {
			return err
		}
		return t.store(ctx, kept, &merged, document.Contact(w.id, &merged))
	})
	if err != nil {
		return nil, err
	}
	return &merged, nil
}

// delete deletes a contact.
func (t *tx) delete(ctx context.Context, c *db.Contact) error {
	if _, err := t.exec(ctx, deleteContact, c.ID); err != nil {
		return err
	}
	if len(c.Merged) > 0 {
		if _, err := t.exec(ctx, deleteMerged, c.ID); err != nil {
			return err
		}
	}
	t.emails.changed(c, &db.Contact{})
	t.changed(index.Change{ID: c.ID}, -1)
	return nil
}

// keepMerged takes note of what became part of a contact since it was before.
func (t *tx) keepMerged(ctx context.Context, before, c *db.Contact) error {
	known := 0
	if before != nil {
		known = len(before.Merged)
	}
	for _, m := range c.Merged[known:] {
		if _, err := t.exec(ctx, putMerged, m.ID, m.Email, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// reach returns a contact for each of the IDs, the one of which it became part where that is so, and nil where there is none.
func (t *tx) reach(ctx context.Context, ids []string) ([]*db.Contact, error) {
	contacts, err := t.contactsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var missing []string
	for i, c := range contacts {
		if c == nil {
			missing = append(missing, ids[i])
		}
	}
	if len(missing) == 0 {
		return contacts, nil
	}
	survivors, reached, err := t.survivors(ctx, selectMergedByID, missing)
	if err != nil || len(survivors) == 0 {
		return contacts, err
	}
	for i, c := range contacts {
		if c == nil {
			contacts[i] = survivors[reached[ids[i]]]
		}
	}
	return contacts, nil
}

// survivors returns the contacts, by ID, of which those that had the IDs or emails became part, and for each of these the ID
// of one of them.
func (t *tx) survivors(ctx context.Context, statement string, names []string) (contacts map[string]*db.Contact, ids map[string]string, err error) {
	list, err := json.Marshal(names)
	if err != nil {
		return nil, nil, err
	}
	contacts, ids = map[string]*db.Contact{}, map[string]string{}
	var all []string
	err = t.each(ctx, func(row *sql.Rows) error {
		var name, id string
		if err := row.Scan(&name, &id); err != nil {
			return err
		}
		ids[name] = id
		all = append(all, id)
		return nil
	}, statement, string(list))
	if err != nil {
		return nil, nil, err
	}
	found, err := t.contactsByID(ctx, all)
	for _, c := range found {
		if c != nil {
			contacts[c.ID] = c
		}
	}
	return contacts, ids, err
}

// byMergedEmail returns the contacts of which those that had the emails became part, by email.
func (t *tx) byMergedEmail(ctx context.Context, emails []string) (map[string]*db.Contact, error) {
	if len(emails) == 0 {
		return nil, nil
	}
	survivors, _, err := t.survivors(ctx, selectMergedByEmail, emails)
	if err != nil || len(survivors) == 0 {
		return nil, err
	}
	var contacts []*db.Contact
	for _, c := range survivors {
		contacts = append(contacts, c)
	}
	return db.ByMergedEmail(contacts, emails), nil
}
