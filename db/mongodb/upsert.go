package mongodb

import (
	"context"
	"errors"
	"slices"
	"time"

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
	begun := time.Now()
	drafts, again, err := w.drafts(ctx, patches, round, mode, results)
	if err != nil || len(drafts) == 0 {
		return err
	}
	overtaken, err := w.write(ctx, begun, drafts)
	if err != nil {
		return err
	}
	for _, d := range overtaken {
		again = append(again, d.patch)
	}
	slices.Sort(again)
	for _, i := range again {
		results[i] = w.upsertOne(ctx, patches[i], mode)
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
// those for which nothing is to be written; the contacts of all others are in the drafts and in the results. What is to be
// done again is for contacts that another patch of the round reaches by another email.
func (w *workspace) drafts(
	ctx context.Context, patches []db.ContactPatch, round []int, mode db.UpsertMode, results []db.UpsertResult,
) (drafts []*draft, again []int, err error) {
	stored, err := w.stored(ctx, patches, round)
	if err != nil {
		return nil, nil, err
	}
	taken := map[string]bool{}
	err = w.admitting(ctx, func(admit func(before, c *db.Contact) error) {
		for n, i := range round {
			before := stored[n]
			if before != nil && taken[before.ID] {
				again = append(again, i)
				continue
			}
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
				if before != nil {
					taken[before.ID] = true
				}
			}
		}
	})
	return drafts, again, err
}

// unchanged says whether there is nothing to write of a contact that was signed.
func unchanged(before, c *db.Contact) bool { return before != nil && before.Version == c.Version }

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
	if err := w.deleteOrphans(ctx, overtaken); err != nil {
		return nil, err
	}
	return overtaken, w.noteAgain(ctx, noted, contacts...)
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
		if result.Contact != next || unchanged(stored, next) {
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
	return db.UpsertResult{Err: tooManyChanges()}
}

// stored returns for each patch of a round the contact to which an upsert applies it, nil where there is none.
func (w *workspace) stored(ctx context.Context, patches []db.ContactPatch, round []int) ([]*db.Contact, error) {
	var emails []string
	for _, i := range round {
		if email := patches[i].MatchEmail(); email != "" {
			emails = append(emails, email)
		}
	}
	found, err := w.read(ctx, bson.D{{Key: "email", Value: bson.D{{Key: "$in", Value: unique(emails)}}}}, len(emails), options.Find())
	if err != nil {
		return nil, err
	}
	byEmail := withEmails(found, nil)
	var ids, missing []string
	for _, i := range round {
		p := patches[i]
		email := p.MatchEmail()
		if byEmail[email] != nil {
			continue
		}
		if email != "" {
			missing = append(missing, email)
		}
		if id := p.CreatedID(); id != "" {
			ids = append(ids, id)
		}
	}
	reached, err := w.reach(ctx, ids, missing)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(found, reached)
	byEmail = withEmails(all, missing)
	contacts := make([]*db.Contact, len(round))
	for n, i := range round {
		contacts[n] = byEmail[patches[i].MatchEmail()]
		if id := patches[i].CreatedID(); contacts[n] == nil && id != "" && len(reached) > 0 {
			contacts[n] = withID(all, id)
		}
	}
	return contacts, nil
}

// match returns the contact to which an upsert applies the patch, nil where there is none.
func (w *workspace) match(ctx context.Context, p db.ContactPatch) (*db.Contact, error) {
	if email := p.MatchEmail(); email != "" {
		if c, err := w.ContactByEmail(ctx, email); db.CodeOf(err) != db.NotFound {
			return c, err
		}
	}
	if id := p.CreatedID(); id != "" {
		if c, err := w.contact(ctx, id); db.CodeOf(err) != db.NotFound {
			return c, err
		}
	}
	return nil, nil //nolint:nilnil // there is none
}
