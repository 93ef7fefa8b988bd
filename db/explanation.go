package db

import (
	"encoding/json"
	"time"

	"segmentql/filter"
)

// Explanation tells how a store answered a filter.
type Explanation struct {
	Matching int64
	Duration time.Duration
	Steps    []ExplainedStep // of a store that answers node by node; each node comes before those within it
	MongoDB  *MongoDBPlan    // of MongoDB, which answers the filter as a whole
}

// ExplainedStep is how one node of a filter was answered.
type ExplainedStep struct {
	Node      filter.Node
	Depth     int // 0 for the whole filter, one more for a node within another
	Method    Method
	Matching  int64 // contacts, or within Any elements of lists, for which the index knows that the node holds
	Undecided int64 // those of which the index does not know
	Duration  time.Duration
}

// Method is how a node was answered.
type Method string

// The methods.
const (
	ByIndex      Method = "INDEX"      // by the index alone
	ByCandidates Method = "CANDIDATES" // the index left some undecided, which the matcher was asked of
	ByScan       Method = "SCAN"       // the matcher was asked of all
)

// MongoDBPlan is what MongoDB did.
type MongoDBPlan struct {
	Query             json.RawMessage // as extended JSON
	Stages            []string        // of the winning plan, from the outside in: FETCH, IXSCAN
	Indexes           []string        // that the plan uses, by name
	DocumentsExamined int64
	KeysExamined      int64
}
