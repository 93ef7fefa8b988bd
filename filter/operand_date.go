package filter

import (
	"strings"
	"time"
)

// MaxAmount is the greatest number in an amount of time, of whatever unit.
const MaxAmount = 100_000

func (r *reading) moment(v any, s scope) (any, bool) {
	text, ok := v.(string)
	if !ok {
		r.problem(s, BadInput, "expected a day or an instant, got %s", describe(v))
		return Moment{}, false
	}
	if !strings.ContainsAny(text, "Tt") {
		day, err := ParseDate(text)
		if err != nil {
			r.problem(s, BadInput, "%s, nor an instant like 2026-03-01T09:00:00Z", err)
		}
		return Moment{isDay: true, day: day}, err == nil
	}
	instant, err := ParseInstant(text)
	if err != nil {
		r.problem(s, BadInput, "%s, nor a day like 2026-03-01", err)
	}
	return Moment{instant: instant}, err == nil
}

func (r *reading) momentRange(v any, s scope) (any, bool) {
	const aRange = "a range"
	fields, ok := r.record(v, s, aRange, "from", "to")
	if fields == nil {
		return nil, false
	}
	from, sound := r.required(fields, "from", s, aRange, r.moment)
	to, known := r.required(fields, "to", s, aRange, r.moment)
	if !ok || !sound || !known {
		return nil, false
	}
	m := momentRange{from.(Moment), to.(Moment)}
	if m.from.isDay != m.to.isDay {
		r.problem(s, BadInput, "from and to are both days or both instants")
		return nil, false
	}
	if m.to.day < m.from.day || !m.from.isDay && !m.from.instant.Before(m.to.instant) {
		r.problem(s, BadInput, "to is before from, so that nothing is between them; swap them")
		return nil, false
	}
	return m, true
}

// amount reads {amount, unit}.
func (r *reading) amount(v any, s scope) (any, bool) { return r.amountIn(v, s, Minute) }

// amountIn is amount for amounts in a unit that is no smaller than the least.
func (r *reading) amountIn(v any, s scope, least Unit) (any, bool) {
	const amountOfTime = "an amount of time"
	fields, ok := r.record(v, s, amountOfTime, "amount", "unit")
	if fields == nil {
		return nil, false
	}
	n, sound := r.required(fields, "amount", s, amountOfTime, func(v any, s scope) (any, bool) { return r.integer(v, s, 1, MaxAmount) })
	unit, known := r.required(fields, "unit", s, amountOfTime, func(v any, s scope) (any, bool) { return r.unit(v, s, least) })
	if !ok || !sound || !known {
		return nil, false
	}
	return amount{n.(int), unit.(Unit)}, true
}

// period reads a unit of the calendar.
func (r *reading) period(v any, s scope) (any, bool) { return r.unit(v, s, Day) }

func (r *reading) unit(v any, s scope, least Unit) (any, bool) {
	i, ok := r.enum(v, s, unitNames()[least:])
	return least + Unit(i), ok
}

func (r *reading) weekday(v any, s scope) (any, bool) {
	day, ok := r.enum(v, s, []string{"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"})
	return day + 1, ok
}

// enum reads one of the names and returns its position.
func (r *reading) enum(v any, s scope, names []string) (int, bool) {
	for i, name := range names {
		if v == name {
			return i, true
		}
	}
	r.problem(s, BadInput, "expected one of %s, got %s", strings.Join(names, ", "), describe(v))
	return 0, false
}

// anniversary reads {inNext}, {inLast} or {month, day}.
func (r *reading) anniversary(v any, s scope) (any, bool) {
	names := []string{"inNext", "inLast", "month", "day"}
	fields, known := r.record(v, s, "an anniversary", names...)
	if fields == nil {
		return nil, false
	}
	ok := known
	var set []string
	var a anniversary
	for _, name := range names {
		value := fields[name]
		if value == nil {
			continue
		}
		set = append(set, name)
		var read any
		var sound bool
		switch name {
		case "month":
			if read, sound = r.integer(value, s.in(name), 1, 12); sound {
				a.month = read.(int)
			}
		case "day":
			days := 31
			if a.month != 0 {
				const leapYear = 2000
				days = daysIn(leapYear, time.Month(a.month))
			}
			if read, sound = r.integer(value, s.in(name), 1, days); sound {
				a.day = read.(int)
			}
		default:
			if read, sound = r.amountIn(value, s.in(name), Day); sound {
				a.within, a.ahead = read.(amount), name == "inNext"
			}
		}
		ok = ok && sound
	}
	switch strings.Join(set, " ") {
	case "inNext", "inLast", "month day":
		return a, ok
	}
	if known {
		r.problem(s, BadInput, "an anniversary is {inNext}, {inLast} or {month, day}; set one of these")
	}
	return nil, false
}
