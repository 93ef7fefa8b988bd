package embedded

import (
	"context"
	"database/sql"
)

// workspace is a db.Workspace.
type workspace struct {
	store *Store
	id    string
}

// read calls do with a transaction that sees one state of the database. Every read of a workspace goes through it.
func (w *workspace) read(ctx context.Context, do func(*tx) error) error {
	leave, err := w.store.enter()
	if err != nil {
		return err
	}
	defer leave()
	inner, err := w.store.database.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return translate(ctx, err)
	}
	defer func() { _ = inner.Rollback() }() // there is nothing to undo
	return translate(ctx, do(newTx(inner, w)))
}

// write calls do with the one transaction that may write, which is committed when do returns without an error.
// Every write of a workspace goes through it. The next writer is let in when the catalogue in memory is again what
// is stored, which is later than the end of the transaction.
func (w *workspace) write(ctx context.Context, do func(*tx) error) error {
	leave, err := w.store.enter()
	if err != nil {
		return err
	}
	defer leave()
	d := w.store.database
	select {
	case d.writing <- struct{}{}:
		defer func() { <-d.writing }()
	case <-ctx.Done():
		return translate(ctx, ctx.Err())
	}
	inner, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return translate(ctx, err)
	}
	t := newTx(inner, w)
	defer t.end()
	if err := do(t); err != nil {
		return translate(ctx, err)
	}
	return translate(ctx, t.commit())
}
