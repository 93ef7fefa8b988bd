package mongodb

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
	"segmentql/db/document"
)

// Workspaces returns the workspaces that documents name. It goes from one to the next in the indexes, which begin with
// them.
func (s *Store) Workspaces(ctx context.Context) ([]string, error) {
	all := []string{}
	for _, c := range []*mongo.Collection{s.contacts, s.segments, s.fields, s.jobs} {
		last := ""
		for {
			opts := options.FindOne().SetSort(bson.D{ascending("workspace")}).SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "workspace", Value: 1}})
			raw, err := c.FindOne(ctx, bson.D{{Key: "workspace", Value: bson.D{{Key: "$gt", Value: last}}}}, opts).Raw()
			if errors.Is(err, mongo.ErrNoDocuments) {
				break
			}
			if err != nil {
				return nil, translate(err)
			}
			last = raw.Lookup("workspace").StringValue()
			all = append(all, last)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// kept is how the records of a collection are kept.
type kept struct {
	in     *mongo.Collection
	prefix string // of _id, before the ID of the record
	read   func(bson.Raw) (db.Record, error)
}

func (w *workspace) kept(c db.Collection) (kept, error) {
	switch c {
	case db.FieldRecords:
		return kept{w.fields, document.FieldID(w.id, ""), func(raw bson.Raw) (db.Record, error) {
			f, err := document.ReadField(raw) // in no order: what was seen of it came one by one
			if err != nil {
				return db.Record{}, err
			}
			return document.FieldRecord(w.id, f)
		}}, nil
	case db.SegmentRecords:
		return kept{w.segments, "", asItIs}, nil
	case db.ContactRecords:
		return kept{w.contacts, "", asItIs}, nil
	case db.JobRecords:
		return kept{w.jobs, "", asItIs}, nil
	case db.ProblemRecords:
		return kept{w.problems, document.ProblemID(w.id, ""), func(raw bson.Raw) (db.Record, error) {
			p, err := document.ReadProblem(raw)
			if err != nil {
				return db.Record{}, err
			}
			return document.ProblemRecord(w.id, p)
		}}, nil
	case db.ActivityRecords:
		return kept{w.activity, "", asItIs}, nil
	}
	return kept{}, db.UnknownCollection(c)
}

func asItIs(raw bson.Raw) (db.Record, error) {
	id, ok := raw.Lookup("_id").StringValueOK()
	if !ok {
		return db.Record{}, db.Errorf(db.BadInput, "there is a document whose _id is no text; another program wrote it, and it cannot be copied")
	}
	return db.Record{ID: id, Document: bytes.Clone(raw)}, nil
}

// Records reads a page.
func (w *workspace) Records(ctx context.Context, c db.Collection, after string) ([]db.Record, error) {
	k, err := w.kept(c)
	if err != nil {
		return nil, err
	}
	opts := options.Find().SetSort(bson.D{ascending("_id")}).SetLimit(db.MaxRecords)
	if err := setMaxTime(ctx, opts); err != nil {
		return nil, translate(err)
	}
	// What is not up to the last ID, rather than what is beyond it: that has the IDs that are no text, too.
	next := bson.D{{Key: "_id", Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$lte", Value: k.prefix + after}}}}}}
	cursor, err := k.in.Find(ctx, w.scoped(next), opts)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	var page db.RecordPage
	for more := true; more && cursor.Next(ctx); {
		r, err := k.read(cursor.Current)
		if err != nil {
			return nil, translate(err)
		}
		more = page.Add(r)
	}
	return page.Records, translate(cursor.Err())
}

// AddRecords inserts those of the records that are not there.
func (w *workspace) AddRecords(ctx context.Context, c db.Collection, records []db.Record) error {
	if len(records) == 0 {
		return nil
	}
	switch c {
	case db.FieldRecords:
		return w.addFields(ctx, records)
	case db.SegmentRecords:
		if err := check(w.id, records, document.SegmentOf); err != nil {
			return err
		}
	case db.ContactRecords:
		return w.addContacts(ctx, records)
	case db.ActivityRecords:
		if err := check(w.id, records, document.ActivityOf); err != nil {
			return err
		}
	case db.JobRecords:
		if err := check(w.id, records, document.JobOf); err != nil {
			return err
		}
	case db.ProblemRecords:
		if err := check(w.id, records, document.ProblemOf); err != nil {
			return err
		}
	}
	return w.insertRecords(ctx, c, records)
}

// check fails where a record cannot be read as what it is to be.
func check[T any](workspace string, records []db.Record, read func(workspace string, r db.Record) (T, error)) error {
	for _, r := range records {
		if _, err := read(workspace, r); err != nil {
			return err
		}
	}
	return nil
}

// addFields inserts fields and lets all servers know of them.
func (w *workspace) addFields(ctx context.Context, records []db.Record) error {
	if err := check(w.id, records, document.FieldOf); err != nil {
		return err
	}
	c := w.catalogue(w.id)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fields = nil // the next who asks loads them
	if err := w.insertRecords(ctx, db.FieldRecords, records); err != nil {
		return err
	}
	return w.store(ctx, c, nil, nil)
}

// addContacts inserts contacts after what is new of their fields is stored, and that there are merged ones among them.
func (w *workspace) addContacts(ctx context.Context, records []db.Record) error {
	contacts := make([]*db.Contact, len(records))
	for i, r := range records {
		var err error
		if contacts[i], err = document.ContactOf(w.id, r); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(contacts, func(c *db.Contact) bool { return len(c.Merged) > 0 }) {
		if err := w.noteMerge(ctx, bson.D{}); err != nil {
			return err
		}
	}
	begun := time.Now()
	if err := w.observe(ctx, contacts); err != nil {
		return err
	}
	if err := w.insertRecords(ctx, db.ContactRecords, records); err != nil {
		return err
	}
	return w.noteAgain(ctx, begun, contacts...)
}

// observe stores what is new of the fields of contacts.
func (w *workspace) observe(ctx context.Context, contacts []*db.Contact) error {
	return w.noting(ctx, func(fields *db.Catalogue) (changed []db.Field) {
		for _, c := range contacts {
			changed = append(changed, fields.Observe(c)...)
		}
		return changed
	})
}

func (w *workspace) insertRecords(ctx context.Context, c db.Collection, records []db.Record) error {
	k, err := w.kept(c)
	if err != nil {
		return err
	}
	documents := make([]bson.Raw, len(records))
	for i, r := range records {
		documents[i] = r.Document
	}
	_, err = k.in.InsertMany(ctx, documents, options.InsertMany().SetOrdered(false))
	failed, ok := errors.AsType[mongo.BulkWriteException](err)
	if !ok || failed.WriteConcernError != nil {
		return translate(err)
	}
	var refused []db.Record
	for _, e := range failed.WriteErrors {
		if !mongo.IsDuplicateKeyError(e) {
			return translate(err)
		}
		refused = append(refused, records[e.Index])
	}
	return w.wantThere(ctx, c, k, refused)
}

// wantThere fails with Conflict where one of the records, which MongoDB took for duplicates, is not what is there.
func (w *workspace) wantThere(ctx context.Context, c db.Collection, k kept, records []db.Record) error {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = k.prefix + r.ID
	}
	there, err := readAll(ctx, k.in, w.scoped(bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}), len(ids), options.Find(), k.read)
	if err != nil {
		return err
	}
	byID := make(map[string][]byte, len(there))
	for _, r := range there {
		byID[r.ID] = r.Document
	}
	for _, r := range records {
		if !bytes.Equal(byID[r.ID], r.Document) {
			return db.OtherRecord(c, r.ID)
		}
	}
	return nil
}
