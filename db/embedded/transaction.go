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

	changes []index.Change // of contacts, in the order in which they were made

	observed  bool // the catalogue in memory has fields that only this transaction stores
	declared  bool // the stored catalogue has a declaration that the one in memory lacks
	committed bool
}

func newTx(inner *sql.Tx, w *workspace) *tx {
	return &tx{inner: inner, workspace: w, prepared: map[string]*sql.Stmt{}}
}

func (t *tx) commit() error {
	indexes, applied := &t.workspace.store.indexes, false
	defer func() {
		if !applied { // nobody knows what is stored
			indexes.drop(t.workspace.id)
		}
	}()
	if err := t.inner.Commit(); err != nil {
		return err
	}
	t.committed = true
	if x := indexes.built(t.workspace.id); x != nil && len(t.changes) > 0 {
		x.Apply(t.changes)
	}
	applied = true
	return nil
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
