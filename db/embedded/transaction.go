package embedded

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"segmentql/db/embedded/index"
)

// tx is a transaction in one workspace. In each of its statements ?1 is the workspace, which nothing but tx
// supplies: a caller's own arguments begin with ?2.
type tx struct {
	inner     *sql.Tx
	workspace *workspace
	prepared  map[string]*sql.Stmt

	// Of a transaction that writes.
	emails  emails
	changes []index.Change // of contacts, in the order in which they were made
	more    int            // contacts that there are with it

	observed  bool // the catalogue in memory has fields that only this transaction stores
	declared  bool // the stored catalogue has fields or declarations that the one in memory lacks
	committed bool
}

func newTx(inner *sql.Tx, w *workspace) *tx {
	return &tx{inner: inner, workspace: w, prepared: map[string]*sql.Stmt{}}
}

// resize counts the contacts of the workspace.
const resize = `
	INSERT INTO sizes (workspace, contacts) VALUES (?1, ?2)
	ON CONFLICT DO UPDATE SET contacts = contacts + excluded.contacts`

// changed takes note of what was done to a contact, and by how many there are more.
func (t *tx) changed(c index.Change, more int) {
	t.changes = append(t.changes, c)
	t.more += more
}

// commit makes what was written last. Changes of contacts it then brings into the index, in which nobody has written
// since the transaction began.
func (t *tx) commit(ctx context.Context) error {
	if t.more != 0 {
		if _, err := t.exec(ctx, resize, t.more); err != nil {
			return err
		}
	}
	err := t.inner.Commit()
	t.committed = err == nil
	if len(t.changes) == 0 {
		return err
	}
	indexes, current := &t.workspace.store.indexes, false
	defer func() {
		if !current {
			indexes.drop(t.workspace.id)
		}
	}()
	if err != nil {
		current = t.isUndone(context.WithoutCancel(ctx))
		return err
	}
	t.emails.index.Apply(t.changes)
	current = true
	return nil
}

// isUndone says whether surely nothing is stored of the changes, whose commit failed.
func (t *tx) isUndone(ctx context.Context) bool {
	change := t.changes[0]
	undone := false
	err := t.workspace.view(ctx, func(t *tx) error {
		stored, err := t.contact(ctx, change.ID)
		if change.Contact == nil {
			undone = stored != nil
		} else {
			undone = stored == nil || stored.Version != change.Contact.Version
		}
		return err
	})
	return err == nil && undone
}

// end undoes what was not committed, in the catalogue in memory too.
func (t *tx) end() {
	_ = t.inner.Rollback() // after a commit, or when SQLite itself has rolled back, there is nothing to undo
	if t.declared || t.observed && !t.committed {
		t.workspace.store.catalogues.drop(t.workspace.id)
	}
}

// prepare sees to it that t.prepared has the statement.
func (t *tx) prepare(ctx context.Context, statement string) (err error) {
	if t.prepared[statement] == nil {
		t.prepared[statement], err = t.inner.PrepareContext(ctx, statement) //nolint:sqlclosecheck // sql.Tx closes it
	}
	return err
}

func (t *tx) bind(args []any) []any { return slices.Insert(args, 0, any(t.workspace.id)) }

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, statement string, args ...any) (int64, error) {
	if err := t.prepare(ctx, statement); err != nil {
		return 0, err
	}
	result, err := t.prepared[statement].ExecContext(ctx, t.bind(args)...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// one reads the columns of the only row into dest and says whether there is one.
func (t *tx) one(ctx context.Context, dest []any, statement string, args ...any) (bool, error) {
	if err := t.prepare(ctx, statement); err != nil {
		return false, err
	}
	err := t.prepared[statement].QueryRowContext(ctx, t.bind(args)...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// each calls row for each row until it fails.
func (t *tx) each(ctx context.Context, row func(*sql.Rows) error, statement string, args ...any) error {
	if err := t.prepare(ctx, statement); err != nil {
		return err
	}
	rows, err := t.prepared[statement].QueryContext(ctx, t.bind(args)...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err has what went wrong
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
