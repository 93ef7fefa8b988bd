package filter

import (
	"fmt"
	"time"
)

// Date is a calendar day without a time zone, as days since 1970-01-01.
type Date int32

const (
	dayLayout = "2006-01-02"
	dayLength = 24 * time.Hour
)

// NewDate returns the day of the proleptic Gregorian calendar.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / int64(dayLength/time.Second))
}

// ParseDate reads a day in the form 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dayLayout, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a day like 2026-03-01", s)
	}
	return NewDate(t.Date()), nil
}

// DateOf returns the day on which t falls in zone.
func DateOf(t time.Time, zone *time.Location) Date { return NewDate(t.In(zone).Date()) }

// Midnight returns the start of the day in UTC, the form in which stores keep a Date.
func (d Date) Midnight() time.Time { return time.Unix(int64(d)*int64(dayLength/time.Second), 0).UTC() }

// Start returns the first instant of the day in zone. Where a clock change skips midnight, that is the instant
// of the change.
func (d Date) Start(zone *time.Location) time.Time {
	year, month, day := d.Midnight().Date()
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	begin, end := t.ZoneBounds()
	// time.Date may resolve a skipped midnight to an instant before the change.
	if DateOf(t, zone) < d && !end.IsZero() {
		return end.UTC()
	}
	if begin.IsZero() {
		return t.UTC()
	}
	// A skipped midnight may also come out after the change, and a repeated one as its second occurrence.
	_, before := begin.Add(-1).Zone()
	_, after := begin.Zone()
	repeated := t.Add(time.Duration(after-before) * time.Second)
	for _, earlier := range []time.Time{begin, repeated} {
		if earlier.Before(t) && DateOf(earlier, zone) == d {
			t = earlier
		}
	}
	return t.UTC()
}

// String returns the day as 2006-01-02.
func (d Date) String() string { return d.Midnight().Format(dayLayout) }

// MarshalText makes the day a JSON text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// ParseInstant reads an instant in RFC 3339 form, 2026-03-01T09:00:00Z; an offset is required.
func ParseInstant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not an instant like 2026-03-01T09:00:00Z", s)
	}
	return t.UTC(), nil
}
