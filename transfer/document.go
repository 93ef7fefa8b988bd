package transfer

import (
	"time"

	"segmentql/db"
	"segmentql/filter"
)

// Document is a contact as files have it.
type Document struct {
	Email        string        `json:"email,omitempty"`
	Phone        string        `json:"phone,omitempty"`
	FirstName    string        `json:"firstName,omitempty"`
	LastName     string        `json:"lastName,omitempty"`
	Status       db.Status     `json:"status"`
	SubscribedAt *time.Time    `json:"subscribedAt,omitempty"`
	Tags         []string      `json:"tags"`
	Custom       filter.Object `json:"custom"`
}

func newDocument(c *db.Contact) *Document {
	return &Document{
		Email: c.Email, Phone: c.Phone, FirstName: c.FirstName, LastName: c.LastName, Status: c.Status,
		SubscribedAt: c.SubscribedAt, Tags: c.Tags, Custom: c.Custom,
	}
}
