package document

import (
	"cmp"
	"encoding/json"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
)

// storedSegment is the document of a segment. The filter is text, so that it comes back as it was sent.
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

// Segment returns the document of a segment of a workspace.
func Segment(workspace string, s *db.Segment) (bson.Raw, error) {
	return bson.Marshal(storedSegment{
		ID: s.ID, Workspace: workspace, Name: s.Name, Description: s.Description, Kind: string(s.Kind), Filter: string(s.Filter), Format: s.Format,
		CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt, Version: s.Version,
	})
}

// ReadSegment is the inverse of Segment.
func ReadSegment(raw bson.Raw) (*db.Segment, error) {
	var s storedSegment
	if err := bson.Unmarshal(raw, &s); err != nil {
		return nil, err
	}
	segment := &db.Segment{
		ID: s.ID, Name: s.Name, Description: s.Description, Kind: db.SegmentKind(cmp.Or(s.Kind, string(db.Dynamic))),
		CreatedAt: s.CreatedAt.UTC(), UpdatedAt: s.UpdatedAt.UTC(), Version: s.Version,
	}
	if segment.Kind != db.Static {
		segment.Filter, segment.Format = json.RawMessage(s.Filter), cmp.Or(s.Format, 1)
	}
	return segment, nil
}
