package sample

// Segment is a segment as a marketer would ask for it.
type Segment struct {
	Name        string
	Description string
	Filter      string // JSON in the form of FilterInput
}

// Segments returns segments of the contacts. They are relative to the present, so that they have members on any day
// for which contacts were made.
func Segments() []Segment {
	return []Segment{
		{"Birthday in the next 7 days", "has a birthday today or on one of the 6 days after", `{
			"date": {"path": "custom.birthday", "anniversary": {"inNext": {"amount": 7, "unit": "DAY"}}}
		}`},
		{"Summer birthdays", "was born in June, July or August", `{
			"date": {"path": "custom.birthday", "month": [6, 7, 8]}
		}`},
		{"Aged 18 to 25", "is known to be 18 to 25 years old", `{
			"number": {"path": "custom.age", "gte": 18, "lte": 25}
		}`},
		{"New at Gmail", "subscribed this month or last, with a Gmail address", `{"and": [
			{"text": {"path": "status", "equals": "SUBSCRIBED"}},
			{"text": {"path": "email", "matches": "@(gmail|googlemail)\\.com$"}},
			{"or": [
				{"date": {"path": "subscribedAt", "inCurrent": "MONTH"}},
				{"date": {"path": "subscribedAt", "inPrevious": "MONTH"}}
			]}
		]}`},
		{"Subscription anniversary", "subscribed a year ago, or any number of years, in the next 7 days", `{
			"date": {"path": "subscribedAt", "anniversary": {"inNext": {"amount": 7, "unit": "DAY"}}, "moreThanAgo": {"amount": 6, "unit": "MONTH"}}
		}`},
		{"Never logged in", "subscribed over a month ago and never logged in", `{"and": [
			{"date": {"path": "subscribedAt", "moreThanAgo": {"amount": 1, "unit": "MONTH"}}},
			{"empty": {"path": "custom.lastLoginAt"}}
		]}`},
		{"Asleep but subscribed", "still subscribed and did log in once, but not in the last 6 months", `{"and": [
			{"text": {"path": "status", "equals": "SUBSCRIBED"}},
			{"date": {"path": "custom.lastLoginAt", "notInLast": {"amount": 6, "unit": "MONTH"}, "whenMissing": "NO_MATCH"}}
		]}`},
		{"Trial ends in 3 days", "the trial ends on the third day from today, at any time", `{
			"date": {"path": "custom.trialEndsAt", "moreThanAhead": {"amount": 3, "unit": "DAY"}, "inNext": {"amount": 4, "unit": "DAY"}}
		}`},
		{"VIP, or pro in the UK", "tagged vip, or pro and in the UK; not known to have churned", `{"and": [
			{"or": [
				{"list": {"path": "tags", "hasAny": ["vip"]}},
				{"and": [
					{"text": {"path": "custom.plan", "equals": "pro"}},
					{"text": {"path": "custom.address.country", "equals": "GB"}}
				]}
			]},
			{"not": {"boolean": {"path": "custom.churned", "equals": true}}}
		]}`},
		{"Ready to upgrade", "free or unknown plan, with a score in the top tenth: 75 or more", `{"and": [
			{"text": {"path": "custom.plan", "equals": "free", "whenMissing": "MATCH"}},
			{"number": {"path": "custom.score", "gte": 75}}
		]}`},
		{"Webinar invitation", "subscribed, and not on the pro plan or not at the webinar of 2026", `{"and": [
			{"text": {"path": "status", "equals": "SUBSCRIBED"}},
			{"or": [
				{"text": {"path": "custom.plan", "notEquals": "pro"}},
				{"list": {"path": "tags", "hasNone": ["webinar-2026"]}}
			]}
		]}`},
		{"May be called", "has a phone number and no tag do not call, in whatever case", `{"and": [
			{"empty": {"path": "phone", "is": false}},
			{"list": {"path": "tags", "hasNone": ["Do Not Call"], "ignoreCase": true}}
		]}`},
		{"Near Heathrow", "lives within 25 km of Heathrow airport", `{
			"geo": {"path": "custom.location", "within": {"latitude": 51.47, "longitude": -0.4543, "radiusKm": 25}}
		}`},
		{"Food lovers", "has 3 interests or more, cooking, cafés or wine among them", `{
			"list": {"path": "custom.interests", "hasAny": ["Cooking", "CAFÉ", "Wine"], "size": {"min": 3}, "ignoreCase": true}
		}`},
		{"Promoters who never bought", "would recommend us (NPS of 9 or 10) and has no order", `{"and": [
			{"number": {"path": "custom.nps", "gte": 9, "lte": 10}},
			{"empty": {"path": "custom.orders"}}
		]}`},
		{"Buyers gone quiet", "bought before, but kept no order of the last 90 days", `{"and": [
			{"any": {"path": "custom.orders", "match": {"text": {"path": "status", "notIn": ["refunded", "cancelled"]}}}},
			{"not": {"any": {"path": "custom.orders", "match": {"and": [
				{"date": {"path": "placedAt", "inLast": {"amount": 90, "unit": "DAY"}}},
				{"text": {"path": "status", "notIn": ["refunded", "cancelled"]}}
			]}}}}
		]}`},
		{"Loyal buyers", "3 orders over 50 in the last year; never one refunded or cancelled", `{"and": [
			{"any": {"path": "custom.orders", "count": {"min": 3}, "match": {"and": [
				{"number": {"path": "total", "gt": 50}},
				{"date": {"path": "placedAt", "inLast": {"amount": 1, "unit": "YEAR"}}}
			]}}},
			{"text": {"path": "custom.orders.status", "notIn": ["refunded", "cancelled"]}}
		]}`},
		{"One large order", "has exactly one order, which is over 300", `{"and": [
			{"any": {"path": "custom.orders", "count": {"min": 1, "max": 1}, "match": {"and": []}}},
			{"number": {"path": "custom.orders.total", "gt": 300}}
		]}`},
		{"First order on a weekend", "has one order, of a Saturday or Sunday in London", `{"and": [
			{"any": {"path": "custom.orders", "count": {"min": 1, "max": 1}, "match": {"and": []}}},
			{"date": {"path": "custom.orders.placedAt", "weekday": ["SATURDAY", "SUNDAY"], "timeZone": "Europe/London"}}
		]}`},
		{"Desk but no chair", "bought and kept a desk, and never ordered the chair", `{"and": [
			{"any": {"path": "custom.orders", "match": {"and": [
				{"text": {"path": "status", "notIn": ["refunded", "cancelled"]}},
				{"any": {"path": "items", "match": {"text": {"path": "sku", "startsWith": "DESK-"}}}}
			]}}},
			{"not": {"any": {"path": "custom.orders", "match": {
				"any": {"path": "items", "match": {"text": {"path": "sku", "equals": "CHAIR-ERG"}}}
			}}}}
		]}`},
	}
}
