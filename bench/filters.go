package main

import (
	"time"

	"segmentql/db"
	"segmentql/filter"
	"segmentql/sample"
	"segmentql/segment"
)

// seed is what the contacts are made from.
const seed = 1

// named is a filter that is measured, as JSON in the form of FilterInput.
type named struct {
	name   string
	filter string
	sorted string // by this field, or "" by ID
}

// Those of which the throughput is measured, too.
const (
	twoEqualities = "two equalities"
	orAndNot      = "or + not"
)

// filters returns one of each kind that is asked for in practice. email is that of some contact.
func filters(email string) []named {
	return []named{
		{name: "one tag", filter: `{"list": {"path": "tags", "hasAny": ["vip"]}}`},
		{name: twoEqualities, filter: `{"and": [
			{"text": {"path": "status", "equals": "SUBSCRIBED"}},
			{"text": {"path": "custom.plan", "equals": "pro"}}
		]}`},
		{name: "two ranges", filter: `{"and": [
			{"number": {"path": "custom.score", "gte": 50, "lt": 75}},
			{"number": {"path": "custom.age", "gte": 25, "lte": 40}}
		]}`},
		{name: "suffix of email", filter: `{"text": {"path": "email", "endsWith": "@outlook.com"}}`},
		{name: "last 30 days", filter: `{"date": {"path": "subscribedAt", "inLast": {"amount": 30, "unit": "DAY"}}}`},
		{name: orAndNot, filter: `{"and": [
			{"or": [
				{"list": {"path": "tags", "hasAny": ["vip"]}},
				{"text": {"path": "custom.plan", "equals": "pro"}}
			]},
			{"not": {"boolean": {"path": "custom.churned", "equals": true}}}
		]}`},
		{name: "missing", filter: `{"empty": {"path": "custom.lastLoginAt"}}`},
		// In notes, the longest text that contacts have.
		{name: "substring ignoring case", filter: `{"text": {"path": "custom.notes", "contains": "REFUND", "ignoreCase": true}}`},
		{name: "a tree of depth 4", filter: `{"and": [
			{"or": [
				{"list": {"path": "tags", "hasAny": ["vip"]}},
				{"and": [
					{"text": {"path": "custom.plan", "equals": "pro"}},
					{"text": {"path": "custom.address.country", "equals": "GB"}}
				]}
			]},
			{"not": {"boolean": {"path": "custom.churned", "equals": true}}},
			{"number": {"path": "custom.score", "gte": 40}}
		]}`},
		{name: "one order with total and date", filter: `{"any": {"path": "custom.orders", "match": {"and": [
			{"number": {"path": "total", "gte": 50}},
			{"date": {"path": "placedAt", "inLast": {"amount": 90, "unit": "DAY"}}}
		]}}}`},
		{name: "everything by last name", filter: `{"and": []}`, sorted: "lastName"},
		{name: "one email", filter: `{"text": {"path": "email", "equals": "` + email + `"}}`},
	}
}

// firstEmail is the email of one of the contacts that are made.
func firstEmail(asOf time.Time) string {
	for c := range sample.Contacts(seed, asOf) {
		return c.Email
	}
	return ""
}

// parse reads the filter as the server does.
func (n named) parse(p segment.Parser) (filter.Node, error) {
	return segment.Node(p, &db.Segment{Name: n.name, Filter: []byte(n.filter), Format: filter.Format})
}

// query asks for the first page.
func (n named) query(node filter.Node) db.ContactQuery {
	q := db.ContactQuery{Filter: node, Page: db.Page{Limit: db.DefaultPageSize}}
	if n.sorted != "" {
		q.Sort = db.Sort{{Path: filter.MustPath(n.sorted)}}
	}
	return q
}
