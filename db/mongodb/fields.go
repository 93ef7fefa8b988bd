package mongodb

import (
	"context"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/filter"
)

// catalogue is a workspace's catalogue as this process knows it. Several processes write to a workspace, so each
// change of the stored fields counts up the workspace's generation, and a copy is good while that stays the same.
// Whoever writes contacts stores their new fields first, so that who reads the generation before the contacts
// never meets a contact with fields that its catalogue does not have.
type catalogue struct {
	mu         sync.Mutex
	fields     *db.Catalogue // nil: not loaded
	generation int64
}

// storedField is a document of the collection fields.
type storedField struct {
	Path        string   `bson:"path"`
	Kinds       []string `bson:"kinds"`
	Type        string   `bson:"type"`
	Label       string   `bson:"label"`
	Description string   `bson:"description"`
}

// nestedList is the name of db.NestedList among the kinds of a stored field.
const nestedList = "NESTED_LIST"

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
	c := w.catalogue(w.id)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := w.refresh(ctx, c); err != nil {
		return nil, translate(err)
	}
	return c.fields, nil
}

// refresh loads the fields where the copy is not good any more.
func (w *workspace) refresh(ctx context.Context, c *catalogue) error {
	var state struct {
		Generation int64 `bson:"fieldsGeneration"`
	}
	err := w.workspaces.FindOne(ctx, bson.D{{Key: "_id", Value: w.id}}).Decode(&state)
	if err != nil && err != mongo.ErrNoDocuments { //nolint:errorlint // the driver returns it unwrapped
		return err
	}
	if c.fields != nil && c.generation == state.Generation {
		return nil
	}
	cursor, err := w.fields.Find(ctx, w.scoped(nil))
	if err != nil {
		return err
	}
	var stored []storedField
	if err := cursor.All(ctx, &stored); err != nil {
		return err
	}
	fields := make([]db.Field, len(stored))
	for i, f := range stored {
		fields[i] = f.field()
	}
	if c.fields == nil {
		c.fields = db.NewCatalogue(nil)
	}
	c.fields.Add(fields)
	c.generation = state.Generation
	return nil
}

// admitting calls draw with a function that brings a contact into the declared types and takes note of its
// fields. It stores what is new of these before it returns; only then the contacts may be written.
func (w *workspace) admitting(ctx context.Context, draw func(admit func(*db.Contact) error)) error {
	c := w.catalogue(w.id)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := w.refresh(ctx, c); err != nil {
		return translate(err)
	}
	var changed []db.Field
	draw(func(contact *db.Contact) error {
		news, err := c.fields.Admit(contact)
		changed = append(changed, news...)
		return err
	})
	if err := w.storeFields(ctx, changed); err != nil {
		// The copy has fields that may not be stored; without it, they are met as new again.
		c.fields = nil
		return translate(err)
	}
	return nil
}

// admit is admitting for one contact.
func (w *workspace) admit(ctx context.Context, contact *db.Contact) error {
	var refused error
	err := w.admitting(ctx, func(admit func(*db.Contact) error) { refused = admit(contact) })
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
	c := w.catalogue(w.id)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := w.refresh(ctx, c); err != nil {
		return nil, translate(err)
	}
	field := c.fields.Declare(d)
	if err := w.storeFields(ctx, []db.Field{field}); err != nil {
		c.fields = nil
		return nil, translate(err)
	}
	return &field, nil
}

func (w *workspace) storeFields(ctx context.Context, fields []db.Field) error {
	if len(fields) == 0 {
		return nil
	}
	var writes []mongo.WriteModel
	for _, f := range fields {
		stored := bson.D{{Key: "workspace", Value: w.id}, {Key: "path", Value: f.Path}}
		if f.Type != filter.KindNull {
			stored = append(stored, bson.E{Key: "type", Value: f.Type.String()},
				bson.E{Key: "label", Value: f.Label}, bson.E{Key: "description", Value: f.Description})
		}
		writes = append(writes, mongo.NewUpdateOneModel().SetUpsert(true).
			SetFilter(w.scoped(bson.D{{Key: "_id", Value: w.id + " " + f.Path}})).
			SetUpdate(bson.D{
				{Key: "$set", Value: stored},
				{Key: "$addToSet", Value: bson.D{{Key: "kinds", Value: bson.D{{Key: "$each", Value: kindNames(f.Shape)}}}}},
			}))
	}
	if _, err := w.fields.BulkWrite(ctx, writes, options.BulkWrite().SetOrdered(false)); err != nil {
		return err
	}
	_, err := w.workspaces.UpdateOne(ctx, bson.D{{Key: "_id", Value: w.id}},
		bson.D{{Key: "$inc", Value: bson.D{{Key: "fieldsGeneration", Value: int64(1)}}}}, options.UpdateOne().SetUpsert(true))
	return err
}

func kindNames(shape db.Shape) []string {
	names := []string{}
	for _, k := range shape.Kinds() {
		names = append(names, k.String())
	}
	if shape&db.NestedList != 0 {
		names = append(names, nestedList)
	}
	return names
}

func (f storedField) field() db.Field {
	field := db.Field{Path: f.Path, Label: f.Label, Description: f.Description}
	for _, name := range f.Kinds {
		if k, ok := filter.ParseKind(name); ok {
			field.Shape |= db.ShapeOf(k)
		}
		if name == nestedList {
			field.Shape |= db.NestedList
		}
	}
	if k, ok := filter.ParseKind(f.Type); ok {
		field.Type = k
	}
	return field
}
