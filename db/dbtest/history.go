package dbtest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/db"
	"segmentql/filter"
)

// history is a random sequence of writes, and what a store answers after each.
type history struct {
	*server
	id      string // of the workspace
	model   model
	done    map[string][]db.Activity // to contacts, by ID, oldest first
	past    []*db.Contact            // as they were on pages that were read
	written int                      // a number for the email of the next one
}

// testInterleaved writes at random and holds each answer against a model: counts, totals, and pages in any order from
// any cursor. Now and then the store is closed and opened again. -rapid.checks sets the number of histories.
func (s Subject) testInterleaved(t *testing.T) {
	longest := 20
	if s.Slow {
		longest = 4
	}
	server := s.start(t)
	defer server.stop()
	rapid.Check(t, func(r *rapid.T) {
		h := &history{server: server, id: newWorkspaceID(), model: model{}, done: map[string][]db.Activity{}}
		defer func() { drop(t, h.workspace()) }()
		actions := []func(ctx context.Context, r *rapid.T){h.upsert, h.create, h.create, h.update, h.update, h.update, h.merge, h.delete, h.restart}
		if !s.Slow {
			actions = append(actions, h.upsertMany)
		}
		for range rapid.IntRange(1, longest).Draw(r, "steps") {
			// Some are written in the past, so that IDs do not come in order.
			moment := start().Add(time.Duration(rapid.IntRange(-3, 3).Draw(r, "hour")) * time.Hour)
			ctx := db.Acting(db.AsOf(t.Context(), moment), db.Actor{Kind: db.JobActor, ID: rapid.SampledFrom([]string{"job_1", "job_2"}).Draw(r, "actor")})
			rapid.SampledFrom(actions).Draw(r, "action")(ctx, r)
			h.check(t.Context(), r)
			h.checkActivity(r, t)
		}
	})
}

func (h *history) workspace() db.Workspace { return h.store.Workspace(h.id) }

// patch draws the patch of a contact that is new, but for its email.
func (h *history) patch(r *rapid.T) db.ContactPatch {
	h.written++
	document := DrawDocument(r, h.written)
	if h.subject.Lacks.Document(document["custom"]) != "" {
		delete(document, "custom")
	}
	return PatchOf(document)
}

func (h *history) create(ctx context.Context, r *rapid.T) {
	p := h.patch(r)
	if rapid.IntRange(0, 4).Draw(r, "no email") == 0 {
		p.Email = nil
	} else if known := h.pick(r); known != nil && known.Email != "" && rapid.IntRange(0, 9).Draw(r, "taken") == 0 {
		p.Email = &known.Email
	}
	got, err := h.workspace().CreateContact(ctx, p)
	if p.Email != nil && h.model.byEmail(db.NormaliseEmail(*p.Email)) != nil {
		if db.CodeOf(err) != db.Conflict {
			r.Fatalf("created a contact with the email of another: %+v, %v", got, err)
		}
		return
	}
	if err != nil {
		r.Fatal(err)
	}
	h.admit(r, got, created(ctx, r, p, got.ID))
}

// created returns the contact that a patch creates.
func created(ctx context.Context, r *rapid.T, p db.ContactPatch, id string) db.Contact {
	c, err := db.NewContact(p, db.Now(ctx, start))
	if err != nil {
		r.Fatal(err)
	}
	c.ID = id
	c.Sign(nil, db.ActorOf(ctx))
	return c
}

// admit takes what a write returned into the model, as it has to be.
func (h *history) admit(r *rapid.T, got *db.Contact, want db.Contact) {
	if !reflect.DeepEqual(*got, want) {
		r.Fatalf("written  %+v\nreturned %+v", want, *got)
	}
	switch known := h.model[want.ID]; {
	case known == nil:
		h.done[want.ID] = []db.Activity{{Version: 1, At: want.CreatedAt, By: want.CreatedBy, Action: db.Created}}
	case known.LastChange != want.LastChange:
		h.done[want.ID] = append(h.done[want.ID], *want.LastChange)
	}
	h.model[want.ID] = &want
}

// pick draws one of the contacts, or nil where there is none.
func (h *history) pick(r *rapid.T) *db.Contact {
	if len(h.model) == 0 {
		return nil
	}
	return h.model[rapid.SampledFrom(h.model.ids()).Draw(r, "contact")]
}

func (h *history) update(ctx context.Context, r *rapid.T) {
	known := h.pick(r)
	if known == nil {
		if _, err := h.workspace().UpdateContact(ctx, "con_nobody", h.patch(r)); db.CodeOf(err) != db.NotFound {
			r.Fatalf("updated nobody: %v", err)
		}
		return
	}
	p := h.change(r)
	got, err := h.workspace().UpdateContact(ctx, known.ID, p)
	if p.Version != nil && *p.Version != known.Version {
		if db.CodeOf(err) != db.Conflict {
			r.Fatalf("updated the version %d of a contact with version %d: %v", *p.Version, known.Version, err)
		}
		return
	}
	if err != nil {
		r.Fatal(err)
	}
	h.admit(r, got, updated(ctx, r, p, known))
}

// updated returns the contact that a patch makes of one.
func updated(ctx context.Context, r *rapid.T, p db.ContactPatch, known *db.Contact) db.Contact {
	c, err := p.Apply(*known, db.Now(ctx, start))
	if err != nil {
		r.Fatal(err)
	}
	c.Sign(known, db.ActorOf(ctx))
	return c
}

// change draws the patch of a contact that there is: some of its fields get other values, of other kinds, or none.
func (h *history) change(r *rapid.T) db.ContactPatch {
	p := h.patch(r)
	for _, key := range []string{"a", "b", "c"} {
		if rapid.IntRange(0, 2).Draw(r, "keep") == 0 {
			delete(p.Custom, key)
		}
	}
	for _, path := range rapid.SliceOfN(rapid.SampledFrom([]string{"custom.a", "custom.b.a", "custom.c.0", "custom.never"}), 0, 2).Draw(r, "unset") {
		p.Unset = append(p.Unset, filter.MustPath(path))
	}
	switch rapid.SampledFrom([]string{"keep", "keep", "clear", "change"}).Draw(r, "email") {
	case "keep":
		p.Email = nil
	case "clear":
		p.Email, p.FirstName, p.SubscribedAt = ptr(""), ptr(""), &time.Time{}
	}
	if rapid.Bool().Draw(r, "keep tags") {
		p.Tags = nil
	}
	texts := func(name string) []string {
		return rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "vip"}), 0, 2).Draw(r, name)
	}
	p.AddTags, p.RemoveTags = texts("add tags"), texts("remove tags")
	p.AddSegments, p.RemoveSegments = texts("join"), texts("leave")
	if rapid.Bool().Draw(r, "change the status") {
		p.Status = ptr(rapid.SampledFrom([]db.Status{db.Pending, db.Subscribed, db.Unsubscribed}).Draw(r, "status"))
		p.StatusSource = rapid.SampledFrom([]string{"", "form"}).Draw(r, "source")
	}
	p.Version = rapid.SampledFrom([]*int64{nil, nil, nil, ptr(int64(1))}).Draw(r, "version")
	return p
}

// upsert writes a batch in which some emails are known, some come twice, and some are missing.
func (h *history) upsert(ctx context.Context, r *rapid.T) {
	var patches []db.ContactPatch
	for range rapid.IntRange(1, 8).Draw(r, "patches") {
		p := h.patch(r)
		if known := h.pick(r); known != nil && known.Email != "" && rapid.Bool().Draw(r, "known") {
			p.Email = &known.Email
		} else if len(patches) > 0 && rapid.IntRange(0, 3).Draw(r, "again") == 0 {
			p.Email = patches[0].Email
		}
		if rapid.IntRange(0, 9).Draw(r, "no email") == 0 {
			p.Email = nil
		}
		patches = append(patches, p)
	}
	h.upsertAll(ctx, r, patches)
}

// upsertMany writes as many as an import does at once: contacts of a few kinds.
func (h *history) upsertMany(ctx context.Context, r *rapid.T) {
	if rapid.IntRange(0, 2).Draw(r, "many") > 0 {
		h.upsert(ctx, r)
		return
	}
	kinds := []db.ContactPatch{h.patch(r), h.patch(r), h.patch(r)}
	first := 100 * rapid.IntRange(0, 5).Draw(r, "first")
	patches := make([]db.ContactPatch, rapid.IntRange(300, 700).Draw(r, "patches"))
	for i := range patches {
		p := kinds[i%len(kinds)]
		p.Email, p.FirstName = ptr(address(first+i)), ptr(fmt.Sprint("name", i%50))
		p.Custom = maps.Clone(p.Custom)
		if p.Custom == nil {
			p.Custom = filter.Object{}
		}
		p.Custom["u"] = int64(i) // none like it in the batch
		patches[i] = p
	}
	h.upsertAll(ctx, r, patches)
}

func (h *history) upsertAll(ctx context.Context, r *rapid.T, patches []db.ContactPatch) {
	results, err := h.workspace().UpsertContacts(ctx, patches, db.Upsert)
	if err != nil {
		r.Fatal(err)
	}
	byEmail := map[string]*db.Contact{}
	for _, c := range h.model {
		byEmail[c.Email] = c
	}
	for i, p := range patches {
		got := results[i]
		if p.Email == nil {
			if db.CodeOf(got.Err) != db.BadInput {
				r.Fatalf("a patch without an email: %+v", got)
			}
			continue
		}
		known := byEmail[*p.Email]
		if known == nil {
			known = db.ByMergedEmail(slices.Collect(maps.Values(h.model)), []string{*p.Email})[*p.Email]
		}
		if got.Err != nil || got.Created != (known == nil) {
			r.Fatalf("%s, known %v: %+v", *p.Email, known != nil, got)
		}
		if known == nil {
			h.admit(r, got.Contact, created(ctx, r, p, got.Contact.ID))
		} else {
			if known.Email != *p.Email {
				p.Email = nil // was that of a contact which became part of this one
			}
			h.admit(r, got.Contact, updated(ctx, r, p, known))
			byEmail[known.Email] = h.model[known.ID]
			continue
		}
		byEmail[*p.Email] = h.model[got.Contact.ID]
	}
}

// delete deletes one, some or nearly all, and contacts that there are not.
func (h *history) delete(ctx context.Context, r *rapid.T) {
	known := h.model.ids()
	chosen := []string{"con_nobody"}
	every := rapid.SampledFrom([]int{0, 0, 2, 3, 50}).Draw(r, "every")
	for i, id := range known {
		if every > 0 && i%every > 0 {
			chosen = append(chosen, id)
		}
	}
	if c := h.pick(r); c != nil {
		chosen = append(chosen, c.ID, c.ID)
	}
	got, err := h.workspace().DeleteContacts(ctx, chosen)
	if err != nil {
		r.Fatal(err)
	}
	var want []string
	for _, id := range known {
		if slices.Contains(chosen, id) {
			want = append(want, id)
			delete(h.model, id)
			delete(h.done, id)
		}
	}
	if !slices.Equal(sorted(got), want) {
		r.Fatalf("deleted %v, want %v", got, want)
	}
}

// restart closes the store and opens it again. What is asked while it loads waits.
func (h *history) restart(ctx context.Context, r *rapid.T) {
	if rapid.IntRange(0, 3).Draw(r, "restart") > 0 {
		return
	}
	if err := h.server.restart(); err != nil {
		r.Fatal(err)
	}
	loaded := make(chan error, 1)
	go func() { loaded <- load(ctx, h.store) }()
	if rapid.Bool().Draw(r, "meanwhile") {
		h.check(ctx, r)
	}
	if err := <-loaded; err != nil {
		r.Fatal(err)
	}
}
