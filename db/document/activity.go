package document

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"segmentql/db"
	"segmentql/filter"
)

// The elements of a contact's document that say what was done to it.
const (
	CreatedByField     = "createdBy"
	StatusChangesField = "statusChanges"
	LastChangeField    = "lastChange"
)

// IsField says whether an element of a contact's document is a field, for filters and indexes.
func IsField(name []byte) bool {
	switch string(name) {
	case "workspace", FromField, CreatedByField, StatusChangesField, LastChangeField, MergedField, MergingField:
		return false
	}
	return true
}

// StatusChanges returns status changes as an element of a document.
func StatusChanges(changes []db.StatusChange) []any {
	list := make([]any, len(changes))
	for i, c := range changes {
		list[i] = filter.Object{"status": string(c.Status), "at": c.At, "source": c.Source}
	}
	return list
}

func readStatusChanges(v any) []db.StatusChange {
	var changes []db.StatusChange
	list, _ := v.([]any)
	for _, item := range list {
		o, _ := item.(filter.Object)
		var c db.StatusChange
		status, _ := o["status"].(string)
		c.Status = db.Status(status)
		c.At, _ = o["at"].(time.Time)
		c.Source, _ = o["source"].(string)
		changes = append(changes, c)
	}
	return changes
}

// LastChange returns an activity as an element of a document.
func LastChange(a *db.Activity) filter.Object {
	o := filter.Object{"version": a.Version, "at": a.At, "by": a.By.String(), "action": string(a.Action)}
	if a.Omitted > 0 {
		o["omitted"] = int64(a.Omitted)
	}
	if len(a.Changes) == 0 {
		return o
	}
	changes := make([]any, len(a.Changes))
	for i, c := range a.Changes {
		change := filter.Object{"path": c.Path}
		if c.Before != nil {
			change["before"] = c.Before
		}
		if c.After != nil {
			change["after"] = c.After
		}
		if c.Cut {
			change["cut"] = true
		}
		changes[i] = change
	}
	o["changes"] = changes
	return o
}

func readActivity(o filter.Object) db.Activity {
	var a db.Activity
	a.Version, _ = o["version"].(int64)
	a.At, _ = o["at"].(time.Time)
	by, _ := o["by"].(string)
	a.By = db.ParseActor(by)
	action, _ := o["action"].(string)
	a.Action = db.Action(action)
	omitted, _ := o["omitted"].(int64)
	a.Omitted = int(omitted)
	changes, _ := o["changes"].([]any)
	for _, item := range changes {
		change, _ := item.(filter.Object)
		c := db.FieldChange{Before: change["before"], After: change["after"]}
		c.Path, _ = change["path"].(string)
		c.Cut, _ = change["cut"].(bool)
		a.Changes = append(a.Changes, c)
	}
	return a
}

// ActivityID is the ID of what made a contact a version, in the log. The IDs of one contact are in the order of the
// versions, and between ActivityID(contact, 0) and ActivityID(contact, math.MaxInt64).
func ActivityID(contact string, version int64) string {
	return fmt.Sprintf("%s %019d", contact, version)
}

// ActivityRecord returns the record of an activity in the log.
func ActivityRecord(workspace, contact string, a *db.Activity) db.Record {
	id := ActivityID(contact, a.Version)
	o := LastChange(a)
	o["_id"], o["workspace"] = id, workspace
	start, d := bsoncore.AppendDocumentStart(nil)
	return db.Record{ID: id, Document: end(appendElements(d, o), start)}
}

// ReadActivity reads the document of an ActivityRecord.
func ReadActivity(raw bson.Raw) (db.Activity, error) {
	if err := raw.Validate(); err != nil {
		return db.Activity{}, unreadable(err)
	}
	o, _ := decodeObject(raw).(filter.Object)
	return readActivity(o), nil
}

// ActivityOf is ContactOf for an activity in the log.
func ActivityOf(workspace string, r db.Record) (db.Activity, error) {
	a, err := ReadActivity(r.Document)
	contact, _, _ := strings.Cut(r.ID, " ")
	if again := ActivityRecord(workspace, contact, &a); err != nil || again.ID != r.ID || !bytes.Equal(again.Document, r.Document) {
		return db.Activity{}, strange(db.ActivityRecords, r.ID, err)
	}
	return a, nil
}
