package filter

import "time"

// Moment is an operand of the date operators: a calendar day, or an instant.
type Moment struct {
	isDay   bool
	day     Date
	instant time.Time
}

type momentRange struct{ from, to Moment }

// boundary is a point on the line of instants and the matching one on the line of days: instants earlier than
// at and days earlier than day are before it, all others are after it.
type boundary struct {
	at  time.Time
	day Date
}

// begin is the boundary just before the moment. For a calendar day in a document an instant stands for its day
// in the zone.
func (m Moment) begin(zone *time.Location) boundary {
	if m.isDay {
		return boundary{m.day.Start(zone), m.day}
	}
	// Documents keep whole milliseconds: the first that is not earlier than the operand.
	at := m.instant.Truncate(time.Millisecond)
	if at.Before(m.instant) {
		at = at.Add(time.Millisecond)
	}
	return boundary{at, DateOf(m.instant, zone)}
}

// end is the boundary just after the moment.
func (m Moment) end(zone *time.Location) boundary {
	if m.isDay {
		return boundary{(m.day + 1).Start(zone), m.day + 1}
	}
	return boundary{m.instant.Truncate(time.Millisecond).Add(time.Millisecond), DateOf(m.instant, zone) + 1}
}

func (b boundary) andLater() DateRange {
	return DateRange{Span[time.Time]{From: &b.at}, Span[Date]{From: &b.day}}
}

func (b boundary) andEarlier() DateRange {
	return DateRange{Span[time.Time]{To: &b.at}, Span[Date]{To: &b.day}}
}

// until is the range from the boundary to another.
func (b boundary) until(to boundary) DateRange { return b.andLater().intersect(to.andEarlier()) }

// intersect returns the range of what lies in both.
func (r DateRange) intersect(o DateRange) DateRange {
	return DateRange{
		r.Instants.intersect(o.Instants, time.Time.Compare),
		r.Days.intersect(o.Days, compareDates),
	}
}

func (s Span[T]) intersect(o Span[T], compare func(T, T) int) Span[T] {
	if s.From == nil || o.From != nil && compare(*o.From, *s.From) > 0 {
		s.From = o.From
	}
	if s.To == nil || o.To != nil && compare(*o.To, *s.To) < 0 {
		s.To = o.To
	}
	return s
}

func compareDates(a, b Date) int { return int(a) - int(b) }
