package document

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"segmentql/db"
	"segmentql/filter"
)

// Elements of a contact's document.
const (
	MergedField  = "merged"  // the contacts that became part of it
	MergingField = "merging" // its db.Merging, and the email that it has no more
)

// Merged returns contacts that became part of another as an element of its document.
func Merged(merged []db.MergedContact) []any {
	list := make([]any, len(merged))
	for i, m := range merged {
		o := filter.Object{"id": m.ID, "at": m.At}
		if m.Email != "" {
			o["email"] = m.Email
		}
		if len(m.StatusChanges) > 0 {
			o["statusChanges"] = StatusChanges(m.StatusChanges)
		}
		list[i] = o
	}
	return list
}

func readMerged(v bson.RawValue) (merged []db.MergedContact) {
	list, _ := ReadValue(v).([]any)
	for _, item := range list {
		o, _ := item.(filter.Object)
		var m db.MergedContact
		m.ID, _ = o["id"].(string)
		m.Email, _ = o["email"].(string)
		m.At, _ = o["at"].(time.Time)
		m.StatusChanges = readStatusChanges(o["statusChanges"])
		merged = append(merged, m)
	}
	return merged
}

// Merging returns the mark of a contact with the email as an element of its document.
func Merging(m db.Merging, email string) filter.Object {
	return filter.Object{"into": m.Into, "version": m.Version, "by": m.By.String(), "email": email}
}

func readMerging(o filter.Object) *db.Merging {
	var m db.Merging
	m.Into, _ = o["into"].(string)
	m.Version, _ = o["version"].(int64)
	by, _ := o["by"].(string)
	m.By = db.ParseActor(by)
	return &m
}
