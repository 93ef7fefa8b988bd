package graph

import (
	"context"
	"strconv"

	"segmentql/db"
)

// job returns a job by its ID, nil where there is none, or none of the kind.
func (r *request) job(ctx context.Context, id, kind string) (*Job, error) {
	found, err := r.workspace.JobsByID(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	if found[0] == nil || kind != "" && found[0].Kind != kind {
		return nil, nil //nolint:nilnil // GraphQL's null
	}
	return &Job{found[0]}, nil
}

// addJobs adds those of the jobs that exist. Few requests ask for any.
func (r *request) addJobs(ctx context.Context, nodes map[string]Node, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	jobs, err := r.workspace.JobsByID(ctx, ids)
	for _, j := range jobs {
		if j != nil {
			nodes[j.ID] = &Job{j}
		}
	}
	return err
}

// findJobs returns a page of the jobs of a kind and in a state, where these are given.
func (r *request) findJobs(ctx context.Context, kind *string, state *db.JobState, args db.PageArgs) (*JobConnection, error) {
	var q db.JobQuery
	if kind != nil {
		q.Kinds = []string{*kind}
	}
	if state != nil {
		q.States = []db.JobState{*state}
	}
	jobs, err := forward(args, func(j *db.Job) string { return j.ID }, func(after string, limit int) ([]*db.Job, error) {
		q.After, q.Limit = after, limit
		return r.workspace.FindJobs(ctx, q)
	})
	return &JobConnection{jobs}, err
}

// problems returns a page of the problems of a job.
func (r *request) problems(ctx context.Context, j *Job, args db.PageArgs) (*JobProblemConnection, error) {
	if args.First != nil && *args.First > maxProblems {
		return nil, db.Errorf(db.LimitExceeded, "first is at most %d; read further pages with the cursors", maxProblems).At("first")
	}
	number := func(p db.Problem) string { return strconv.FormatInt(p.Number, 10) }
	problems, err := forward(args, number, func(after string, limit int) ([]db.Problem, error) {
		from, err := strconv.ParseInt("0"+after, 10, 64)
		if err != nil {
			return nil, db.Errorf(db.BadInput, "the cursor is not valid here; use one that the same list returned").At("after")
		}
		return r.workspace.Problems(ctx, j.ID, from, limit)
	})
	return &JobProblemConnection{problems}, err
}

// connection is a page of a list that is read forwards only.
type connection[T any] struct {
	items   []T
	page    db.Page
	hasMore bool
	id      func(T) string
}

// forward reads a page; read is asked for one item more than the page has.
func forward[T any](args db.PageArgs, id func(T) string, read func(after string, limit int) ([]T, error)) (connection[T], error) {
	page, err := args.Page(nil)
	if err != nil {
		return connection[T]{}, err
	}
	after := ""
	if page.After != nil {
		after = page.After.ID
	}
	items, err := read(after, page.Limit+1)
	if err != nil {
		return connection[T]{}, err
	}
	shown := items[:min(len(items), page.Limit)]
	return connection[T]{shown, page, len(items) > len(shown), id}, nil
}

// PageInfo says what is around the page.
func (c connection[T]) PageInfo() *PageInfo { return pageInfo(c.page, c.items, c.hasMore, c.cursor) }

func (c connection[T]) cursor(item T) string { return db.Sort(nil).Cursor(db.Key{ID: c.id(item)}) }

// JobConnection is a page of jobs.
type JobConnection struct{ connection[*db.Job] }

// Nodes are the jobs of the page.
func (c *JobConnection) Nodes() []*Job {
	nodes := make([]*Job, len(c.items))
	for i, j := range c.items {
		nodes[i] = &Job{j}
	}
	return nodes
}

// Edges are the jobs of the page with their cursors.
func (c *JobConnection) Edges() []*JobEdge {
	edges := make([]*JobEdge, len(c.items))
	for i, j := range c.items {
		edges[i] = &JobEdge{Cursor: c.cursor(j), Node: &Job{j}}
	}
	return edges
}

// JobProblemConnection is a page of the problems of a job.
type JobProblemConnection struct{ connection[db.Problem] }

// Nodes are the problems of the page.
func (c *JobProblemConnection) Nodes() []*JobProblem {
	nodes := make([]*JobProblem, len(c.items))
	for i, p := range c.items {
		nodes[i] = &JobProblem{p}
	}
	return nodes
}

// Edges are the problems of the page with their cursors.
func (c *JobProblemConnection) Edges() []*JobProblemEdge {
	edges := make([]*JobProblemEdge, len(c.items))
	for i, p := range c.items {
		edges[i] = &JobProblemEdge{Cursor: c.cursor(p), Node: &JobProblem{p}}
	}
	return edges
}
