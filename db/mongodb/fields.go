package mongodb

import (
	"context"
	"errors"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
)

// catalogue is a workspace's catalogue as this process knows it. Several processes write to a workspace, so each
// change of the stored fields counts up the workspace's generation, and a copy is good while that stays the same.
// Whoever writes contacts stores their new fields first, so that who reads the generation before the contacts
// never meets a contact with fields that its catalogue does not have.
//
// A process may die between storing fields and counting up. So whoever loads fields stores them again when it sees them in
// a contact for the first time, and counts up. That also keeps a rescan from forgetting them: see rescan.go.
type catalogue struct {
	mu         sync.Mutex
	fields     *db.Catalogue // nil: not loaded
	generation int64
	rescan     int64 // the last one that had begun or ended when all fields were loaded
}

func (s *Store) catalogue(workspace string) *catalogue {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.catalogues[workspace]
	if c == nil {
		c = &catalogue{}
		s.catalogues[workspace] = c
	}
	return c
}

// Catalogue returns the fields as of now.
func (w *workspace) Catalogue(ctx context.Context) (*db.Catalogue, error) {
	c, err := w.current(ctx)
	if err != nil {
		return nil, translate(err)
	}
	defer c.mu.Unlock()
	return c.fields, nil
}

// current returns the workspace's catalogue, locked and as good as new. The lock is not held while the generation is
// read, only while fields are loaded because it is another one.
func (w *workspace) current(ctx context.Context) (*catalogue, error) {
	var state struct {
		Generation int64 `bson:"fieldsGeneration"`
		Rescan     int64 `bson:"fieldsRescan"`
	}
	err := w.workspaces.FindOne(ctx, bson.D{{Key: "_id", Value: w.id}}).Decode(&state)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return nil, err
	}
	c := w.catalogue(w.id)
	c.mu.Lock()
	if c.fields != nil && c.generation >= state.Generation && c.rescan >= state.Rescan {
		return c, nil
	}
	fields, err := w.storedFields(ctx)
	if err != nil {
		c.mu.Unlock()
		return nil, err
	}
	if c.fields == nil || c.rescan < state.Rescan {
		c.fields = db.NewCatalogue(nil)
	}
	c.fields.Add(fields)
	c.generation, c.rescan = max(c.generation, state.Generation), max(c.rescan, state.Rescan)
	return c, nil
}

func (w *workspace) storedFields(ctx context.Context) ([]db.Field, error) {
	return readAll(ctx, w.fields, w.scoped(nil), db.MaxFields, options.Find(), document.ReadField)
}

// noting calls note with the catalogue. It stores what that returns as new in it before it returns; only then the
// contacts may be written.
func (w *workspace) noting(ctx context.Context, note func(*db.Catalogue) []db.Field) error {
	c, err := w.current(ctx)
	if err != nil {
		return translate(err)
	}
	defer c.mu.Unlock()
	changed := note(c.fields)
	if len(changed) == 0 {
		return nil
	}
	return w.store(ctx, c, changed, nil)
}

// admitting is noting for draw, which it gives a function that brings a contact into the declared types, takes note of
// its fields, and has it signed.
func (w *workspace) admitting(ctx context.Context, draw func(admit func(before, c *db.Contact) error)) error {
	return w.noting(ctx, func(fields *db.Catalogue) (changed []db.Field) {
		draw(func(before, contact *db.Contact) error {
			news, err := fields.Admit(before, contact)
			changed = append(changed, news...)
			if err == nil {
				contact.Sign(before, db.ActorOf(ctx))
			}
			return err
		})
		return changed
	})
}

// admit is admitting for one contact.
func (w *workspace) admit(ctx context.Context, before, contact *db.Contact) error {
	var refused error
	err := w.admitting(ctx, func(admit func(before, c *db.Contact) error) { refused = admit(before, contact) })
	if err != nil {
		return err
	}
	return refused
}

// DeclareField adds a field, or gives one that is known a type.
func (w *workspace) DeclareField(ctx context.Context, d db.FieldDeclaration) (*db.Field, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	c, err := w.current(ctx)
	if err != nil {
		return nil, translate(err)
	}
	defer c.mu.Unlock()
	field := c.fields.Declare(d)
	declaration := bson.D{
		{Key: "type", Value: d.Type.String()}, {Key: "label", Value: d.Label}, {Key: "description", Value: d.Description},
	}
	if err := w.store(ctx, c, []db.Field{field}, declaration); err != nil {
		return nil, err
	}
	return &field, nil
}

// store adds what was seen to the stored fields, sets their declaration, if there is one, and counts up the generation.
func (w *workspace) store(ctx context.Context, c *catalogue, fields []db.Field, declaration bson.D) error {
	err := w.writeFields(ctx, fields, declaration, c.rescan)
	if err == nil {
		_, err = w.countUp(ctx, "fieldsGeneration")
	}
	if err != nil {
		// The copy has fields that may not be stored; without it, they are met as new again.
		c.fields = nil
		return translate(err)
	}
	return nil
}

// writeFields adds what was seen since a rescan began, or ended, to the stored fields.
func (w *workspace) writeFields(ctx context.Context, fields []db.Field, declaration bson.D, rescan int64) error {
	var writes []mongo.WriteModel
	for _, f := range fields {
		kinds := document.KindNames(f.Shape)
		update := bson.D{
			{Key: "$set", Value: append(bson.D{{Key: "workspace", Value: w.id}, {Key: "path", Value: f.Path}}, declaration...)},
			{Key: "$addToSet", Value: bson.D{{Key: "kinds", Value: bson.D{{Key: "$each", Value: kinds}}}}},
		}
		if rescan > 0 && len(kinds) > 0 {
			var seen bson.D
			for _, kind := range kinds {
				seen = append(seen, bson.E{Key: seenIn(kind), Value: rescan})
			}
			update = append(update, bson.E{Key: "$max", Value: seen})
		}
		writes = append(writes, mongo.NewUpdateOneModel().SetUpsert(true).
			// By the ID alone, which has the workspace in it: then MongoDB settles it when two insert the same.
			SetFilter(bson.D{{Key: "_id", Value: document.FieldID(w.id, f.Path)}}).
			SetUpdate(update))
	}
	return writeAll(ctx, w.fields, writes)
}
