package embedded

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"sync"

	"segmentql/db"
	"segmentql/db/embedded/index"
)

const selectDocuments = `SELECT doc FROM contacts WHERE workspace = ?1 ORDER BY id`

// indexes are the indexes in memory, by workspace. Each is built when it is first asked for, and from then on kept
// current by workspace.write. The zero value is empty.
type indexes struct {
	mu       sync.Mutex
	building map[string]*building
}

// building is an index that is built, or was.
type building struct {
	done  chan struct{} // is closed when it is
	index *index.Index
	err   error
}

// get returns the index of a workspace. Where there is none it calls build in a goroutine of its own. That calls built
// with the index while nobody can write.
func (x *indexes) get(ctx context.Context, workspace string, build func(built func(*index.Index)) error) (*index.Index, error) {
	x.mu.Lock()
	b := x.building[workspace]
	if b == nil {
		b = &building{done: make(chan struct{})}
		if x.building == nil {
			x.building = map[string]*building{}
		}
		x.building[workspace] = b
		go func() {
			err := build(func(built *index.Index) {
				b.index = built
				close(b.done)
			})
			if err != nil && b.index == nil {
				b.err = err
				x.drop(workspace) // the next one who asks tries again
				close(b.done)
			}
		}()
	}
	x.mu.Unlock()
	select {
	case <-b.done:
		return b.index, b.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// built returns the index of a workspace if there is one now.
func (x *indexes) built(workspace string) *index.Index {
	x.mu.Lock()
	defer x.mu.Unlock()
	if b := x.building[workspace]; b != nil {
		select {
		case <-b.done:
			return b.index
		default:
		}
	}
	return nil
}

// drop makes the next get build the index anew.
func (x *indexes) drop(workspace string) {
	x.mu.Lock()
	b := x.building[workspace]
	delete(x.building, workspace)
	x.mu.Unlock()
	if b == nil {
		return
	}
	select {
	case <-b.done:
		if b.index != nil {
			b.index.Close()
		}
	default: // it is being built, in vain
	}
}

// close drops all.
func (x *indexes) close() {
	for _, workspace := range x.workspaces() {
		x.drop(workspace)
	}
}

// workspaces returns the workspaces, sorted.
func (x *indexes) workspaces() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Sorted(maps.Keys(x.building))
}

func (x *indexes) stats() []db.WorkspaceStats {
	var stats []db.WorkspaceStats
	for _, workspace := range x.workspaces() {
		if built := x.built(workspace); built != nil {
			ofIndex := built.Current().Stats()
			ofIndex.ID = workspace
			stats = append(stats, ofIndex)
		}
	}
	return stats
}

// index returns the index of the workspace.
func (w *workspace) index(ctx context.Context) (*index.Index, error) {
	return w.load(ctx, func(int) {})
}

// load is index, and tells how many contacts more it has read.
func (w *workspace) load(ctx context.Context, progress func(more int)) (*index.Index, error) {
	return w.store.indexes.get(ctx, w.id, func(built func(*index.Index)) error {
		// Who asked first may give up; others wait for it, too.
		ctx := context.WithoutCancel(ctx)
		return w.exclusively(ctx, func() error {
			return w.read(ctx, func(t *tx) error {
				x, err := t.build(ctx, progress)
				if err == nil {
					built(x)
				}
				return err
			})
		})
	})
}

// build reads all contacts of the workspace into an index, and tells how many more it has read.
func (t *tx) build(ctx context.Context, progress func(more int)) (*index.Index, error) {
	return index.Build(ctx, func(ctx context.Context, yield func(doc []byte) error) error {
		return t.each(ctx, func(row *sql.Rows) error {
			var doc sql.RawBytes // SQLite's own memory, until the next row
			if err := row.Scan(&doc); err != nil {
				return err
			}
			return yield(doc)
		}, selectDocuments)
	}, progress)
}
