package document

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/filter"
)

// storedField is the document of a field. One that is not declared has none of the last three.
type storedField struct {
	ID          string   `bson:"_id"`
	Workspace   string   `bson:"workspace"`
	Path        string   `bson:"path"`
	Kinds       []string `bson:"kinds"`
	Type        *string  `bson:"type,omitempty"`
	Label       *string  `bson:"label,omitempty"`
	Description *string  `bson:"description,omitempty"`
}

// nestedList is the name of db.NestedList among the kinds of a field.
const nestedList = "NESTED_LIST"

// FieldID is the ID of the document of a field, among those of all workspaces.
func FieldID(workspace, path string) string { return workspace + " " + path }

// Field returns the document of a field of a workspace.
func Field(workspace string, f db.Field) (bson.Raw, error) {
	stored := storedField{ID: FieldID(workspace, f.Path), Workspace: workspace, Path: f.Path, Kinds: KindNames(f.Shape)}
	if f.Type != filter.KindNull {
		stored.Type, stored.Label, stored.Description = new(f.Type.String()), &f.Label, &f.Description
	}
	return bson.Marshal(stored)
}

// ReadField is the inverse of Field.
func ReadField(raw bson.Raw) (db.Field, error) {
	var stored storedField
	if err := bson.Unmarshal(raw, &stored); err != nil {
		return db.Field{}, err
	}
	f := db.Field{Path: stored.Path}
	for _, name := range stored.Kinds {
		if k, ok := filter.ParseKind(name); ok {
			f.Shape |= db.ShapeOf(k)
		}
		if name == nestedList {
			f.Shape |= db.NestedList
		}
	}
	if stored.Type != nil {
		f.Type, _ = filter.ParseKind(*stored.Type)
	}
	if stored.Label != nil {
		f.Label = *stored.Label
	}
	if stored.Description != nil {
		f.Description = *stored.Description
	}
	return f, nil
}

// KindNames names the kinds in a shape, in the order in which a document has them.
func KindNames(shape db.Shape) []string {
	names := []string{}
	for _, k := range shape.Kinds() {
		names = append(names, k.String())
	}
	if shape&db.NestedList != 0 {
		names = append(names, nestedList)
	}
	return names
}
