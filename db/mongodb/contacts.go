package mongodb

import (
	"context"
	"reflect"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/filter"
)

// maxAttempts bounds how often a change is tried again that others overtook.
const maxAttempts = 20

// CreateContact inserts a contact.
func (w *workspace) CreateContact(ctx context.Context, p db.ContactPatch) (*db.Contact, error) {
	c, err := db.NewContact(p, db.Now(ctx, w.now))
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := w.admit(ctx, nil, &c); err != nil {
		return nil, err
	}
	if _, err := w.contacts.InsertOne(ctx, document.Contact(w.id, &c)); err != nil {
		return nil, translateWrite(err)
	}
	return &c, w.noteAgain(ctx, begun, &c)
}

// UpdateContact changes what the patch changes, and nothing that others changed in the meantime.
func (w *workspace) UpdateContact(ctx context.Context, id string, p db.ContactPatch) (*db.Contact, error) {
	for range maxAttempts {
		before, err := w.contact(ctx, id)
		if err != nil {
			return nil, err
		}
		if before.Merging != nil {
			if err := w.settle(ctx, before); err != nil {
				return nil, err
			}
			continue
		}
		after, err := p.Update(before, db.Now(ctx, w.now))
		if err != nil || after == before {
			return after, err
		}
		begun := time.Now()
		if err := w.admit(ctx, before, after); err != nil {
			return nil, err
		}
		if unchanged(before, after) {
			return before, nil
		}
		d := &draft{before: before, after: after}
		if err := w.logReplaced(ctx, d); err != nil {
			return nil, err
		}
		result, err := w.contacts.UpdateOne(ctx, w.exactly(before), difference(before, after))
		if err != nil {
			return nil, translateWrite(err)
		}
		if result.MatchedCount == 1 {
			return after, w.noteAgain(ctx, begun, after)
		}
		if err := w.deleteOrphans(ctx, []*draft{d}); err != nil {
			return nil, err
		}
	}
	return nil, tooManyChanges()
}

// UpdateContacts changes contacts, some at a time.
func (w *workspace) UpdateContacts(ctx context.Context, ids []string, p db.ContactPatch) ([]db.UpdateResult, error) {
	return concurrently(ctx, ids, func(ctx context.Context, id string) (db.UpdateResult, error) {
		c, err := w.UpdateContact(ctx, id, p)
		if db.StoreFailed(err) {
			return db.UpdateResult{}, err
		}
		return db.UpdateResult{Contact: c, Err: err}, nil
	})
}

// exactly matches a contact while it has the version that was read. Those of other programs may have none.
func (w *workspace) exactly(c *db.Contact) bson.D {
	version := any(c.Version)
	if c.Version == 0 {
		version = nil
	}
	return w.scoped(bson.D{{Key: "_id", Value: c.ID}, {Key: "version", Value: version}})
}

// difference is the update that makes before into after. Fields that are equal are left out, so that what other
// programs keep in a document stays as it is.
func difference(before, after *db.Contact) bson.D {
	set, unset := bson.D{{Key: "version", Value: after.Version}}, bson.D{}
	change := func(name string, was, is any, had, has bool) {
		switch {
		case !has && had:
			unset = append(unset, bson.E{Key: name, Value: ""})
		case has && (!had || !reflect.DeepEqual(was, is)):
			set = append(set, bson.E{Key: name, Value: document.Value(is)})
		}
	}
	for _, field := range filter.StandardFields() {
		was, had := before.Field(field.Name)
		is, has := after.Field(field.Name)
		change(field.Name, was, is, had, has)
	}
	was, had := before.Field(filter.SegmentsField)
	is, has := after.Field(filter.SegmentsField)
	change(filter.SegmentsField, was, is, had, has)
	if after.From != nil && after.From != before.From {
		set = append(set, bson.E{Key: document.FromField, Value: document.Value(document.From(after.From))})
	}
	if after.LastChange != before.LastChange {
		set = append(set, bson.E{Key: document.LastChangeField, Value: document.Value(document.LastChange(after.LastChange))})
	}
	if !reflect.DeepEqual(after.StatusChanges, before.StatusChanges) {
		set = append(set, bson.E{Key: document.StatusChangesField, Value: document.Value(document.StatusChanges(after.StatusChanges))})
	}
	if after.CreatedBy != before.CreatedBy {
		set = append(set, bson.E{Key: document.CreatedByField, Value: after.CreatedBy.String()})
	}
	if len(after.Merged) > len(before.Merged) {
		set = append(set, bson.E{Key: document.MergedField, Value: document.Value(document.Merged(after.Merged))})
	}
	for key, is := range after.Custom {
		was, had := before.Custom[key]
		change(filter.CustomField+"."+key, was, is, had, true)
	}
	for key := range before.Custom {
		_, has := after.Custom[key]
		change(filter.CustomField+"."+key, nil, nil, !has, false)
	}
	update := bson.D{{Key: "$set", Value: set}}
	if len(unset) > 0 {
		update = append(update, bson.E{Key: "$unset", Value: unset})
	}
	return update
}

// DeleteContacts deletes those of the contacts that exist, and then the logs of all: of contacts that were deleted before,
// the logs may have been left. Merges of them end before.
func (w *workspace) DeleteContacts(ctx context.Context, ids []string) ([]string, error) {
	if _, err := w.settlePending(ctx, false); err != nil {
		return nil, err
	}
	ids = unique(ids)
	// Those that were merged into one of them are named for their logs.
	named := options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}, {Key: document.MergedField, Value: 1}})
	found, err := w.byID(ctx, ids, named)
	if err != nil {
		return nil, err
	}
	logs := slices.Clone(ids)
	existing := existingIDs(found, &logs)
	for left := existing; len(left) > 0; {
		which := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: left}}}}
		result, err := w.contacts.DeleteMany(ctx, w.scoped(append(which, bson.E{Key: document.MergingField, Value: nil})))
		if err != nil {
			return nil, translate(err)
		}
		if int(result.DeletedCount) == len(left) {
			break
		}
		marked, err := w.read(ctx, which, len(left), options.Find())
		if err != nil {
			return nil, err
		}
		if err := w.settle(ctx, marked...); err != nil {
			return nil, err
		}
		// A part of another contact is deleted with that.
		if found, err = w.byID(ctx, left, named); err != nil {
			return nil, err
		}
		left = existingIDs(found, &logs)
	}
	if err := w.deleteLogs(ctx, logs); err != nil {
		return nil, err
	}
	return existing, nil
}

// existingIDs returns the IDs of contacts, each once, and adds to the others those of all that became part of them.
func existingIDs(contacts []*db.Contact, others *[]string) []string {
	existing := []string{}
	for _, c := range contacts {
		if c != nil {
			existing = append(existing, c.ID)
			*others = append(*others, c.IDs()...)
		}
	}
	*others = unique(*others)
	return unique(existing)
}

// ContactsByID returns a contact for each ID, nil where there is none.
func (w *workspace) ContactsByID(ctx context.Context, ids []string) ([]*db.Contact, error) {
	return w.byID(ctx, ids, options.Find())
}

func (w *workspace) byID(ctx context.Context, ids []string, opts *options.FindOptionsBuilder) ([]*db.Contact, error) {
	found, err := w.read(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: unique(ids)}}}}, len(ids), opts)
	if err != nil {
		return nil, err
	}
	contacts := db.InOrder(ids, found, func(c *db.Contact) string { return c.ID })
	var missing []string
	for i, c := range contacts {
		if c == nil {
			missing = append(missing, ids[i])
		}
	}
	reached, err := w.reach(ctx, missing, nil)
	if err != nil || len(reached) == 0 {
		return contacts, err
	}
	for i, c := range contacts {
		if c == nil {
			contacts[i] = withID(reached, ids[i])
		}
	}
	return contacts, nil
}

// contact fails with NotFound.
func (w *workspace) contact(ctx context.Context, id string) (*db.Contact, error) {
	c, err := w.findOne(ctx, bson.D{{Key: "_id", Value: id}})
	if db.CodeOf(err) != db.NotFound {
		return c, err
	}
	found, err := w.reach(ctx, []string{id}, nil)
	if c := withID(found, id); c != nil || err != nil {
		return c, err
	}
	return nil, db.NoSuchContact()
}

// ContactByEmail returns the contact with the email.
func (w *workspace) ContactByEmail(ctx context.Context, email string) (*db.Contact, error) {
	email = db.NormaliseEmail(email)
	c, err := w.findOne(ctx, bson.D{{Key: "email", Value: email}})
	if db.CodeOf(err) != db.NotFound {
		return c, err
	}
	found, err := w.reach(ctx, nil, []string{email})
	if c := withEmails(found, []string{email})[email]; c != nil || err != nil {
		return c, err
	}
	return nil, db.NoSuchContact()
}

func (w *workspace) findOne(ctx context.Context, which bson.D) (*db.Contact, error) {
	raw, err := w.contacts.FindOne(ctx, w.scoped(which)).Raw()
	if err == mongo.ErrNoDocuments { //nolint:errorlint // the driver returns it unwrapped
		return nil, db.NoSuchContact()
	}
	if err != nil {
		return nil, translate(err)
	}
	return document.ReadContact(raw)
}

func unique(ids []string) []string {
	seen := map[string]bool{}
	kept := []string{} // MongoDB takes no null for a list
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}
