package mongodb

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
)

// UpsertContacts applies the patches in rounds, in which each contact comes once. So each change of it is written with what
// was done, and what is replaced by that is logged before.
func (w *workspace) UpsertContacts(ctx context.Context, patches []db.ContactPatch, mode db.UpsertMode) ([]db.UpsertResult, error) {
	results := make([]db.UpsertResult, len(patches))
	for _, round := range rounds(patches) {
		if err := w.upsert(ctx, patches, round, mode, results); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// rounds returns the positions of the patches: those of one email in different rounds, in their order.
func rounds(patches []db.ContactPatch) (all [][]int) {
	times := map[string]int{}
	for i, p := range patches {
		email := p.MatchEmail()
		round := times[email]
		if email != "" {
			times[email]++
		}
		if round == len(all) {
			all = append(all, nil)
		}
		all[round] = append(all[round], i)
	}
	return all
}

// upsert applies the patches of a round in memory to the contacts as they are and writes them together. Contacts that others
// changed in between are done again one by one.
func (w *workspace) upsert(ctx context.Context, patches []db.ContactPatch, round []int, mode db.UpsertMode, results []db.UpsertResult) error {
	drafts, err := w.drafts(ctx, patches, round, mode, results)
	if err != nil || len(drafts) == 0 {
		return err
	}
	overtaken, err := w.write(ctx, drafts)
	if err != nil {
		return err
	}
	for _, d := range overtaken {
		results[d.patch] = w.upsertOne(ctx, patches[d.patch], mode)
	}
	return nil
}

// draft is a contact as it is to be written.
type draft struct {
	before *db.Contact // as read; nil where the contact is new
	after  *db.Contact
	patch  int // the position of the patch that makes one of the other
}

// drafts reads the contacts of a round and applies its patches. Those that fail have their results at once, and so have
// those for which nothing is to be written; the contacts of all others are in the drafts and in the results.
func (w *workspace) drafts(ctx context.Context, patches []db.ContactPatch, round []int, mode db.UpsertMode, results []db.UpsertResult) ([]*draft, error) {
	emails := []string{} // MongoDB takes no null for a list
	for _, i := range round {
		if email := patches[i].MatchEmail(); email != "" {
			emails = append(emails, email)
		}
	}
	found, err := w.read(ctx, bson.D{{Key: "email", Value: bson.D{{Key: "$in", Value: emails}}}}, len(emails), options.Find())
	if err != nil {
		return nil, err
	}
	byEmail := make(map[string]*db.Contact, len(found))
	for _, c := range found {
		byEmail[c.Email] = c
	}
	var drafts []*draft
	err = w.admitting(ctx, func(admit func(before, c *db.Contact) error) {
		for _, i := range round {
			before := byEmail[patches[i].MatchEmail()]
			next, result, err := patches[i].Upsert(before, mode, db.Now(ctx, w.now))
			if err == nil && !result.Skipped {
				err = admit(before, next)
			}
			if err != nil {
				results[i].Err = err
				continue
			}
			results[i] = result
			if result.Contact == next && !unchanged(before, next) {
				drafts = append(drafts, &draft{before, next, i})
			}
		}
	})
	return drafts, err
}

// unchanged says whether there is nothing to write of a contact that was signed.
func unchanged(before, c *db.Contact) bool { return before != nil && before.Version == c.Version }

// write writes the drafts and returns those that others overtook.
func (w *workspace) write(ctx context.Context, drafts []*draft) (overtaken []*draft, err error) {
	var inserts, updates []*draft
	for _, d := range drafts {
		if d.before == nil {
			inserts = append(inserts, d)
		} else {
			updates = append(updates, d)
		}
	}
	if overtaken, err = w.insert(ctx, inserts); err != nil {
		return nil, err
	}
	if err := w.logReplaced(ctx, updates...); err != nil {
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
	return overtaken, w.deleteOrphans(ctx, overtaken)
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
		next, result, err := p.Upsert(stored, mode, db.Now(ctx, w.now))
		if err == nil && !result.Skipped {
			err = w.admit(ctx, stored, next)
		}
		if err != nil {
			return db.UpsertResult{Err: err}
		}
		if result.Contact != next || unchanged(stored, next) {
			return result
		}
		overtaken, err := w.write(ctx, []*draft{{before: stored, after: next}})
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
