package sample

import "strings"

// choice is a value and how often it is drawn, in proportion to the weights of the others.
type choice struct {
	value  string
	weight int
}

// product is something that contacts order.
type product struct {
	sku   string
	cents int // price of one
}

// words are the values of fields that depend on no culture.
type words struct {
	domains, statuses, tags, plans, sources, orderStatuses []choice

	jobTitles, companyEnds, campaigns, interests, unknownAges, sentences []string

	products []product
}

func newWords() words {
	return words{
		domains: []choice{
			{"gmail.com", 52},
			{"outlook.com", 10},
			{"yahoo.com", 9},
			{"hotmail.com", 8},
			{"icloud.com", 8},
			{"proton.me", 4},
			{"live.com", 3},
			{"fastmail.com", 2},
			{"gmx.net", 2},
			{"mail.example.org", 1},
			{"xn--bcher-kva.example", 1},
		},
		statuses: []choice{{"SUBSCRIBED", 70}, {"UNSUBSCRIBED", 14}, {"PENDING", 9}, {"BOUNCED", 5}, {"COMPLAINED", 2}},
		tags: []choice{
			{"newsletter", 40},
			{"trial", 14},
			{"vip", 9},
			{"beta", 8},
			{"wholesale", 6},
			{"webinar-2026", 6},
			{"Référral", 4},
			{"event:berlin", 4},
			{"do not call", 3},
			{"öko", 2},
			{"🎁 gift", 2},
			{"press", 2},
		},
		plans:         []choice{{"free", 52}, {"pro", 27}, {"business", 14}, {"enterprise", 7}},
		sources:       []choice{{"google", 40}, {"newsletter", 20}, {"facebook", 12}, {"linkedin", 10}, {"partner", 8}, {"podcast", 5}, {"tiktok", 5}},
		orderStatuses: []choice{{"delivered", 66}, {"shipped", 12}, {"paid", 10}, {"refunded", 7}, {"cancelled", 5}},
		jobTitles: list(`Accountant, Architect, Baker, CEO, CTO, Carpenter, Customer Success Manager, Data Analyst, Dentist, Designer,
			Electrician, Engineering Manager, Florist, Founder & CEO, Freelancer, Gärtner, HR Business Partner, Head of Growth,
			Infirmière, Journalist, Lawyer, Marketing Manager, Nurse, Office Manager, Operations Lead, Photographer, Physiotherapist,
			Product Manager, Professor, Sales Representative, Software Engineer, Student, Teacher, UX Researcher, Veterinarian, 店長`),
		companyEnds: list("& Co., & Sons, AB, AG, B.V., Consulting, Design, GmbH, Group, Inc., Labs, Logistics, Ltd, Oy, S.A., S.r.l., Studio, 株式会社"),
		campaigns: list(`black-friday, spring-sale, brand_search, welcome-series, retargeting-q1, summer24, referral, webinar: segments 101,
			launch, Zurück zur Schule`),
		interests:   list("cycling, cooking, gardening, football, photography, travel, gaming, music, hiking, yoga, fashion, tech, books, 漫画, café, wine"),
		unknownAges: list("n/a, unknown, 30-39, forty-two"),
		sentences: []string{
			"Called about an invoice; asked to be called back on Monday.", "Prefers email.", "Met at the fair in Köln — very interested.",
			"Wants a quote for 25 seats.", "Complained about late delivery; refunded.", "Speaks German and a little French.",
			`Said: "maybe next quarter".`, "Moved house in March.", "Referred by a friend.", "Allergic to nuts (catering!).",
			"Uses a competitor until the contract ends.", "Birthday card sent 🎂.", "Do not offer discounts any more.",
			"Decision maker is the CFO,\nnot the assistant.", "VAT number is still missing.",
		},
		products: []product{
			{"TEE-BLK-M", 1999},
			{"TEE-WHT-L", 1999},
			{"MUG-01", 1250},
			{"CAP-NVY", 2450},
			{"BAG-TOTE", 895},
			{"BOOK-0042", 3490},
			{"PEN-3", 349},
			{"LAMP-OAK", 12900},
			{"CHAIR-ERG", 34950},
			{"DESK-160", 58999},
			{"CABLE-USBC", 1499},
			{"KB-ISO-DE", 8995},
			{"GIFT-50", 5000},
			{"COFFEE-1KG", 2375},
			{"TEA-GRN", 775},
			{"SOCKS-3P", 1290},
			{"POSTER-A2", 1800},
			{"LIC-ANNUAL", 119900},
			{"STICKER", 99},
			{"SEED-ÖKO", 425},
		},
	}
}

// list reads values that are separated by commas.
func list(text string) []string {
	var all []string
	for value := range strings.SplitSeq(text, ",") {
		all = append(all, strings.Join(strings.Fields(value), " "))
	}
	return all
}
