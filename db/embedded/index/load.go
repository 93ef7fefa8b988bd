package index

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// Build makes an index of all contacts that read yields, in the order of their IDs: documents as package document writes
// them, which are copied. Each processor builds a part. It tells how many contacts more have been read, from several
// goroutines.
func Build(
	ctx context.Context,
	read func(ctx context.Context, yield func(doc []byte) error) error,
	progress func(more int),
) (*Index, error) {
	group, ctx := errgroup.WithContext(ctx)
	builders := make([]builder, runtime.GOMAXPROCS(0))
	batches := make(chan batch, len(builders))
	group.Go(recovered(func() error {
		defer close(batches)
		return send(ctx, read, batches)
	}))
	for i := range builders {
		group.Go(recovered(func() error {
			for b := range batches {
				if err := b.each(builders[i].add); err != nil {
					return err
				}
				progress(len(b.ends))
			}
			builders[i].finish()
			return nil
		}))
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var blocks []*block
	for _, b := range builders {
		blocks = append(blocks, b.blocks...)
	}
	return newIndex(blocks...), nil
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

// builder makes blocks.
type builder struct {
	blocks []*block
	open   blockBuilder
}

func (b *builder) add(doc []byte) error {
	if err := b.open.add(doc); err != nil {
		return err
	}
	if b.open.rows == maxRows {
		b.finish()
	}
	return nil
}

func (b *builder) finish() {
	if b.open.rows > 0 {
		b.blocks = append(b.blocks, b.open.block())
		b.open.reset()
	}
}

// What goes to a builder at once: this many documents, or fewer if they are large.
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

func (b *batch) each(yield func(doc []byte) error) error {
	start := 0
	for _, end := range b.ends {
		if err := yield(b.documents[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// send sends all documents.
func send(ctx context.Context, read func(context.Context, func([]byte) error) error, batches chan<- batch) error {
	var b batch
	hand := func() error {
		select {
		case batches <- b:
			b = batch{documents: make([]byte, 0, cap(b.documents)), ends: make([]int, 0, batchDocuments)}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := read(ctx, func(doc []byte) error {
		if b.add(doc); b.full() {
			return hand()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return hand()
}
