package embedded

import (
	"context"
	"database/sql"

	"segmentql/db/embedded/index"
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
	return translate(ctx, w.view(ctx, do))
}

// view is read within a call that is under way already.
func (w *workspace) view(ctx context.Context, do func(*tx) error) error {
	inner, err := w.store.database.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = inner.Rollback() }() // there is nothing to undo
	return do(newTx(inner, w))
}

// write calls do with the one transaction that may write, which is committed when do returns without an error.
// Every write of a workspace goes through it, those of contacts through writeContacts. The next writer is let in when
// what is in memory, the catalogue and the index, is again what is stored, which is later than the end of the
// transaction.
func (w *workspace) write(ctx context.Context, do func(*tx) error) error {
	leave, err := w.store.enter()
	if err != nil {
		return err
	}
	defer leave()
	return translate(ctx, w.exclusively(ctx, func() error { return w.transaction(ctx, nil, do) }))
}

// writeContacts is write with the index of the workspace, without which nobody knows whose an email is.
func (w *workspace) writeContacts(ctx context.Context, do func(*tx) error) error {
	leave, err := w.store.enter()
	if err != nil {
		return err
	}
	defer leave()
	for {
		x, err := w.index(ctx)
		if err != nil {
			return translate(ctx, err)
		}
		current := true
		err = w.exclusively(ctx, func() error {
			if current = w.store.indexes.built(w.id) == x; !current {
				return nil // it was dropped in the meantime
			}
			return w.transaction(ctx, x, do)
		})
		if current || err != nil {
			return translate(ctx, err)
		}
	}
}

func (w *workspace) transaction(ctx context.Context, x *index.Index, do func(*tx) error) error {
	inner, err := w.store.database.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	t := newTx(inner, w)
	t.emails.index = x
	defer t.end()
	if err := do(t); err != nil {
		return err
	}
	return t.commit(ctx)
}

// exclusively calls do while nobody else writes.
func (w *workspace) exclusively(ctx context.Context, do func() error) error {
	writing := w.store.database.writing
	select {
	case writing <- struct{}{}:
		defer func() { <-writing }()
		return do()
	case <-ctx.Done():
		return ctx.Err()
	}
}
