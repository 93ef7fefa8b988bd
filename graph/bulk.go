package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"segmentql/bulk"
	"segmentql/db"
	"segmentql/segment"
)

// target reads which contacts are meant. It stands at the path in the arguments.
func (r *request) target(t ContactTarget, path ...any) (bulk.Target, error) {
	parser, err := r.parser()
	if err != nil {
		return bulk.Target{}, err
	}
	if f := t.Filter.Value(); f != nil {
		sent := parser.Parser
		sent.Limits = r.limits
		return bulk.Matching(sent, f.input, append(path, "filter")...)
	}
	if id := t.SegmentID.Value(); id != nil {
		members, err := bulk.Members(parser.Parser, *id)
		return members, at(err, append(path, "segmentId")...)
	}
	ids := t.Ids.Value()
	if err := atMost(len(ids), maxBatch, "ids"); err != nil {
		return bulk.Target{}, at(err, path...)
	}
	return bulk.Contacts(ids...), nil
}

// change does something to the contacts of a target, or counts them.
func (r *request) change(ctx context.Context, t ContactTarget, c bulk.Change, dryRun *bool) (*ChangeContactsPayload, error) {
	target, err := r.target(t, "input", "target")
	if err != nil {
		return nil, err
	}
	var done bulk.Outcome
	if dryRun != nil && *dryRun {
		done, err = bulk.Try(ctx, r.workspace, target, c)
	} else {
		done, err = bulk.Apply(ctx, r.workspace, r.jobs, target, c)
	}
	if err != nil {
		return nil, inInput(err)
	}
	payload := &ChangeContactsPayload{
		Matching: int32(done.Matching), Changed: int32(done.Changed), Failed: int32(done.Failed), Failures: []*ContactFailure{},
		AsJob: done.Large(), Job: newJob(done.Job),
	}
	for _, f := range done.Failures {
		payload.Failures = append(payload.Failures, &ContactFailure{f.ID, inputError(f.Err)})
	}
	return payload, nil
}

// deleteContacts deletes those with the IDs, or those of the target.
func (r *request) deleteContacts(ctx context.Context, in DeleteContactsInput) (*DeleteContactsPayload, error) {
	ids, target, dryRun := in.Ids.Value(), in.Target.Value(), in.DryRun.Value()
	if (ids == nil) == (target == nil) {
		return nil, inInput(db.Errorf(db.BadInput, "give the ids or the target of the contacts to delete, and not both"))
	}
	if ids == nil || dryRun != nil && *dryRun {
		if target == nil {
			target = &ContactTarget{Ids: graphql.OmittableOf(ids)}
		}
		changed, err := r.change(ctx, *target, bulk.Delete(), dryRun)
		if err != nil {
			return nil, err
		}
		return &DeleteContactsPayload{changed.Matching, changed.Changed, []string{}, changed.AsJob, changed.Job}, nil
	}
	if err := atMost(len(ids), maxBatch, "ids"); err != nil {
		return nil, inInput(err)
	}
	deleted, err := r.workspace.DeleteContacts(ctx, ids)
	count := int32(len(deleted))
	return &DeleteContactsPayload{Matching: count, Deleted: count, DeletedIds: deleted}, err
}

// changeMembers makes contacts members of a static segment, or makes them that no more.
func (r *request) changeMembers(ctx context.Context, in SegmentMembersInput, change func(*db.Segment) bulk.Change) (*ChangeSegmentMembersPayload, error) {
	s, err := segment.Find(ctx, r.workspace, in.ID)
	if err == nil {
		err = segment.CheckStatic(s)
	}
	if err != nil {
		return nil, at(err, "input", "id")
	}
	changed, err := r.change(ctx, *in.Target, change(s), in.DryRun.Value())
	if err != nil {
		return nil, err
	}
	return &ChangeSegmentMembersPayload{
		&Segment{Segment: s}, changed.Matching, changed.Changed, changed.Failed, changed.Failures, changed.AsJob, changed.Job,
	}, nil
}

// patch of what is the same for many contacts.
func (in UpdateContactsInput) patch() db.ContactPatch {
	p := db.ContactPatch{Status: in.Status.Value(), StatusSource: deref(in.StatusSource.Value())}
	for _, path := range in.Unset.Value() {
		p.Unset = append(p.Unset, *path)
	}
	for _, f := range in.Set.Value() {
		p.Set = append(p.Set, db.FieldValue{Path: f.Path, Value: f.Value.Value()})
	}
	for _, f := range in.Increment.Value() {
		p.Increments = append(p.Increments, db.FieldIncrement{Path: f.Path, By: f.By})
	}
	return p
}
