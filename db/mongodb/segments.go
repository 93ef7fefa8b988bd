package mongodb

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
)

// storedSegment is a document of the collection segments. The filter is text, so that it comes back as it was sent.
type storedSegment struct {
	ID          string    `bson:"_id"`
	Workspace   string    `bson:"workspace"`
	Name        string    `bson:"name"`
	Description string    `bson:"description"`
	Kind        string    `bson:"kind,omitempty"` // "" stands for DYNAMIC, the only one there was
	Filter      string    `bson:"filter"`
	Format      int       `bson:"filterFormat"` // 0 stands for 1, which had no number
	CreatedAt   time.Time `bson:"createdAt"`
	UpdatedAt   time.Time `bson:"updatedAt"`
	Version     int64     `bson:"version"`
}

func (s storedSegment) segment() *db.Segment {
	segment := &db.Segment{
		ID: s.ID, Name: s.Name, Description: s.Description, Kind: db.SegmentKind(cmp.Or(s.Kind, string(db.Dynamic))),
		CreatedAt: s.CreatedAt.UTC(), UpdatedAt: s.UpdatedAt.UTC(), Version: s.Version,
	}
	if segment.Kind != db.Static {
		segment.Filter, segment.Format = json.RawMessage(s.Filter), cmp.Or(s.Format, 1)
	}
	return segment
}

func (w *workspace) stored(s *db.Segment) storedSegment {
	return storedSegment{
		ID: s.ID, Workspace: w.id, Name: s.Name, Description: s.Description, Kind: string(s.Kind), Filter: string(s.Filter), Format: s.Format,
		CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt, Version: s.Version,
	}
}

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
	if _, err := w.segments.InsertOne(ctx, w.stored(&s)); err != nil {
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
		which := w.scoped(bson.D{{Key: "_id", Value: id}, {Key: "version", Value: found[0].Version}})
		result, err := w.segments.ReplaceOne(ctx, which, w.stored(&after))
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
	return inOrder(ids, found, func(s *db.Segment) string { return s.ID }), nil
}

// Segments returns all segments.
func (w *workspace) Segments(ctx context.Context) ([]*db.Segment, error) {
	return w.readSegments(ctx, nil)
}

func (w *workspace) readSegments(ctx context.Context, which bson.D) ([]*db.Segment, error) {
	return readAll(ctx, w.segments, w.scoped(which), db.MaxSegments, options.Find(), func(raw bson.Raw) (*db.Segment, error) {
		var s storedSegment
		err := bson.Unmarshal(raw, &s)
		return s.segment(), err
	})
}
