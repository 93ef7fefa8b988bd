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

// A merge is several writes, because not every server has transactions:
//
//  1. The workspace takes note of it, so that it is found if this process dies.
//  2. The duplicate gets a mark with the survivor and its version, and loses its email, which the survivor may take. From
//     here on nobody else changes it.
//  3. The survivor becomes the merged contact, if it still has that version. This decides it: whoever meets the mark can
//     tell from the survivor whether the merge was done, can be done, or never will be, because versions only grow.
//  4. The duplicate is deleted or, where the survivor was changed in the meantime, loses its mark.
//
// So anybody may do what is left, and does: see settle.

// mergeState is what the document of a workspace tells of merges.
type mergeState struct {
	Ever    bool     `bson:"merged"`  // there was one: IDs and emails may be those of contacts that became part of others
	Pending []string `bson:"merging"` // IDs of duplicates
}

func (w *workspace) mergeState(ctx context.Context) (state mergeState, err error) {
	err = w.workspaces.FindOne(ctx, bson.D{{Key: "_id", Value: w.id}}).Decode(&state)
	if errors.Is(err, mongo.ErrNoDocuments) {
		err = nil
	}
	return state, translate(err)
}

// MergeContacts merges two contacts. Where others change one of them meanwhile it begins anew. Merges of one process wait for
// each other: two in opposite directions could keep each other from ending.
func (w *workspace) MergeContacts(ctx context.Context, survivor, duplicate string, version *int64) (*db.Contact, error) {
	select {
	case w.merging <- struct{}{}:
		defer func() { <-w.merging }()
	case <-ctx.Done():
		return nil, translate(ctx.Err())
	}
	for range maxAttempts {
		contacts, err := w.ContactsByID(ctx, []string{survivor, duplicate})
		if err != nil {
			return nil, err
		}
		kept, gone := contacts[0], contacts[1]
		if kept == nil {
			return nil, db.NoSuchContact().At("survivor")
		}
		if gone == nil {
			return nil, db.NoSuchContact().At("duplicate")
		}
		if kept.Merging != nil || gone.Merging != nil {
			if err := w.settle(ctx, kept, gone); err != nil {
				return nil, err
			}
			continue
		}
		if _, err := db.Merge(*kept, *gone, version, db.ActorOf(ctx), db.Now(ctx, w.now)); err != nil {
			return nil, err
		}
		if err := w.mark(ctx, gone, kept); err != nil {
			return nil, err
		}
		merged, err := w.finish(ctx, kept, gone)
		if merged != nil || err != nil {
			return merged, err
		}
	}
	return nil, tooManyChanges()
}

// noteMerge takes note of it, with an update of the workspace's document, that there are contacts that became part of others.
func (w *workspace) noteMerge(ctx context.Context, update bson.D) error {
	update = append(bson.D{{Key: "$set", Value: bson.D{{Key: "merged", Value: true}}}}, update...)
	_, err := w.workspaces.UpdateOne(ctx, bson.D{{Key: "_id", Value: w.id}}, update, options.UpdateOne().SetUpsert(true))
	return translate(err)
}

// mark takes note of a merge and marks the duplicate, unless somebody has changed it.
func (w *workspace) mark(ctx context.Context, gone, kept *db.Contact) error {
	err := w.noteMerge(ctx, bson.D{{Key: "$addToSet", Value: bson.D{{Key: "merging", Value: gone.ID}}}})
	if err != nil {
		return err
	}
	mark := document.Merging(db.Merging{Into: kept.ID, Version: kept.Version, By: db.ActorOf(ctx)}, gone.Email)
	_, err = w.contacts.UpdateOne(ctx, w.exactly(gone), bson.D{
		{Key: "$set", Value: bson.D{{Key: document.MergingField, Value: document.Value(mark)}, {Key: "version", Value: gone.Version + 1}}},
		{Key: "$unset", Value: bson.D{{Key: "email", Value: ""}}},
	})
	return translate(err)
}

// finish does what is left of the merge that was begun, and returns the merged contact. It is nil where one of the two was
// changed since.
func (w *workspace) finish(ctx context.Context, kept, gone *db.Contact) (*db.Contact, error) {
	marked, err := w.read(ctx, bson.D{{Key: "_id", Value: gone.ID}}, 1, options.Find())
	if err == nil {
		err = w.settle(ctx, marked...)
	}
	if err == nil {
		err = w.settled(ctx, gone.ID)
	}
	if err != nil {
		return nil, err
	}
	found, err := w.ContactsByID(ctx, []string{kept.ID})
	if err != nil || found[0] == nil || !found[0].HasMerged(gone.ID) {
		return nil, err
	}
	return found[0], nil
}

// settle ends the merges of which the contacts have marks: as they were meant to end, or as if they had never begun where
// the survivor is not any more as it was.
func (w *workspace) settle(ctx context.Context, contacts ...*db.Contact) error {
	for _, gone := range contacts {
		if gone.Merging == nil {
			continue
		}
		end := w.unmark
		done, err := w.absorb(ctx, gone)
		if done {
			end = w.deleteMarked
		}
		if err == nil {
			err = end(ctx, gone)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// absorb makes a marked contact a part of the survivor and says whether it is one. Where it is not, it will never be.
func (w *workspace) absorb(ctx context.Context, gone *db.Contact) (bool, error) {
	for range maxAttempts {
		kept, err := w.findOne(ctx, bson.D{{Key: "_id", Value: gone.Merging.Into}})
		switch {
		case db.CodeOf(err) == db.NotFound:
			// It may have become part of another contact, with what was part of it.
			others, err := w.contacts.CountDocuments(ctx, w.scoped(bson.D{{Key: document.MergedField + ".id", Value: gone.ID}}))
			return others > 0, translate(err)
		case err != nil:
			return false, err
		case kept.HasMerged(gone.ID):
			return true, nil
		case kept.Version != gone.Merging.Version:
			return false, nil
		}
		merged, err := db.Merge(*kept, *gone, nil, gone.Merging.By, db.Now(ctx, w.now))
		if err == nil {
			err = w.logMerge(ctx, kept, gone)
		}
		if err == nil {
			err = w.replace(ctx, kept, &merged)
		}
		if err != nil {
			return false, err
		}
	}
	return false, tooManyChanges()
}

// logMerge logs what the contacts themselves tell of what was done to them. Where the merge is given up, the log only says
// it once more.
func (w *workspace) logMerge(ctx context.Context, kept, gone *db.Contact) error {
	var records []db.Record
	for _, c := range []*db.Contact{kept, gone} {
		for _, a := range c.Activities() {
			records = append(records, document.ActivityRecord(w.id, c.ID, &a))
		}
	}
	return w.writeLog(ctx, records)
}

// replace makes the survivor the merged contact, if it is still as it was. Where somebody else took the email that the
// duplicate had, it gets none.
func (w *workspace) replace(ctx context.Context, kept, merged *db.Contact) error {
	// Before, too, all of it was as it is: values of other types than were declared since stay.
	begun := time.Now()
	if err := w.admit(ctx, merged, merged); err != nil {
		return err
	}
	_, err := w.contacts.UpdateOne(ctx, w.exactly(kept), difference(kept, merged))
	if mongo.IsDuplicateKeyError(err) {
		merged.Email = kept.Email
		_, err = w.contacts.UpdateOne(ctx, w.exactly(kept), difference(kept, merged))
	}
	if err != nil {
		return translate(err)
	}
	return w.noteAgain(ctx, begun, merged)
}

func (w *workspace) deleteMarked(ctx context.Context, gone *db.Contact) error {
	_, err := w.contacts.DeleteOne(ctx, w.exactly(gone))
	return translate(err)
}

// unmark gives the contact back its email, unless somebody else took it.
func (w *workspace) unmark(ctx context.Context, gone *db.Contact) error {
	set := bson.D{{Key: "version", Value: gone.Version + 1}}
	unset := bson.D{{Key: "$unset", Value: bson.D{{Key: document.MergingField, Value: ""}}}}
	withEmail := set
	if gone.Email != "" {
		withEmail = append(slices.Clip(set), bson.E{Key: "email", Value: gone.Email})
	}
	_, err := w.contacts.UpdateOne(ctx, w.exactly(gone), append(bson.D{{Key: "$set", Value: withEmail}}, unset...))
	if mongo.IsDuplicateKeyError(err) {
		_, err = w.contacts.UpdateOne(ctx, w.exactly(gone), append(bson.D{{Key: "$set", Value: set}}, unset...))
	}
	return translate(err)
}

// settled takes note that nothing is left to do of merges of a contact.
func (w *workspace) settled(ctx context.Context, id string) error {
	_, err := w.workspaces.UpdateOne(ctx, bson.D{{Key: "_id", Value: w.id}}, bson.D{{Key: "$pull", Value: bson.D{{Key: "merging", Value: id}}}})
	return translate(err)
}

// settlePending settles all merges of which the workspace has taken note, and says whether there ever was one. Notes of
// merges that have not come to a mark yet stay, unless left says that there is nobody any more to set it.
func (w *workspace) settlePending(ctx context.Context, left bool) (ever bool, err error) {
	state, err := w.mergeState(ctx)
	if err != nil || len(state.Pending) == 0 {
		return state.Ever, err
	}
	contacts, err := w.read(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: state.Pending}}}}, len(state.Pending), options.Find())
	if err != nil {
		return true, err
	}
	if err := w.settle(ctx, contacts...); err != nil {
		return true, err
	}
	for i, c := range db.InOrder(state.Pending, contacts, func(c *db.Contact) string { return c.ID }) {
		if left || c == nil || c.Merging != nil {
			if err := w.settled(ctx, state.Pending[i]); err != nil {
				return true, err
			}
		}
	}
	return true, nil
}

// settleAll settles the merges that processes have left when they died.
func (s *Store) settleAll(ctx context.Context) error {
	const most = 100 // in one round trip
	ids, err := readAll(ctx, s.workspaces, bson.D{{Key: "merged", Value: true}}, most, options.Find(), func(raw bson.Raw) (string, error) {
		id, _ := raw.Lookup("_id").StringValueOK()
		return id, nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := (&workspace{s, id}).settlePending(ctx, true); err != nil {
			return err
		}
	}
	return nil
}

// reach returns the contacts that have the IDs or emails, and those of which ones that had became part. It is for those
// that were looked for in vain. Where there never was a merge it returns none.
func (w *workspace) reach(ctx context.Context, ids, emails []string) ([]*db.Contact, error) {
	if len(ids)+len(emails) == 0 {
		return nil, nil
	}
	for range maxAttempts {
		ever, err := w.settlePending(ctx, false)
		if err != nil || !ever {
			return nil, err
		}
		all, err := w.having(ctx, ids, emails)
		isMarked := func(c *db.Contact) bool { return c.Merging != nil }
		if err != nil || !slices.ContainsFunc(all, isMarked) {
			return all, err
		}
		if err := w.settle(ctx, all...); err != nil {
			return nil, err
		}
	}
	return nil, tooManyChanges()
}

// having returns the contacts that have the IDs or emails, and those of which ones that had became part. Some may come twice.
func (w *workspace) having(ctx context.Context, ids, emails []string) ([]*db.Contact, error) {
	var all []*db.Contact
	for _, by := range []struct {
		field  string
		values []string
	}{{"_id", ids}, {"email", emails}, {document.MergedField + ".id", ids}, {document.MergedField + ".email", emails}} {
		if len(by.values) == 0 {
			continue
		}
		// An email may have been that of many, one after the other.
		found, err := w.read(ctx, bson.D{{Key: by.field, Value: bson.D{{Key: "$in", Value: unique(by.values)}}}}, len(by.values), options.Find())
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// withID returns the contact with the ID or, where there is none, that of which the one with it became part; nil where there
// is neither.
func withID(contacts []*db.Contact, id string) *db.Contact {
	for _, has := range []func(*db.Contact) bool{
		func(c *db.Contact) bool { return c.ID == id }, func(c *db.Contact) bool { return c.HasMerged(id) },
	} {
		if i := slices.IndexFunc(contacts, has); i >= 0 {
			return contacts[i]
		}
	}
	return nil
}

// withEmails is withID for emails.
func withEmails(contacts []*db.Contact, emails []string) map[string]*db.Contact {
	byEmail := db.ByMergedEmail(contacts, emails)
	for _, c := range contacts {
		if c.Email != "" {
			byEmail[c.Email] = c
		}
	}
	return byEmail
}

func tooManyChanges() *db.Error {
	return db.Errorf(db.Conflict, "too many changes of the same contact at once; try again")
}
