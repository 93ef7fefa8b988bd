package filter

import (
	"slices"
	"time"
)

// Part is a part of a calendar day, as a number.
type Part uint8

// The parts.
const (
	Weekday    Part = iota // 1 for Monday to 7 for Sunday, as in ISO 8601
	MonthOfDay             // 1 to 12
	DayOfYear              // 100 times the month and the day: 229 for 29 February
)

// The first and the last day of every year.
const (
	newYear     = 101
	newYearsEve = 1231
)

// PartRange is a range of a part, both ends included.
type PartRange struct{ From, To int }

func (p Part) of(d Date) int {
	switch p {
	case Weekday:
		return d.weekday()
	case MonthOfDay:
		return int(d.Midnight().Month())
	case DayOfYear:
		return dayOfYear(d)
	}
	panic("filter: unknown part of a day")
}

func dayOfYear(d Date) int {
	_, month, day := d.Midnight().Date()
	return int(month)*100 + day
}

func (t CalendarPart) contains(d Date) bool {
	part := t.Part.of(d)
	return slices.ContainsFunc(t.In, func(r PartRange) bool { return r.From <= part && part <= r.To })
}

// oneOfParts passes the days of which the part is one of the numbers.
func oneOfParts(part Part, zone *time.Location, numbers []any) CalendarPart {
	t := CalendarPart{Part: part, Zone: zone}
	for _, n := range numbers {
		if r := (PartRange{n.(int), n.(int)}); !slices.Contains(t.In, r) {
			t.In = append(t.In, r)
		}
	}
	return t
}

// anniversaries passes the days that have an anniversary from one day to another, both included. That of
// 29 February is on 28 February in years that have no 29th.
func anniversaries(from, to Date, zone *time.Location) CalendarPart {
	t := CalendarPart{Part: DayOfYear, Zone: zone}
	first, last := dayOfYear(from), dayOfYear(to)
	if last == 228 && dayOfYear(to+1) == 301 {
		last = 229
	}
	const leapYear = 366
	switch {
	case to-from >= leapYear-1:
		t.In = []PartRange{{newYear, newYearsEve}}
	case from.Midnight().Year() == to.Midnight().Year():
		t.In = []PartRange{{first, last}}
	default:
		t.In = []PartRange{{newYear, last}, {first, newYearsEve}}
	}
	return t
}

// anniversary is the operand of the operator of that name: the anniversaries of the days from a span, or those on
// a day of the year.
type anniversary struct {
	within     amount
	ahead      bool // the span is the next one, else the last one
	month, day int  // else of the year, where month is not 0
}

func (a anniversary) test(c *condition) Test {
	today := c.today()
	switch {
	case a.month == 2 && a.day == 29: // this year may have no such day
		return CalendarPart{Part: DayOfYear, Zone: c.zone, In: []PartRange{{229, 229}}}
	case a.month != 0:
		day := NewDate(today.Midnight().Year(), time.Month(a.month), a.day)
		return anniversaries(day, day, c.zone)
	case a.ahead:
		return anniversaries(today, a.within.unit.add(today, a.within.n)-1, c.zone)
	default:
		return anniversaries(a.within.unit.add(today, -a.within.n)+1, today, c.zone)
	}
}
