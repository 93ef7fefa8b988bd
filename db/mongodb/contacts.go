package mongodb

import (
	"context"
	"reflect"
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
	return &c, w.settle(ctx, begun, &c)
}

// UpdateContact changes what the patch changes, and nothing that others changed in the meantime.
func (w *workspace) UpdateContact(ctx context.Context, id string, p db.ContactPatch) (*db.Contact, error) {
	return w.update(ctx, bson.D{{Key: "_id", Value: id}}, p)
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

func (w *workspace) update(ctx context.Context, which bson.D, p db.ContactPatch) (*db.Contact, error) {
	for range maxAttempts {
		before, err := w.findOne(ctx, which)
		if err != nil {
			return nil, err
		}
		after, err := p.Apply(*before, db.Now(ctx, w.now))
		if err != nil {
			return nil, err
		}
		begun := time.Now()
		if err := w.admit(ctx, before, &after); err != nil {
			return nil, err
		}
		result, err := w.contacts.UpdateOne(ctx, w.exactly(before), difference(before, &after))
		if err != nil {
			return nil, translateWrite(err)
		}
		if result.MatchedCount == 1 {
			return &after, w.settle(ctx, begun, &after)
		}
	}
	return nil, db.Errorf(db.Conflict, "too many changes of the same contact at once; try again")
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

// DeleteContacts deletes those of the contacts that exist.
func (w *workspace) DeleteContacts(ctx context.Context, ids []string) ([]string, error) {
	ids = unique(ids)
	contacts, err := w.read(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, len(ids),
		options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, err
	}
	existing := []string{}
	for _, c := range inOrder(ids, contacts, func(c *db.Contact) string { return c.ID }) {
		if c != nil {
			existing = append(existing, c.ID)
		}
	}
	_, err = w.contacts.DeleteMany(ctx, w.scoped(bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: existing}}}}))
	if err != nil {
		return nil, translate(err)
	}
	return existing, nil
}

// ContactsByID returns a contact for each ID, nil where there is none.
func (w *workspace) ContactsByID(ctx context.Context, ids []string) ([]*db.Contact, error) {
	found, err := w.read(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: unique(ids)}}}}, len(ids), options.Find())
	if err != nil {
		return nil, err
	}
	return inOrder(ids, found, func(c *db.Contact) string { return c.ID }), nil
}

// ContactByEmail returns the contact with the email.
func (w *workspace) ContactByEmail(ctx context.Context, email string) (*db.Contact, error) {
	return w.findOne(ctx, bson.D{{Key: "email", Value: filter.NormaliseEmail(email)}})
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

// inOrder returns for each ID the item that has it, nil where there is none.
func inOrder[T any](ids []string, items []*T, id func(*T) string) []*T {
	byID := make(map[string]*T, len(items))
	for _, item := range items {
		byID[id(item)] = item
	}
	ordered := make([]*T, len(ids))
	for i, id := range ids {
		ordered[i] = byID[id]
	}
	return ordered
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
