package db

// Stats is what a store keeps in memory to answer filters.
type Stats struct {
	Workspaces []WorkspaceStats // by ID
}

// WorkspaceStats is about the contacts of one workspace.
type WorkspaceStats struct {
	ID       string
	Contacts int64
	Bytes    int64        // of all fields and of what belongs to none
	Fields   []FieldStats // the dearest first
}

// FieldStats is what the index of one field costs.
type FieldStats struct {
	Path     string // elements of a list of objects have the path of their field within the list's
	Values   int64  // distinct ones, in each part of the index by itself
	Contacts int64  // elements of lists count each
	Bytes    int64
}
