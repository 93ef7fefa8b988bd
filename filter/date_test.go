package filter_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"segmentql/filter"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func day(t testing.TB, text string) filter.Date {
	t.Helper()
	d, err := filter.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The instants are those of the IANA time zone database; see zdump -v.
func TestDateStart(t *testing.T) {
	for _, c := range []struct{ zone, day, start, why string }{
		{"UTC", "2026-03-01", "2026-03-01T00:00:00Z", "no changes at all"},
		{"UTC", "1969-12-31", "1969-12-31T00:00:00Z", "before the epoch"},
		{"Europe/London", "2026-03-29", "2026-03-29T00:00:00Z", "a day of 23 hours"},
		{"Europe/London", "2026-03-30", "2026-03-29T23:00:00Z", "the day after"},
		{"Europe/London", "2026-10-25", "2026-10-24T23:00:00Z", "a day of 25 hours"},
		{"Europe/London", "2026-10-26", "2026-10-26T00:00:00Z", "the day after"},
		{"Asia/Kathmandu", "2026-03-01", "2026-02-28T18:15:00Z", "an offset of 5:45"},
		{"Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", "midnight is skipped: the day begins at 01:00"},
		{"Africa/Cairo", "2026-04-25", "2026-04-24T21:00:00Z", "the day after"},
		{"Africa/Cairo", "2026-10-29", "2026-10-28T21:00:00Z", "its last hour comes twice"},
		{"Africa/Cairo", "2026-10-30", "2026-10-29T22:00:00Z", "the hour before comes twice"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "midnight is skipped: the day begins at 01:00"},
		{"America/Sao_Paulo", "2018-11-03", "2018-11-03T03:00:00Z", "the day before"},
		{"America/Sao_Paulo", "2019-02-16", "2019-02-16T02:00:00Z", "its last hour comes twice"},
		{"America/Sao_Paulo", "2019-02-17", "2019-02-17T03:00:00Z", "the hour before comes twice"},
		{"Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z", "midnight is skipped: the day begins at 01:00"},
		{"Asia/Beirut", "2026-03-30", "2026-03-29T21:00:00Z", "the day after"},
		{"America/Havana", "2026-03-08", "2026-03-08T05:00:00Z", "midnight is skipped: the day begins at 01:00"},
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "the hour after midnight comes twice: the day begins with the first"},
		{"America/Havana", "2026-11-02", "2026-11-02T05:00:00Z", "the day after"},
		{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "the day before the one that was left out"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "the day was left out: it has no instant"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "the day after"},
		{"America/St_Johns", "2006-04-02", "2006-04-02T03:30:00Z", "the clock is put forward at 00:01"},
		{"America/St_Johns", "2006-04-03", "2006-04-03T02:30:00Z", "the day after"},
		{"America/St_Johns", "2006-10-29", "2006-10-29T02:30:00Z", "the clock is put back at 00:01, into the day before"},
		{"America/St_Johns", "2006-10-30", "2006-10-30T03:30:00Z", "the day after"},
		{"Asia/Tehran", "2022-03-22", "2022-03-21T20:30:00Z", "midnight is skipped: the day begins at 01:00"},
		{"Asia/Gaza", "2012-09-21", "2012-09-20T21:00:00Z", "the clock is put back at 01:00: midnight comes twice"},
		{"America/New_York", "1900-01-01", "1900-01-01T05:00:00Z", "long ago"},
		{"America/New_York", "2100-07-01", "2100-07-01T04:00:00Z", "beyond the table, by its rule"},
	} {
		got := day(t, c.day).Start(zone(t, c.zone)).Format(time.RFC3339)
		if got != c.start {
			t.Errorf("%s in %s (%s): got %s, want %s", c.day, c.zone, c.why, got, c.start)
		}
	}
}

// What a day's start is: the first instant of the zone that is not on an earlier day. Instants that a clock put
// back takes into the day before are the exception, as they are in every calendar.
func TestDateStartProperty(t *testing.T) {
	names := []string{
		"UTC", "Europe/London", "Africa/Cairo", "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Pacific/Apia",
		"America/St_Johns", "Asia/Tehran", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati", "America/Scoresbysund",
		"Asia/Gaza", "America/Asuncion", "Africa/Casablanca", "Antarctica/Troll", "Europe/Moscow", "Asia/Manila", "Pacific/Kwajalein",
	}
	rapid.Check(t, func(r *rapid.T) {
		z := zone(t, rapid.SampledFrom(names).Draw(r, "zone"))
		d := filter.Date(rapid.IntRange(-20_000, 40_000).Draw(r, "day"))
		start, next := d.Start(z), (d + 1).Start(z)
		if start.After(next) {
			r.Fatalf("%s in %s starts at %s, the next day at %s", d, z, start, next)
		}
		if start.Equal(next) {
			return // the zone has no such day
		}
		if got := filter.DateOf(start, z); got != d {
			r.Fatalf("%s in %s starts at %s, which is on %s", d, z, start, got)
		}
		if got := filter.DateOf(next.Add(-time.Nanosecond), z); got != d {
			// Unless the day ends twice.
			if again := filter.DateOf(next.Add(-25*time.Hour), z); again > d {
				r.Fatalf("%s in %s ends before %s, which is on %s", d, z, next, got)
			}
		}
		for before := start.Add(-time.Millisecond); start.Sub(before) < 3*time.Hour; before = before.Add(-10 * time.Minute) {
			if filter.DateOf(before, z) == d {
				r.Fatalf("%s in %s starts at %s, but %s is on it", d, z, start, before)
			}
		}
	})
}

func TestParseDate(t *testing.T) {
	for text, want := range map[string]filter.Date{
		"1970-01-01": 0, "1969-12-31": -1, "2026-03-01": 20513, "2024-02-29": 19782, "0001-01-01": -719162, "9999-12-31": 2932896, "0000-01-01": -719528,
	} {
		d := day(t, text)
		if d != want || d.String() != text || filter.NewDate(d.Midnight().Date()) != d {
			t.Errorf("%s: got %d, %s", text, d, d)
		}
	}
	for _, text := range []string{"", "2026-3-1", "2026-02-29", "2026-13-01", "2026-00-10", "2026-03-32", "20260301", "2026-03-01Z", " 2026-03-01", "+2026-03-01", "12026-03-01", "-0001-01-01", "2026/03/01", "２０２６-03-01"} {
		if d, err := filter.ParseDate(text); err == nil {
			t.Errorf("%q is read as %s", text, d)
		}
	}
}

func TestParseInstant(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-01T09:00:00Z": "2026-03-01T09:00:00Z", "2026-03-01T09:00:00.5+05:45": "2026-03-01T03:15:00.5Z",
		"2026-03-01T00:00:00-11:00": "2026-03-01T11:00:00Z", "2026-03-01T09:00:00.123456789Z": "2026-03-01T09:00:00.123456789Z",
		"0001-01-01T00:00:00Z": "0001-01-01T00:00:00Z",
	} {
		at, err := filter.ParseInstant(text)
		if err != nil || at.Format(time.RFC3339Nano) != want || at.Location() != time.UTC {
			t.Errorf("%s: got %s, %v", text, at, err)
		}
	}
	for _, text := range []string{"", "2026-03-01", "2026-03-01T09:00:00", "2026-03-01 09:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:60:00Z", "2026-02-29T09:00:00Z", "2026-03-01T09:00Z", "now"} {
		if at, err := filter.ParseInstant(text); err == nil {
			t.Errorf("%q is read as %s", text, at)
		}
	}
}
