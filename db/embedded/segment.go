package embedded

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"segmentql/db"
)

const (
	putSegment = `
		INSERT INTO segments (workspace, id, name, description, kind, filter, format, created_at, updated_at, version)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
		ON CONFLICT (workspace, id) DO UPDATE SET
			name = excluded.name, description = excluded.description, filter = excluded.filter, format = excluded.format,
			updated_at = excluded.updated_at, version = excluded.version`
	deleteSegment      = `DELETE FROM segments WHERE workspace = ?1 AND id = ?2`
	countSegments      = `SELECT count(*) FROM segments WHERE workspace = ?1`
	selectSegments     = `SELECT id, name, description, kind, filter, format, created_at, updated_at, version FROM segments WHERE workspace = ?1`
	selectSegmentsByID = selectSegments + ` AND id IN (SELECT value FROM json_each(?2))`
)

// CreateSegment stores a new segment.
func (w *workspace) CreateSegment(ctx context.Context, p db.SegmentPatch) (*db.Segment, error) {
	segment, err := db.NewSegment(p, db.Now(ctx, w.store.now))
	if err != nil {
		return nil, err
	}
	err = w.write(ctx, func(t *tx) error {
		var segments int
		if _, err := t.one(ctx, []any{&segments}, countSegments); err != nil {
			return err
		}
		if segments >= db.MaxSegments {
			return db.TooManySegments()
		}
		return t.putSegment(ctx, &segment)
	})
	if err != nil {
		return nil, err
	}
	return &segment, nil
}

// UpdateSegment changes a segment.
func (w *workspace) UpdateSegment(ctx context.Context, id string, p db.SegmentPatch) (*db.Segment, error) {
	var segment db.Segment
	err := w.write(ctx, func(t *tx) error {
		stored, err := t.segmentsByID(ctx, []string{id})
		if err != nil {
			return err
		}
		if len(stored) == 0 {
			return db.NoSuchSegment()
		}
		if segment, err = p.Apply(*stored[0], db.Now(ctx, w.store.now)); err != nil {
			return err
		}
		return t.putSegment(ctx, &segment)
	})
	if err != nil {
		return nil, err
	}
	return &segment, nil
}

// DeleteSegment deletes a segment.
func (w *workspace) DeleteSegment(ctx context.Context, id string) error {
	return w.write(ctx, func(t *tx) error {
		n, err := t.exec(ctx, deleteSegment, id)
		if err == nil && n == 0 {
			err = db.NoSuchSegment()
		}
		return err
	})
}

// SegmentsByID reads segments.
func (w *workspace) SegmentsByID(ctx context.Context, ids []string) ([]*db.Segment, error) {
	var stored []*db.Segment
	err := w.read(ctx, func(t *tx) (err error) {
		stored, err = t.segmentsByID(ctx, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	return db.InOrder(ids, stored, func(s *db.Segment) string { return s.ID }), nil
}

// Segments reads all segments.
func (w *workspace) Segments(ctx context.Context) ([]*db.Segment, error) {
	var segments []*db.Segment
	err := w.read(ctx, func(t *tx) (err error) {
		segments, err = t.segments(ctx, selectSegments)
		return err
	})
	if err != nil {
		return nil, err
	}
	return segments, nil
}

func (t *tx) putSegment(ctx context.Context, s *db.Segment) error {
	_, err := t.exec(ctx, putSegment, s.ID, s.Name, s.Description, string(s.Kind), string(s.Filter), s.Format,
		s.CreatedAt.UnixMilli(), s.UpdatedAt.UnixMilli(), s.Version)
	return err
}

// segmentsByID returns those of the segments that exist, each once and in no particular order.
func (t *tx) segmentsByID(ctx context.Context, ids []string) ([]*db.Segment, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return t.segments(ctx, selectSegmentsByID, string(list))
}

func (t *tx) segments(ctx context.Context, statement string, args ...any) ([]*db.Segment, error) {
	segments := []*db.Segment{}
	err := t.eachSegment(ctx, func(s *db.Segment) error {
		segments = append(segments, s)
		return nil
	}, statement, args...)
	return segments, err
}

// eachSegment calls yield with each segment that a statement selects.
func (t *tx) eachSegment(ctx context.Context, yield func(*db.Segment) error, statement string, args ...any) error {
	return t.each(ctx, func(row *sql.Rows) error {
		var s db.Segment
		var filter string
		var created, updated int64
		if err := row.Scan(&s.ID, &s.Name, &s.Description, &s.Kind, &filter, &s.Format, &created, &updated, &s.Version); err != nil {
			return err
		}
		if s.Kind != db.Static {
			s.Filter = json.RawMessage(filter)
		}
		s.CreatedAt, s.UpdatedAt = time.UnixMilli(created).UTC(), time.UnixMilli(updated).UTC()
		return yield(&s)
	}, statement, args...)
}
