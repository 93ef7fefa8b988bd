package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"segmentql/db"
	"segmentql/db/document"
)

const selectDocuments = `SELECT doc FROM contacts WHERE workspace = ?1 AND id > ?2 ORDER BY id`

// pass hands the contacts of a workspace to judges. One goroutine reads documents in the order of their IDs, and
// each judge has a goroutine that decodes them.
type pass struct {
	needs    projection // what the judges look at; the contacts have nothing else
	shortcut *shortcut  // or nil
	judges   int
}

// newPass has a judge for each processor. Their number is taken once: the runtime may change it at any time.
func newPass() pass {
	return pass{needs: newProjection(), judges: runtime.GOMAXPROCS(0)}
}

// What goes to a judge at once: this many documents, or fewer if they are large.
const (
	batchDocuments = 128
	batchBytes     = 256 << 10
)

// batch holds documents one behind the other.
type batch struct {
	documents []byte
	ends      []int
}

func (b *batch) add(doc []byte) {
	b.documents = append(b.documents, doc...)
	b.ends = append(b.ends, len(b.documents))
}

func (b *batch) full() bool {
	return len(b.ends) >= batchDocuments || len(b.documents) >= batchBytes
}

// run calls judge with every contact, from the goroutine of judge i.
func (p pass) run(ctx context.Context, t *tx, judge func(i int, c *db.Contact)) error {
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan batch, p.judges)
	group.Go(recovered(func() error {
		defer close(batches)
		return p.read(ctx, t, batches)
	}))
	for i := range p.judges {
		group.Go(recovered(func() error {
			return p.decode(batches, func(c *db.Contact) { judge(i, c) })
		}))
	}
	return group.Wait()
}

// recovered makes a panic an error. In a goroutine of its own nobody else could, and the server would end.
func recovered(do func() error) func() error {
	return func() (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("panic: %v", cause)
			}
		}()
		return do()
	}
}

// errComplete ends the reading early.
var errComplete = errors.New("all pages are complete")

func (p pass) read(ctx context.Context, t *tx, batches chan<- batch) error {
	after := ""
	if p.shortcut != nil {
		after = p.shortcut.after
	}
	var b batch
	send := func() error {
		select {
		case batches <- b:
			b = batch{documents: make([]byte, 0, cap(b.documents)), ends: make([]int, 0, batchDocuments)}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := t.each(ctx, func(row *sql.Rows) error {
		var doc sql.RawBytes // SQLite's own memory, until the next row
		if err := row.Scan(&doc); err != nil {
			return err
		}
		if b.add(doc); !b.full() {
			return nil
		}
		if p.shortcut != nil && p.shortcut.complete() {
			return errComplete
		}
		return send()
	}, selectDocuments, after)
	switch {
	case errors.Is(err, errComplete):
		return nil
	case err != nil:
		return err
	default:
		return send()
	}
}

func (p pass) decode(batches <-chan batch, judge func(*db.Contact)) error {
	var needed []byte
	for b := range batches {
		start := 0
		for _, end := range b.ends {
			var err error
			if needed, err = p.needs.apply(needed[:0], b.documents[start:end]); err != nil {
				return db.Errorf(db.Internal, "a stored contact cannot be read").Because(err)
			}
			c, err := document.ReadContact(needed)
			if err != nil {
				return err
			}
			judge(c)
			start = end
		}
	}
	return nil
}
