package mongodb

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
)

// UpsertContacts applies the patches in memory to the contacts as they are and writes each contact once. Contacts
// that others changed in between are done again one by one.
func (w *workspace) UpsertContacts(ctx context.Context, patches []db.ContactPatch, mode db.UpsertMode) ([]db.UpsertResult, error) {
	results := make([]db.UpsertResult, len(patches))
	begun := time.Now()
	drafts, err := w.drafts(ctx, patches, mode, results)
	if err != nil {
		return nil, err
	}
	if len(drafts) == 0 {
		return results, nil
	}
	overtaken, err := w.write(ctx, begun, drafts)
	if err != nil {
		return nil, err
	}
	for _, d := range overtaken {
		for _, i := range d.patches {
			if results[i].Err == nil {
				results[i] = w.upsertOne(ctx, patches[i], mode)
			}
		}
	}
	return results, nil
}

// draft is a contact with all patches of one batch applied.
type draft struct {
	before  *db.Contact // as read; nil where the contact is new
	after   *db.Contact // nil until a patch was applied
	patches []int       // that were applied
}

// drafts reads the contacts of the patches and applies these. Patches that fail have their results at once, and so have
// those for which nothing is to be written; the contacts of all others are in the drafts and in the results.
func (w *workspace) drafts(ctx context.Context, patches []db.ContactPatch, mode db.UpsertMode, results []db.UpsertResult) ([]*draft, error) {
	var emails []string
	for _, p := range patches {
		if email := p.MatchEmail(); email != "" {
			emails = append(emails, email)
		}
	}
	found, err := w.read(ctx, bson.D{{Key: "email", Value: bson.D{{Key: "$in", Value: unique(emails)}}}}, len(emails), options.Find())
	if err != nil {
		return nil, err
	}
	byEmail := map[string]*draft{}
	for _, c := range found {
		byEmail[c.Email] = &draft{before: c}
	}
	var drafts []*draft
	err = w.admitting(ctx, func(admit func(before, c *db.Contact) error) {
		for i, p := range patches {
			email := p.MatchEmail()
			d := byEmail[email]
			if d == nil {
				d = &draft{}
				if email != "" {
					byEmail[email] = d
				}
			}
			before := d.latest()
			next, result, err := p.Upsert(before, mode, db.Now(ctx, w.now))
			if err == nil && !result.Skipped {
				err = admit(before, next)
			}
			if err != nil {
				results[i].Err = err
				continue
			}
			results[i] = result
			if result.Contact != next {
				continue
			}
			if d.after == nil {
				drafts = append(drafts, d)
			}
			d.after, d.patches = next, append(d.patches, i)
		}
	})
	return drafts, err
}

// latest returns the contact with the patches so far, nil where it is new and there was none.
func (d *draft) latest() *db.Contact {
	if d.after != nil {
		return d.after
	}
	return d.before
}

// write writes the drafts, of whose fields note was taken after the time, and returns those that others overtook.
func (w *workspace) write(ctx context.Context, noted time.Time, drafts []*draft) (overtaken []*draft, err error) {
	var inserts, updates []*draft
	var contacts []*db.Contact
	for _, d := range drafts {
		contacts = append(contacts, d.after)
		if d.before == nil {
			inserts = append(inserts, d)
		} else {
			updates = append(updates, d)
		}
	}
	if overtaken, err = w.insert(ctx, inserts); err != nil {
		return nil, err
	}
	// One by one, because of many updates at once MongoDB only says how many found their contact.
	matched, err := concurrently(ctx, updates, func(ctx context.Context, d *draft) (int64, error) {
		result, err := w.contacts.UpdateOne(ctx, w.exactly(d.before), difference(d.before, d.after))
		if mongo.IsDuplicateKeyError(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		return result.MatchedCount, nil
	})
	if err != nil {
		return nil, err
	}
	for i, n := range matched {
		if n == 0 {
			overtaken = append(overtaken, updates[i])
		}
	}
	return overtaken, w.settle(ctx, noted, contacts...)
}

// insert inserts the drafts and returns those that others overtook: they have the email, or the ID.
func (w *workspace) insert(ctx context.Context, drafts []*draft) (overtaken []*draft, err error) {
	if len(drafts) == 0 {
		return nil, nil
	}
	documents := make([]bson.Raw, len(drafts))
	for i, d := range drafts {
		documents[i] = document.Contact(w.id, d.after)
	}
	_, err = w.contacts.InsertMany(ctx, documents, options.InsertMany().SetOrdered(false))
	if failed, ok := errors.AsType[mongo.BulkWriteException](err); ok && failed.WriteConcernError == nil {
		for _, e := range failed.WriteErrors {
			if !mongo.IsDuplicateKeyError(e) {
				return nil, translate(err)
			}
			overtaken = append(overtaken, drafts[e.Index])
		}
		return overtaken, nil
	}
	return nil, translate(err)
}

// upsertOne applies the patch to its contact as that is then, as often as others overtake it.
func (w *workspace) upsertOne(ctx context.Context, p db.ContactPatch, mode db.UpsertMode) db.UpsertResult {
	for range maxAttempts {
		stored, err := w.match(ctx, p)
		if err != nil {
			return db.UpsertResult{Err: err}
		}
		begun := time.Now()
		next, result, err := p.Upsert(stored, mode, db.Now(ctx, w.now))
		if err == nil && !result.Skipped {
			err = w.admit(ctx, stored, next)
		}
		if err != nil {
			return db.UpsertResult{Err: err}
		}
		if result.Contact != next {
			return result
		}
		overtaken, err := w.write(ctx, begun, []*draft{{before: stored, after: next}})
		if err != nil {
			return db.UpsertResult{Err: err}
		}
		if len(overtaken) == 0 {
			return result
		}
	}
	return db.UpsertResult{Err: db.Errorf(db.Conflict, "too many changes of the same contact at once; try again")}
}

// match returns the contact to which an upsert applies the patch, nil where there is none.
func (w *workspace) match(ctx context.Context, p db.ContactPatch) (*db.Contact, error) {
	for _, by := range []bson.E{{Key: "email", Value: p.MatchEmail()}, {Key: "_id", Value: p.CreatedID()}} {
		if by.Value == "" {
			continue
		}
		if c, err := w.findOne(ctx, bson.D{by}); db.CodeOf(err) != db.NotFound {
			return c, err
		}
	}
	return nil, nil //nolint:nilnil // there is none
}
