package filter

import "time"

// Unit is a unit of time.
type Unit uint8

// The units. Minutes and hours are exact durations, all others are units of the calendar.
const (
	Minute Unit = iota
	Hour
	Day
	Week
	Month
	Quarter
	Year
)

// unitNames are the names in the API, in the order of the units.
func unitNames() []string {
	return []string{"MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}
}

// String returns the name that the API uses.
func (u Unit) String() string { return unitNames()[u] }

// amount is a length of time: n is from 1 to MaxAmount.
type amount struct {
	n    int
	unit Unit
}

// duration returns the length of an amount that is an exact duration.
func (a amount) duration() (d time.Duration, exact bool) {
	switch a.unit {
	case Minute:
		return time.Duration(a.n) * time.Minute, true
	case Hour:
		return time.Duration(a.n) * time.Hour, true
	case Day, Week, Month, Quarter, Year:
	}
	return 0, false
}

// add returns the day that is n calendar units after d, or before it where n is negative. Where its month has no
// such day it is the last one of the month.
func (u Unit) add(d Date, n int) Date {
	switch u {
	case Day:
		return d + Date(n)
	case Week:
		return d + Date(7*n)
	case Month:
		return addMonths(d, n)
	case Quarter:
		return addMonths(d, 3*n)
	case Year:
		return addMonths(d, 12*n)
	case Minute, Hour:
	}
	panic("filter: not a unit of the calendar")
}

func addMonths(d Date, n int) Date {
	year, month, day := d.Midnight().Date()
	first := NewDate(year, month+time.Month(n), 1)
	year, month, _ = first.Midnight().Date()
	return first + Date(min(day, daysIn(year, month))-1)
}

func daysIn(year int, month time.Month) int {
	return int(NewDate(year, month+1, 1) - NewDate(year, month, 1))
}

// begin returns the first day of the calendar unit in which d is; weeks are those of ISO 8601, from Monday on.
func (u Unit) begin(d Date) Date {
	year, month, _ := d.Midnight().Date()
	switch u {
	case Day:
		return d
	case Week:
		return d - Date(d.weekday()-1)
	case Month:
		return NewDate(year, month, 1)
	case Quarter:
		return NewDate(year, month-(month-1)%3, 1)
	case Year:
		return NewDate(year, time.January, 1)
	case Minute, Hour:
	}
	panic("filter: not a unit of the calendar")
}

// weekday returns the number of the day in its week: 1 for Monday to 7 for Sunday.
func (d Date) weekday() int { return (int(d.Midnight().Weekday())+6)%7 + 1 }
