package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
)

// CreateSegment inserts a segment.
func (w *workspace) CreateSegment(ctx context.Context, p db.SegmentPatch) (*db.Segment, error) {
	s, err := db.NewSegment(p, db.Now(ctx, w.now))
	if err != nil {
		return nil, err
	}
	existing, err := w.segments.CountDocuments(ctx, w.scoped(nil))
	if err != nil {
		return nil, translate(err)
	}
	if existing >= db.MaxSegments {
		return nil, db.TooManySegments()
	}
	stored, err := document.Segment(w.id, &s)
	if err != nil {
		return nil, translate(err)
	}
	if _, err := w.segments.InsertOne(ctx, stored); err != nil {
		return nil, translate(err)
	}
	return &s, nil
}

// UpdateSegment changes a segment.
func (w *workspace) UpdateSegment(ctx context.Context, id string, p db.SegmentPatch) (*db.Segment, error) {
	for range maxAttempts {
		found, err := w.SegmentsByID(ctx, []string{id})
		if err != nil {
			return nil, err
		}
		if found[0] == nil {
			return nil, db.NoSuchSegment()
		}
		after, err := p.Apply(*found[0], db.Now(ctx, w.now))
		if err != nil {
			return nil, err
		}
		stored, err := document.Segment(w.id, &after)
		if err != nil {
			return nil, translate(err)
		}
		which := w.scoped(bson.D{{Key: "_id", Value: id}, {Key: "version", Value: found[0].Version}})
		result, err := w.segments.ReplaceOne(ctx, which, stored)
		if err != nil {
			return nil, translate(err)
		}
		if result.MatchedCount == 1 {
			return &after, nil
		}
	}
	return nil, db.Errorf(db.Conflict, "too many changes of the same segment at once; try again")
}

// DeleteSegment deletes a segment.
func (w *workspace) DeleteSegment(ctx context.Context, id string) error {
	result, err := w.segments.DeleteOne(ctx, w.scoped(bson.D{{Key: "_id", Value: id}}))
	if err != nil {
		return translate(err)
	}
	if result.DeletedCount == 0 {
		return db.NoSuchSegment()
	}
	return nil
}

// SegmentsByID returns a segment for each ID, nil where there is none.
func (w *workspace) SegmentsByID(ctx context.Context, ids []string) ([]*db.Segment, error) {
	found, err := w.readSegments(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: unique(ids)}}}})
	if err != nil {
		return nil, err
	}
	return db.InOrder(ids, found, func(s *db.Segment) string { return s.ID }), nil
}

// Segments returns all segments.
func (w *workspace) Segments(ctx context.Context) ([]*db.Segment, error) {
	return w.readSegments(ctx, nil)
}

func (w *workspace) readSegments(ctx context.Context, which bson.D) ([]*db.Segment, error) {
	return readAll(ctx, w.segments, w.scoped(which), db.MaxSegments, options.Find(), document.ReadSegment)
}
