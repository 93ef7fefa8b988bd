package clone

import (
	"context"
	"crypto/sha256"

	"golang.org/x/sync/errgroup"

	"segmentql/db"
)

// Digest stands for the documents of a collection.
type Digest struct {
	Documents int64
	SHA256    [sha256.Size]byte // of the documents, one after the other in the order of their IDs
}

// verify reads all from both stores.
func (t *twins) verify(ctx context.Context, done *counter) (Digest, error) {
	source, target := t.readers()
	var original, copied Digest
	both, ctxOfBoth := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		original, err = digest(ctxOfBoth, source, func() {})
		return err
	})
	both.Go(func() (err error) {
		copied, err = digest(ctxOfBoth, target, func() { done.add(1) })
		return err
	})
	if err := both.Wait(); err != nil {
		return Digest{}, err
	}
	if original == copied {
		return copied, nil
	}
	return Digest{}, t.difference(ctx)
}

func digest(ctx context.Context, r *reader, each func()) (d Digest, err error) {
	hash := sha256.New()
	for {
		record, err := r.next(ctx)
		if err != nil {
			return Digest{}, err
		}
		if record == nil {
			hash.Sum(d.SHA256[:0])
			return d, nil
		}
		hash.Write(record.Document)
		d.Documents++
		each()
	}
}

// difference is the error that names the first document that is not the same in both stores.
func (t *twins) difference(ctx context.Context) error {
	source, target := t.readers()
	for {
		original, err := source.next(ctx)
		if err != nil {
			return err
		}
		copied, err := target.next(ctx)
		if err != nil {
			return err
		}
		unlike := compare(original, copied)
		switch {
		case unlike == onlyInTarget:
			original = copied
		case original == nil:
			return db.Errorf(db.Conflict, "%s of workspace %s changed while they were compared; see that nobody writes, and run it again",
				t.collection, t.workspace)
		}
		if unlike != "" {
			return db.Errorf(db.Conflict, "the copy is not the same: of workspace %s, the document %s in %s %s", t.workspace, original.ID, t.collection, unlike)
		}
	}
}
