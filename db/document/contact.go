package document

import (
	"bytes"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"segmentql/db"
	"segmentql/filter"
)

// buffers are those in which documents are made. A document is kept for long, so it gets no more memory than it needs.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Contact returns the document of a contact of a workspace. Fields that the contact does not have are left out.
func Contact(workspace string, c *db.Contact) bson.Raw {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	start, d := bsoncore.AppendDocumentStart((*buffer)[:0])
	d = bsoncore.AppendStringElement(d, "_id", c.ID)
	d = bsoncore.AppendStringElement(d, "workspace", workspace)
	for _, name := range []string{"email", "phone", "firstName", "lastName", "status", "subscribedAt", "tags", filter.SegmentsField, filter.CustomField, "createdAt", "updatedAt"} {
		if v, ok := c.Field(name); ok {
			d = appendElement(d, name, v)
		}
	}
	d = bsoncore.AppendInt64Element(d, "version", c.Version)
	if c.From != nil {
		d = appendElement(d, FromField, From(c.From))
	}
	if c.CreatedBy != (db.Actor{}) {
		d = bsoncore.AppendStringElement(d, CreatedByField, c.CreatedBy.String())
	}
	if c.LastChange != nil {
		d = appendElement(d, LastChangeField, LastChange(c.LastChange))
	}
	if len(c.StatusChanges) > 0 {
		d = appendElement(d, StatusChangesField, StatusChanges(c.StatusChanges))
	}
	if len(c.Merged) > 0 {
		d = appendElement(d, MergedField, Merged(c.Merged))
	}
	d = end(d, start)
	*buffer = d
	return bytes.Clone(d)
}

// FromField is the element that has a contact's db.JobRow.
const FromField = "from"

// From returns a row as an element of a document.
func From(r *db.JobRow) filter.Object { return filter.Object{"job": r.Job, "row": r.Row} }

// ReadContact is the inverse of Contact. It keeps nothing of raw.
func ReadContact(raw bson.Raw) (*db.Contact, error) {
	if err := raw.Validate(); err != nil {
		return nil, unreadable(err)
	}
	c := &db.Contact{Custom: filter.Object{}, Tags: []string{}}
	text := func(v bson.RawValue) string { s, _ := v.StringValueOK(); return s }
	instant := func(v bson.RawValue) time.Time { t, _ := ReadValue(v).(time.Time); return t }
	each(raw, func(key string, v bson.RawValue) {
		switch key {
		case "_id":
			c.ID = text(v)
		case "email":
			c.Email = text(v)
		case "phone":
			c.Phone = text(v)
		case "firstName":
			c.FirstName = text(v)
		case "lastName":
			c.LastName = text(v)
		case "status":
			c.Status = db.Status(text(v))
		case "subscribedAt":
			if at, ok := ReadValue(v).(time.Time); ok {
				c.SubscribedAt = &at
			}
		case "tags":
			c.Tags = appendTexts(c.Tags, v)
		case filter.SegmentsField:
			c.Segments = appendTexts(nil, v)
		case filter.CustomField:
			if o, ok := ReadValue(v).(filter.Object); ok {
				c.Custom = o
			}
		case "createdAt":
			c.CreatedAt = instant(v)
		case "updatedAt":
			c.UpdatedAt = instant(v)
		case "version":
			switch version := ReadValue(v).(type) {
			case int64:
				c.Version = version
			case float64:
				c.Version = int64(version)
			}
		case MergedField:
			c.Merged = readMerged(v)
		case MergingField:
			merging, _ := ReadValue(v).(filter.Object)
			c.Merging = readMerging(merging)
			c.Email, _ = merging["email"].(string)
		case FromField:
			if from, ok := ReadValue(v).(filter.Object); ok {
				job, _ := from["job"].(string)
				row, _ := from["row"].(int64)
				c.From = &db.JobRow{Job: job, Row: row}
			}
		case CreatedByField:
			c.CreatedBy = db.ParseActor(text(v))
		case StatusChangesField:
			c.StatusChanges = readStatusChanges(ReadValue(v))
		case LastChangeField:
			if o, ok := ReadValue(v).(filter.Object); ok {
				a := readActivity(o)
				c.LastChange = &a
			}
		}
	})
	return c, nil
}

func appendTexts(texts []string, v bson.RawValue) []string {
	list, _ := ReadValue(v).([]any)
	for _, item := range list {
		if s, ok := item.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// Version returns the version of the contact in a document, 0 where it has none.
func Version(doc []byte) int64 {
	version, _ := bson.Raw(doc).Lookup("version").AsInt64OK()
	return version
}
