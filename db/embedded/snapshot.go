package embedded

import (
	"context"
	"database/sql"

	"segmentql/db"
	"segmentql/db/document"
	"segmentql/db/embedded/index"
	"segmentql/filter"
)

// selectSize reads one row: a transaction sees the database as of its first read.
const selectSize = `SELECT contacts FROM sizes WHERE workspace = ?1`

// EachContact reads the documents in one transaction, and finds them by the version of the index that is of the same
// moment. Others may write all the while.
func (w *workspace) EachContact(ctx context.Context, n filter.Node, yield func(*db.Contact) error) error {
	leave, err := w.store.enter()
	if err != nil {
		return err
	}
	defer leave()
	var ended error // by the caller
	needs := needsOf(n)()
	err = w.snapshot(ctx, func(t *tx, v *index.Version) error {
		members, err := v.Members(ctx, n, func(ctx context.Context, refs []index.Ref, yield func(int, *db.Contact)) error {
			return t.fetch(ctx, needs, refs, yield)
		})
		if err != nil {
			return err
		}
		read := func(_ int, doc []byte) error {
			c, err := document.ReadContact(doc)
			if err == nil {
				ended = yield(c)
				err = ended
			}
			return err
		}
		refs := make([]index.Ref, 0, readAtOnce)
		for ref := range members {
			if refs = append(refs, ref); len(refs) < readAtOnce {
				continue
			}
			if err := t.fetchDocuments(ctx, refs, read); err != nil {
				return err
			}
			refs = refs[:0]
		}
		return t.fetchDocuments(ctx, refs, read)
	})
	if ended != nil {
		return ended
	}
	return translate(ctx, err)
}

// snapshot calls do with a transaction that reads and the index, both as of one moment at which nobody wrote.
func (w *workspace) snapshot(ctx context.Context, do func(*tx, *index.Version) error) error {
	inner, err := w.store.database.snapshots.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = inner.Rollback() }() // there is nothing to undo
	t := newTx(inner, w)
	for {
		x, err := w.index(ctx)
		if err != nil {
			return err
		}
		var v *index.Version
		err = w.exclusively(ctx, func() error {
			if w.store.indexes.built(w.id) != x {
				return nil // it was dropped in the meantime
			}
			v = x.Current()
			_, err := t.one(ctx, []any{new(int64)}, selectSize)
			return err
		})
		if err != nil {
			return err
		}
		if v != nil {
			return do(t, v)
		}
	}
}
