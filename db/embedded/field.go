package embedded

import (
	"context"
	"database/sql"
	"sync"

	"segmentql/db"
	"segmentql/filter"
)

const (
	// Declared fields come first: below an object that is data for keys, only they have a place of their own, and
	// a Catalogue must know them before it is told of that object.
	selectCatalogue = selectFields + ` ORDER BY type IS NULL, path`
	selectFields    = `SELECT path, shape, type, label, description FROM fields WHERE workspace = ?1`

	// What one transaction adds to a shape never takes away what another did.
	observeField = `
		INSERT INTO fields (workspace, path, shape, label, description) VALUES (?1, ?2, ?3, '', '')
		ON CONFLICT DO UPDATE SET shape = shape | excluded.shape`

	declareField = `
		INSERT INTO fields (workspace, path, shape, type, label, description) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		ON CONFLICT DO UPDATE SET
			shape = shape | excluded.shape, type = excluded.type,
			label = excluded.label, description = excluded.description`
)

// Catalogue returns the catalogue that the writers of the workspace add to.
func (w *workspace) Catalogue(ctx context.Context) (*db.Catalogue, error) {
	var catalogue *db.Catalogue
	err := w.read(ctx, func(t *tx) (err error) {
		catalogue, err = t.catalogue(ctx)
		return err
	})
	return catalogue, err
}

// DeclareField stores the declaration.
func (w *workspace) DeclareField(ctx context.Context, d db.FieldDeclaration) (*db.Field, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	field := &db.Field{Path: d.Path.String(), Type: d.Type, Label: d.Label, Description: d.Description}
	err := w.write(ctx, func(t *tx) error {
		catalogue, err := t.catalogue(ctx)
		if err != nil {
			return err
		}
		known, _ := catalogue.Field(field.Path)
		field.Shape, field.MapLike = known.Shape, known.MapLike
		// The catalogue is read anew with the field in it. Catalogue.Add would not do: see selectCatalogue.
		t.declared = true
		return t.declare(ctx, *field)
	})
	if err != nil {
		return nil, err
	}
	return field, nil
}

// admit brings a contact into the declared types, stores which of its fields are new, and has the contact signed.
func (t *tx) admit(ctx context.Context, before, c *db.Contact) error {
	catalogue, err := t.catalogue(ctx)
	if err != nil {
		return err
	}
	fields, err := catalogue.Admit(before, c)
	if err != nil {
		return err
	}
	c.Sign(before, db.ActorOf(ctx))
	return t.observe(ctx, fields)
}

// observe stores what was seen of fields.
func (t *tx) observe(ctx context.Context, fields []db.Field) error {
	for _, f := range fields {
		t.observed = true
		if _, err := t.exec(ctx, observeField, f.Path, int64(f.Shape)); err != nil {
			return err
		}
	}
	return nil
}

// declare stores a declared field.
func (t *tx) declare(ctx context.Context, f db.Field) error {
	_, err := t.exec(ctx, declareField, f.Path, int64(f.Shape), f.Type.String(), f.Label, f.Description)
	return err
}

// eachField calls yield with each field that a statement selects.
func (t *tx) eachField(ctx context.Context, yield func(db.Field) error, statement string, args ...any) error {
	return t.each(ctx, func(row *sql.Rows) error {
		var f db.Field
		var declared sql.NullString
		if err := row.Scan(&f.Path, &f.Shape, &declared, &f.Label, &f.Description); err != nil {
			return err
		}
		f.Type, _ = filter.ParseKind(declared.String)
		return yield(f)
	}, statement, args...)
}

// catalogue returns the catalogue of the workspace, which is kept in memory from the first use on.
func (t *tx) catalogue(ctx context.Context) (*db.Catalogue, error) {
	return t.workspace.store.catalogues.get(t.workspace.id, func() (*db.Catalogue, error) {
		fields, err := t.storedFields(ctx)
		return db.NewCatalogue(fields), err
	})
}

// catalogues are the catalogues in memory, by workspace. The zero value is empty.
//
// A writer adds to a catalogue before it stores what it added. So one that was read from the database must not
// replace one that a writer has: it stays until that writer's transaction has ended.
type catalogues struct {
	mu   sync.Mutex
	read map[string]*db.Catalogue
}

// get returns the catalogue of a workspace. The lock is held while load reads it, so that a drop cannot come
// between the reading and the keeping.
func (c *catalogues) get(workspace string, load func() (*db.Catalogue, error)) (*db.Catalogue, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if catalogue := c.read[workspace]; catalogue != nil {
		return catalogue, nil
	}
	catalogue, err := load()
	if err != nil {
		return nil, err
	}
	if c.read == nil {
		c.read = map[string]*db.Catalogue{}
	}
	c.read[workspace] = catalogue
	return catalogue, nil
}

// drop makes the next get load.
func (c *catalogues) drop(workspace string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.read, workspace)
}
