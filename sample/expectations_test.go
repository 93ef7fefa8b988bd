package sample_test

import (
	"math"
	"slices"
	"strings"
	"time"

	"segmentql/sample"
)

// expectation is a segment's meaning for contacts at a time, in Go. It is written from what the segment's description
// and the design of the filter language say, and shares no code with those who run filters.
type expectation func(c sample.Contact, now time.Time) bool

func expectations() map[string]expectation {
	return map[string]expectation{
		"Birthday in the next 7 days": func(c sample.Contact, now time.Time) bool {
			birthday, known := birthday(c)
			return known && recursWithinAWeek(birthday, now)
		},
		"Summer birthdays": func(c sample.Contact, _ time.Time) bool {
			birthday, known := birthday(c)
			return known && birthday.Month() >= time.June && birthday.Month() <= time.August
		},
		"Aged 18 to 25": func(c sample.Contact, _ time.Time) bool {
			age, known := c.Custom.Age.(int)
			return known && age >= 18 && age <= 25
		},
		"New at Gmail": func(c sample.Contact, now time.Time) bool {
			if c.Status != "SUBSCRIBED" || c.SubscribedAt == nil || !strings.HasSuffix(c.Email, "@gmail.com") {
				return false
			}
			monthsAgo := 12*(now.Year()-c.SubscribedAt.Year()) + int(now.Month()-c.SubscribedAt.Month())
			return monthsAgo == 0 || monthsAgo == 1
		},
		"Subscription anniversary": func(c sample.Contact, now time.Time) bool {
			return c.SubscribedAt != nil && recursWithinAWeek(*c.SubscribedAt, now) && c.SubscribedAt.Before(sinceMonths(6, now))
		},
		"Never logged in": func(c sample.Contact, now time.Time) bool {
			return c.Custom.LastLoginAt == nil && c.SubscribedAt != nil && c.SubscribedAt.Before(sinceMonths(1, now))
		},
		"Asleep but subscribed": func(c sample.Contact, now time.Time) bool {
			login := c.Custom.LastLoginAt
			return c.Status == "SUBSCRIBED" && login != nil && login.Before(sinceMonths(6, now))
		},
		"Trial ends in 3 days": func(c sample.Contact, now time.Time) bool {
			ends := c.Custom.TrialEndsAt
			return ends != nil && ends.Format(time.DateOnly) == now.AddDate(0, 0, 3).Format(time.DateOnly)
		},
		"VIP, or pro in the UK": func(c sample.Contact, _ time.Time) bool {
			if c.Custom.Churned != nil && *c.Custom.Churned {
				return false
			}
			british := c.Custom.Address != nil && c.Custom.Address.Country == "GB"
			return slices.Contains(c.Tags, "vip") || c.Custom.Plan == "pro" && british
		},
		"Ready to upgrade": func(c sample.Contact, _ time.Time) bool {
			return (c.Custom.Plan == "free" || c.Custom.Plan == "") && c.Custom.Score >= 75
		},
		"Webinar invitation": func(c sample.Contact, _ time.Time) bool {
			served := c.Custom.Plan == "pro" && slices.Contains(c.Tags, "webinar-2026")
			return c.Status == "SUBSCRIBED" && !served
		},
		"May be called": func(c sample.Contact, _ time.Time) bool {
			return c.Phone != "" && !slices.Contains(c.Tags, "do not call")
		},
		"Near Heathrow": func(c sample.Contact, _ time.Time) bool {
			heathrow := sample.Location{Latitude: 51.47, Longitude: -0.4543}
			return c.Custom.Location != nil && kilometres(*c.Custom.Location, heathrow) <= 25
		},
		"Food lovers": func(c sample.Contact, _ time.Time) bool {
			food := func(interest string) bool { return interest == "cooking" || interest == "café" || interest == "wine" }
			return len(c.Custom.Interests) >= 3 && slices.ContainsFunc(c.Custom.Interests, food)
		},
		"Promoters who never bought": func(c sample.Contact, _ time.Time) bool {
			return c.Custom.NPS != nil && *c.Custom.NPS >= 9 && len(c.Custom.Orders) == 0
		},
		"Buyers gone quiet": func(c sample.Contact, now time.Time) bool {
			ever, lately := 0, 0
			for _, o := range c.Custom.Orders {
				if kept(o) {
					ever++
					if !o.PlacedAt.Before(midnight(now, -89)) && !o.PlacedAt.After(now) {
						lately++
					}
				}
			}
			return ever > 0 && lately == 0
		},
		"Loyal buyers": func(c sample.Contact, now time.Time) bool {
			n := 0
			for _, o := range c.Custom.Orders {
				if !kept(o) {
					return false
				}
				if o.Total > 50 && !o.PlacedAt.Before(sinceMonths(12, now)) && !o.PlacedAt.After(now) {
					n++
				}
			}
			return n >= 3
		},
		"One large order": func(c sample.Contact, _ time.Time) bool {
			return len(c.Custom.Orders) == 1 && c.Custom.Orders[0].Total > 300
		},
		"First order on a weekend": func(c sample.Contact, _ time.Time) bool {
			if len(c.Custom.Orders) != 1 {
				return false
			}
			weekday := inLondon(c.Custom.Orders[0].PlacedAt).Weekday()
			return weekday == time.Saturday || weekday == time.Sunday
		},
		"Desk but no chair": func(c sample.Contact, _ time.Time) bool {
			desk := false
			for _, o := range c.Custom.Orders {
				for _, item := range o.Items {
					if item.SKU == "CHAIR-ERG" {
						return false
					}
					desk = desk || item.SKU == "DESK-160" && kept(o)
				}
			}
			return desk
		},
	}
}

func kept(o sample.Order) bool { return o.Status != "refunded" && o.Status != "cancelled" }

func birthday(c sample.Contact) (day time.Time, known bool) {
	day, err := time.Parse(time.DateOnly, c.Custom.Birthday)
	return day, err == nil
}

// midnight is the start of the day that is that many days after today, in UTC.
func midnight(now time.Time, days int) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+days, 0, 0, 0, 0, time.UTC)
}

// sinceMonths is where the last months begin: the day after today's in the month so long ago, where today's is the
// last one of a shorter month.
func sinceMonths(months int, now time.Time) time.Time {
	then := time.Date(now.Year(), now.Month()-time.Month(months), now.Day(), 0, 0, 0, 0, time.UTC)
	for (int(now.Month())-int(then.Month())+24)%12 != months%12 {
		then = then.AddDate(0, 0, -1)
	}
	return then.AddDate(0, 0, 1)
}

// recursWithinAWeek says whether today or one of the 6 days after is an anniversary of the day.
func recursWithinAWeek(day, now time.Time) bool {
	for i := range 7 {
		d := midnight(now, i)
		anniversary := time.Date(d.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
		if anniversary.Month() != day.Month() { // there is no 29 February
			anniversary = anniversary.AddDate(0, 0, -1)
		}
		if anniversary.Equal(d) {
			return true
		}
	}
	return false
}

// inLondon has British Summer Time from the last Sunday of March to that of October, both at 1:00 UTC.
func inLondon(t time.Time) time.Time {
	change := func(month time.Month) time.Time {
		last := time.Date(t.Year(), month, 31, 1, 0, 0, 0, time.UTC)
		return last.AddDate(0, 0, -int(last.Weekday()))
	}
	if !t.Before(change(time.March)) && t.Before(change(time.October)) {
		return t.Add(time.Hour)
	}
	return t
}

// kilometres is the distance along the surface, from the angle between two vectors.
func kilometres(a, b sample.Location) float64 {
	vector := func(l sample.Location) [3]float64 {
		latitude, longitude := l.Latitude*math.Pi/180, l.Longitude*math.Pi/180
		return [3]float64{math.Cos(latitude) * math.Cos(longitude), math.Cos(latitude) * math.Sin(longitude), math.Sin(latitude)}
	}
	v, w := vector(a), vector(b)
	chord := math.Hypot(math.Hypot(v[0]-w[0], v[1]-w[1]), v[2]-w[2])
	return 6371 * 2 * math.Asin(chord/2)
}
