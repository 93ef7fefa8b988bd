package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"segmentql/db"
)

// document is what a page that shows a segment asks for.
const document = `query ($filter: FilterInput!, $orderBy: [ContactOrder!]) {
	contacts(filter: $filter, orderBy: $orderBy, first: 50) { totalCount nodes { id email tags custom } }
}`

// body is the request's.
func (n named) body() ([]byte, error) {
	variables := map[string]any{"filter": json.RawMessage(n.filter)}
	if n.sorted != "" {
		variables["orderBy"] = []any{map[string]any{"path": n.sorted}}
	}
	return json.Marshal(map[string]any{"query": document, "variables": variables})
}

// asking sends one request again and again over one connection. It is for one goroutine.
type asking struct {
	*process
	body   []byte
	answer bytes.Buffer
}

func (p *process) asking(n named) (*asking, error) {
	body, err := n.body()
	return &asking{process: p, body: body}, err
}

// ask sends the request and reads the whole answer.
func (a *asking) ask(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+"/graphql", bytes.NewReader(a.body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	a.answer.Reset()
	if _, err := a.answer.ReadFrom(response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || !bytes.HasPrefix(a.answer.Bytes(), []byte(`{"data":`)) {
		return fmt.Errorf("%s: %.1000s", response.Status, a.answer.Bytes())
	}
	return nil
}

// members returns the count that the last answer has, and fails if its page is not as large as it must be. It is no part
// of what is measured.
func (a *asking) members() (int64, error) {
	var answer struct {
		Data struct {
			Contacts struct {
				TotalCount int64
				Nodes      []struct{ ID string }
			}
		}
	}
	if err := json.Unmarshal(a.answer.Bytes(), &answer); err != nil {
		return 0, err
	}
	page := answer.Data.Contacts
	if want := min(page.TotalCount, db.DefaultPageSize); int64(len(page.Nodes)) != want {
		return 0, fmt.Errorf("a page of %d contacts, want %d", len(page.Nodes), want)
	}
	return page.TotalCount, nil
}
