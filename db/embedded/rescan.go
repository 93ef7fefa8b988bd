package embedded

import (
	"context"
	"sync"

	"segmentql/db"
	"segmentql/filter"
)

const (
	// ?2 is the path, ?3 and ?4 are all that begins with it and a dot.
	undeclareFields = `
		UPDATE fields SET type = NULL, label = '', description = ''
		WHERE workspace = ?1 AND (path = ?2 OR path >= ?3 AND path < ?4)`

	narrowField = `UPDATE fields SET shape = shape & ~?3 WHERE workspace = ?1 AND path = ?2`
	forgetField = `DELETE FROM fields WHERE workspace = ?1 AND path = ?2 AND shape = 0 AND type IS NULL`
)

// UndeclareFields forgets declarations.
func (w *workspace) UndeclareFields(ctx context.Context, under filter.Path) error {
	return w.write(ctx, func(t *tx) error {
		t.declared = true
		_, err := t.exec(ctx, undeclareFields, under.String(), under.String()+".", under.String()+"/") // which comes after the dot
		return err
	})
}

// RescanFields reads the contacts as of one moment; writers tell of those that they write from then on.
func (w *workspace) RescanFields(ctx context.Context, under filter.Path, see func(*db.Contact)) error {
	fields, err := w.storedFields(ctx)
	if err != nil {
		return err
	}
	rescan := db.NewRescan(under, fields)
	defer w.store.rescans.begin(w.id, rescan)()
	catalogue, err := w.Catalogue(ctx)
	if err != nil {
		return err
	}
	err = w.EachContact(ctx, catalogue.Holders(under), func(c *db.Contact) error {
		rescan.See(c)
		see(c)
		return nil
	})
	if err != nil {
		return err
	}
	return w.write(ctx, func(t *tx) error { return t.conclude(ctx, rescan) })
}

func (w *workspace) storedFields(ctx context.Context) (fields []db.Field, err error) {
	err = w.read(ctx, func(t *tx) error {
		fields, err = t.storedFields(ctx)
		return err
	})
	return fields, err
}

func (t *tx) storedFields(ctx context.Context) (fields []db.Field, err error) {
	err = t.eachField(ctx, func(f db.Field) error {
		fields = append(fields, f)
		return nil
	}, selectCatalogue)
	return fields, err
}

// conclude stores what a rescan has found out. Whoever writes next finds it in the catalogue, which is read anew.
func (t *tx) conclude(ctx context.Context, rescan *db.Rescan) error {
	t.declared = true
	stored, err := t.storedFields(ctx)
	if err != nil {
		return err
	}
	for _, f := range stored {
		surplus := rescan.Surplus(f)
		if surplus != 0 {
			if _, err := t.exec(ctx, narrowField, f.Path, int64(surplus)); err != nil {
				return err
			}
		}
		if f.Shape == surplus {
			if _, err := t.exec(ctx, forgetField, f.Path); err != nil {
				return err
			}
		}
	}
	return t.observe(ctx, rescan.Seen())
}

// rescans are those under way, by workspace. The zero value is empty.
type rescans struct {
	mu       sync.Mutex
	underWay map[*db.Rescan]string
}

// begin has a rescan see all contacts of the workspace that are written, until end is called.
func (r *rescans) begin(workspace string, rescan *db.Rescan) (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.underWay == nil {
		r.underWay = map[*db.Rescan]string{}
	}
	r.underWay[rescan] = workspace
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.underWay, rescan)
	}
}

func (r *rescans) see(workspace string, c *db.Contact) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for rescan, in := range r.underWay {
		if in == workspace {
			rescan.See(c)
		}
	}
}
