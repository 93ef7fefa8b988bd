package graph_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/graph"
)

// What is kept of contacts does not show: not those that a store returns again, not those that changed, not large ones.
func TestContactsAreShownAsTheyAre(t *testing.T) {
	w := &keeping{}
	handler := graph.NewHandler(graph.Options{Workspace: w, Log: slog.New(slog.DiscardHandler), Now: time.Now, Timeout: time.Minute, MaxBody: 1 << 20})
	show := func(want ...string) {
		t.Helper()
		for range 4 {
			got := post(t, handler, `{ contacts { nodes { custom again: custom plan: value(path: "custom.plan") } } }`, nil).Body.String()
			var nodes []string
			for _, plan := range want {
				nodes = append(nodes, fmt.Sprintf(`{"custom":{"plan":%[1]q},"again":{"plan":%[1]q},"plan":%[1]q}`, plan))
			}
			if want := `{"data":{"contacts":{"nodes":[` + strings.Join(nodes, ",") + `]}}}`; got != want {
				t.Fatalf("got  %.300s\nwant %.300s", got, want)
			}
		}
	}
	on := func(plan string) *db.Contact {
		return &db.Contact{ID: "con_1", Version: 1, Custom: filter.Object{"plan": plan}}
	}
	large := strings.Repeat("x", 5_000)
	w.contacts = []*db.Contact{on("free"), on(large), on("")}
	show("free", large, "")
	w.contacts[0] = on("pro")
	show("pro", large, "")
}

// keeping is a workspace that has contacts in memory.
type keeping struct {
	recording
	contacts []*db.Contact
}

func (k *keeping) FindContacts(_ context.Context, queries []db.ContactQuery) ([]db.ContactPage, error) {
	pages := make([]db.ContactPage, len(queries))
	for i := range queries {
		pages[i].Contacts = k.contacts
	}
	return pages, nil
}
