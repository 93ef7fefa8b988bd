package db

// Stats is what a store keeps in memory to answer filters.
type Stats struct {
	Workspaces []WorkspaceStats `json:"workspaces"` // by ID
}

// WorkspaceStats is about the contacts of one workspace.
type WorkspaceStats struct {
	ID       string       `json:"id"`
	Contacts int64        `json:"contacts"`
	Bytes    int64        `json:"bytes"`  // of all fields and of what belongs to none
	Fields   []FieldStats `json:"fields"` // the dearest first
}

// FieldStats is what the index of one field costs.
type FieldStats struct {
	Path     string `json:"path"`     // elements of a list of objects have the path of their field within the list's
	Values   int64  `json:"values"`   // distinct ones, in each part of the index by itself
	Contacts int64  `json:"contacts"` // elements of lists count each
	Bytes    int64  `json:"bytes"`
}
