package dbtest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"segmentql/db"
	"segmentql/filter"
)

// testReadYourWrites lets several write and ask at once whether it is there: they and others, whom they tell, while an
// import runs beside them.
func (s Subject) testReadYourWrites(t *testing.T, store db.Store) {
	w := newWorkspace(store)
	rounds, rows := 4, 100
	if s.Slow {
		rounds, rows = 2, 10
	}
	imported := make(chan struct{})
	stop := make(chan struct{})
	go func() {
		defer close(imported)
		for batch := 0; ; batch++ {
			select {
			case <-stop:
				return
			default:
			}
			var patches []db.ContactPatch
			for i := range rows {
				p := email(fmt.Sprintf("row%d@example.com", (batch*rows/2+i)%(4*rows)))
				p.Custom = filter.Object{"row": int64(batch), "text": longText(i % manyTexts)}
				patches = append(patches, p)
			}
			upsertAll(t, w, patches)
		}
	}()
	together(2, func(writer int) {
		for round := range rounds {
			if err := writeAndRead(t.Context(), w, fmt.Sprintf("w%d-r%d-", writer, round)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	close(stop)
	<-imported
}

// writeAndRead takes a contact through its life, with a mark that no other contact has.
func writeAndRead(ctx context.Context, w db.Workspace, mark string) error {
	p := email(mark + "@example.com")
	p.Tags, p.Custom = &[]string{mark}, filter.Object{"mark": mark, "list": []any{filter.Object{"mark": mark}}}
	c, err := w.CreateContact(ctx, p)
	if err != nil {
		return err
	}
	if err := seen(ctx, w, c, mark); err != nil {
		return fmt.Errorf("after it was created: %w", err)
	}
	next := "next-" + mark
	p.Tags, p.Custom = &[]string{next}, filter.Object{"mark": next, "list": []any{filter.Object{"mark": next}}}
	if c, err = w.UpdateContact(ctx, c.ID, p); err != nil {
		return err
	}
	if err := gone(ctx, w, mark); err != nil {
		return fmt.Errorf("after it was updated, by what it was: %w", err)
	}
	if err := seen(ctx, w, c, next); err != nil {
		return fmt.Errorf("after it was updated: %w", err)
	}
	p.Tags, p.Custom = &[]string{mark}, filter.Object{"mark": mark, "list": []any{filter.Object{"mark": mark}}}
	results, err := w.UpsertContacts(ctx, []db.ContactPatch{p}, db.Upsert)
	if err != nil {
		return err
	}
	if err := gone(ctx, w, next); err != nil {
		return fmt.Errorf("after it was upserted, by what it was: %w", err)
	}
	if err := seen(ctx, w, results[0].Contact, mark); err != nil {
		return fmt.Errorf("after it was upserted: %w", err)
	}
	if _, err := w.DeleteContacts(ctx, []string{c.ID}); err != nil {
		return err
	}
	if err := gone(ctx, w, mark); err != nil {
		return fmt.Errorf("after it was deleted: %w", err)
	}
	return nil
}

// marked are filters that one contact matches, or none.
func marked(mark string) []filter.Node {
	is := filter.NewOneOf([]any{mark}, false)
	return []filter.Node{
		filter.Has{Path: filter.MustPath("tags"), Test: is},
		filter.Has{Path: filter.MustPath("custom.mark"), Test: is},
		filter.Has{Path: filter.MustPath("custom.mark"), Test: filter.NewTextMatch(filter.AtStart, mark, false)},
		filter.Has{Path: filter.MustPath("custom.list.mark"), Test: is},
	}
}

// seen says whether the contact is found by its mark, by this goroutine and by others.
func seen(ctx context.Context, w db.Workspace, c *db.Contact, mark string) error {
	return fromEverywhere(func() error { return counted(ctx, w, mark, []string{c.ID}) })
}

// gone says whether no contact is found by the mark.
func gone(ctx context.Context, w db.Workspace, mark string) error {
	return fromEverywhere(func() error { return counted(ctx, w, mark, nil) })
}

func counted(ctx context.Context, w db.Workspace, mark string, want []string) error {
	filters := marked(mark)
	counts, err := w.CountContacts(ctx, filters)
	if err != nil {
		return err
	}
	var queries []db.ContactQuery
	for _, n := range filters {
		queries = append(queries, db.ContactQuery{Filter: n, Page: db.Page{Limit: 2}, Total: true})
	}
	pages, err := w.FindContacts(ctx, queries)
	if err != nil {
		return err
	}
	for i, page := range pages {
		if counts[i] != int64(len(want)) || page.Total != counts[i] || !slices.Equal(ids(page.Contacts), want) {
			return fmt.Errorf("filter %d of %s: counted %d, found %v of %d, want %v", i, mark, counts[i], ids(page.Contacts), page.Total, want)
		}
	}
	return nil
}

// fromEverywhere asks in this goroutine and in another.
func fromEverywhere(ask func() error) error {
	var other error
	var group sync.WaitGroup
	group.Go(func() { other = ask() })
	if err := ask(); err != nil {
		group.Wait()
		return err
	}
	group.Wait()
	return other
}
