// Package sample makes contacts that look like those of a real workspace: names of many scripts, fields that some
// contacts lack, values of mixed types, nested orders. The same seed makes the same contacts, on every machine.
//
// The people are invented; no message must be sent to the addresses.
package sample

import "time"

// Contact is a contact document in the form in which the API and imports take one. Fields without a value are
// left out of its JSON, which has 0.9 kB on average.
type Contact struct {
	Email        string     `json:"email"` // unique among the contacts of a seed
	Phone        string     `json:"phone,omitempty"`
	FirstName    string     `json:"firstName,omitempty"`
	LastName     string     `json:"lastName,omitempty"`
	Status       string     `json:"status"`
	SubscribedAt *time.Time `json:"subscribedAt,omitempty"` // within three years; not of PENDING contacts
	Tags         []string   `json:"tags"`                   // 0 to 5
	Custom       Custom     `json:"custom"`
}

// Custom are the custom fields of a contact. Days and instants are text, as in JSON everywhere.
type Custom struct {
	Plan        string     `json:"plan,omitempty"` // free, pro, business or enterprise
	Age         any        `json:"age,omitempty"`  // a whole number, or rarely text such as n/a
	Score       float64    `json:"score"`          // 0 to 100, with one decimal
	Birthday    string     `json:"birthday,omitempty"`
	Company     string     `json:"company,omitempty"`
	JobTitle    string     `json:"jobTitle,omitempty"`
	Language    string     `json:"language"`           // BCP 47
	TimeZone    string     `json:"timeZone,omitempty"` // IANA
	Address     *Address   `json:"address,omitempty"`
	Location    *Location  `json:"location,omitempty"`    // within some 15 km of the city's centre
	LastLoginAt *time.Time `json:"lastLoginAt,omitempty"` // none where they never did
	TrialEndsAt *time.Time `json:"trialEndsAt,omitempty"` // within 30 days of the present, past or future
	Churned     *bool      `json:"churned"`               // null where nobody knows
	UTM         *UTM       `json:"utm,omitempty"`
	Interests   []string   `json:"interests,omitempty"`
	Orders      []Order    `json:"orders,omitempty"` // up to 12, oldest first; most contacts have few
	Notes       string     `json:"notes,omitempty"`  // sometimes over 1 kB
	NPS         *int       `json:"nps,omitempty"`    // 0 to 10
}

// Address is a postal address.
type Address struct {
	Street   string `json:"street"`
	City     string `json:"city"`
	Postcode string `json:"postcode"`
	Country  string `json:"country"` // ISO 3166-1, two letters
}

// Location is a point on earth, in degrees.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// UTM says which campaign brought the contact.
type UTM struct {
	Source   string `json:"source"`
	Campaign string `json:"campaign"`
}

// Order is something that the contact bought.
type Order struct {
	ID       string    `json:"id"`
	Total    float64   `json:"total"`    // the sum of its items, with cents
	Currency string    `json:"currency"` // ISO 4217
	PlacedAt time.Time `json:"placedAt"`
	Status   string    `json:"status"` // paid, shipped, delivered, refunded or cancelled
	Items    []Item    `json:"items"`  // 1 to 4
}

// Item is a line of an order.
type Item struct {
	SKU      string  `json:"sku"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"price"` // of one, with cents
}
