package sample

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	day         = 24 * time.Hour
	span        = 3 * 365 * day // between the first contact and asOf
	maxOrders   = 12
	goldenRatio = 0x9e3779b97f4a7c15 // spreads consecutive numbers over 64 bits
)

// Contacts yields contacts without an end. The contact at a position depends on nothing but the seed and the
// position, its times are before asOf or, where they are plans, soon after it.
func Contacts(seed uint64, asOf time.Time) iter.Seq[Contact] {
	return func(yield func(Contact) bool) {
		source := rand.NewPCG(0, 0)
		g := generator{
			draw:     draw{rand.New(source)}, // what is wanted is the same numbers again
			asOf:     asOf.UTC().Truncate(time.Second),
			cultures: slices.Concat(european(), worldwide()),
			words:    newWords(),
		}
		for i := uint64(0); ; i++ {
			source.Seed(seed, i*goldenRatio)
			if !yield(g.contact(i)) {
				return
			}
		}
	}
}

// WriteJSONLines writes the first n contacts, each as a line of JSON.
func WriteJSONLines(w io.Writer, seed uint64, n int, asOf time.Time) error {
	out := bufio.NewWriterSize(w, 64<<10)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	left := n
	for c := range Contacts(seed, asOf) {
		if left--; left < 0 {
			break
		}
		if err := encoder.Encode(c); err != nil {
			return err
		}
	}
	return out.Flush()
}

type generator struct {
	draw
	asOf     time.Time
	cultures []culture
	words    words
}

func (g *generator) contact(i uint64) Contact {
	home := g.culture()
	given, family := one(g.draw, home.given), one(g.draw, home.family)
	if g.chance(6) {
		family = one(g.draw, g.culture().family)
	}
	at := one(g.draw, home.places)
	if g.chance(10) {
		at = one(g.draw, g.culture().places)
	}
	since := g.asOf.Add(-time.Duration(float64(span) * g.skewed())).Truncate(time.Second)
	c := Contact{
		Email:  g.email(i, given, family, home),
		Status: g.choose(g.words.statuses),
		Tags:   g.tags(),
	}
	if !g.chance(3) {
		c.FirstName = given.text
	}
	if !g.chance(5) {
		c.LastName = family.text
	}
	if g.chance(70) {
		c.Phone = at.calling + g.pattern("2########")
	}
	if c.Status != "PENDING" {
		c.SubscribedAt = &since
	}
	c.Custom = g.custom(home, at, family, since)
	c.Custom.Orders = g.orders(i, at.currency, since)
	if slices.Contains(c.Tags, "trial") || c.Custom.Plan == "" {
		ends := g.asOf.Add(time.Duration(g.Int64N(int64(60*day))) - 30*day).Truncate(time.Hour)
		c.Custom.TrialEndsAt = &ends
	}
	return c
}

func (g *generator) culture() culture {
	return g.cultures[g.weighted(len(g.cultures), func(i int) int { return g.cultures[i].weight })]
}

// email is unique because names have no digits: the number at the end says which contact it is.
func (g *generator) email(i uint64, given, family name, home culture) string {
	number := strconv.FormatUint(i+1, 10)
	domain := home.domain
	if !g.chance(18) {
		domain = g.choose(g.words.domains)
	}
	var local string
	switch g.IntN(6) {
	case 0, 1:
		local = given.ascii + "." + family.ascii
	case 2:
		local = given.ascii + family.ascii
	case 3:
		local = given.ascii[:1] + "." + family.ascii
	case 4:
		local = family.ascii + "_" + given.ascii
	default:
		local = given.ascii
	}
	return local + number + "@" + domain
}

func (g *generator) tags() []string {
	tags := []string{}
	for range g.few(5, 55) {
		if tag := g.choose(g.words.tags); !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

func (g *generator) custom(home culture, at place, family name, since time.Time) Custom {
	c := Custom{
		Score:    math.Round(10*min(max(g.normal(52, 18), 0), 100)) / 10,
		Language: home.language,
	}
	if !g.chance(12) {
		c.Plan = g.choose(g.words.plans)
	}
	g.person(&c)
	g.work(&c, family)
	if g.chance(90) {
		c.TimeZone = at.zone
	}
	if g.chance(85) {
		c.Address = g.address(home, at)
		c.Location = &Location{Latitude: g.near(at.latitude), Longitude: g.near(at.longitude)}
	}
	if g.chance(80) {
		login := since.Add(time.Duration(g.Float64() * float64(g.asOf.Sub(since)))).Truncate(time.Second)
		c.LastLoginAt = &login
	}
	if g.chance(85) {
		churned := g.chance(22)
		c.Churned = &churned
	}
	if g.chance(65) {
		c.UTM = &UTM{Source: g.choose(g.words.sources), Campaign: one(g.draw, g.words.campaigns)}
	}
	for range g.few(6, 62) {
		if interest := one(g.draw, g.words.interests); !slices.Contains(c.Interests, interest) {
			c.Interests = append(c.Interests, interest)
		}
	}
	c.Notes = g.notes()
	if g.chance(45) {
		nps := min(10, 4+g.IntN(4)+g.IntN(4)-g.few(6, 35)+g.few(1, 50))
		nps = max(nps, 0)
		c.NPS = &nps
	}
	return c
}

// person sets the age and the birthday, which agree where the contact has both.
func (g *generator) person(c *Custom) {
	born := g.asOf.AddDate(-18, 0, 0).Add(-time.Duration(72 * 365 * float64(day) * g.Float64() * g.Float64()))
	if g.chance(72) {
		c.Birthday = born.Format(time.DateOnly)
	}
	switch {
	case g.chance(2):
		c.Age = one(g.draw, g.words.unknownAges)
	case g.chance(80):
		age := g.asOf.Year() - born.Year()
		if g.asOf.Month() < born.Month() || g.asOf.Month() == born.Month() && g.asOf.Day() < born.Day() {
			age--
		}
		c.Age = age
	}
}

func (g *generator) work(c *Custom, family name) {
	if g.chance(55) {
		c.Company = family.text + " " + one(g.draw, g.words.companyEnds)
	}
	if g.chance(60) {
		c.JobTitle = one(g.draw, g.words.jobTitles)
	}
}

func (g *generator) address(home culture, at place) *Address {
	number := strconv.Itoa(1 + g.IntN(180))
	return &Address{
		Street:   strings.Replace(one(g.draw, home.streets), "#", number, 1),
		City:     at.city,
		Postcode: g.pattern(at.postcode),
		Country:  at.country,
	}
}

// near returns a coordinate near that of a city's centre, with five decimals.
func (g *generator) near(degrees float64) float64 {
	return math.Round(g.normal(degrees, 0.05)*1e5) / 1e5
}

func (g *generator) notes() string {
	if !g.chance(16) {
		return ""
	}
	n := 1 + g.few(3, 50)
	if g.chance(5) {
		n = 30 + g.IntN(30)
	}
	sentences := make([]string, n)
	for i := range sentences {
		sentences[i] = one(g.draw, g.words.sentences)
	}
	return strings.Join(sentences, " ")
}

func (g *generator) orders(i uint64, currency string, since time.Time) []Order {
	if g.chance(25) {
		return nil
	}
	placed := make([]time.Time, g.few(maxOrders, 68))
	for k := range placed {
		placed[k] = since.Add(time.Duration(g.Float64() * float64(g.asOf.Sub(since)))).Truncate(time.Second)
	}
	slices.SortFunc(placed, time.Time.Compare)
	orders := make([]Order, len(placed))
	for k := range orders {
		orders[k] = Order{
			ID:       fmt.Sprintf("%08d-%02d", i+1, k+1),
			Currency: currency,
			PlacedAt: placed[k],
			Status:   g.choose(g.words.orderStatuses),
			Items:    make([]Item, 1+g.few(3, 35)),
		}
		cents := 0
		for l := range orders[k].Items {
			p := one(g.draw, g.words.products)
			quantity := 1 + g.few(9, 25)
			cents += quantity * p.cents
			orders[k].Items[l] = Item{SKU: p.sku, Quantity: quantity, Price: float64(p.cents) / 100}
		}
		orders[k].Total = float64(cents) / 100
	}
	return orders
}
