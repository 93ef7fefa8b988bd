package filter

import "slices"

func dateOperators() []Operator {
	return of("date", "subscribedAt", slices.Concat(momentOperators(), relativeOperators(), calendarOperators())...)
}

// momentOperators compare with days and instants that the operand names.
func momentOperators() []Operator {
	span := func(bounds func(c *condition, m Moment) DateRange) func(*condition, any) Test {
		return func(c *condition, v any) Test { return bounds(c, v.(Moment)) }
	}
	onOrAfter := func(c *condition, m Moment) DateRange { return m.begin(c.zone).andLater() }
	rows := withComplements(
		Operator{Name: "on", Operand: MomentOperand, Example: Example{Operand: `"2026-03-01"`}, Meaning: "is on the day, or at the instant", test: span(func(c *condition, m Moment) DateRange {
			return m.begin(c.zone).until(m.end(c.zone))
		})},
	)
	return append(rows,
		Operator{Name: "before", Operand: MomentOperand, Example: Example{Operand: `"2026-03-01"`}, Meaning: "is before the day or instant", test: span(func(c *condition, m Moment) DateRange {
			return m.begin(c.zone).andEarlier()
		})},
		Operator{Name: "after", Operand: MomentOperand, Example: Example{Operand: `"2026-03-01"`}, Meaning: "is after the day or instant", test: span(func(c *condition, m Moment) DateRange {
			return m.end(c.zone).andLater()
		})},
		Operator{Name: "onOrBefore", Operand: MomentOperand, Example: Example{Operand: `"2026-03-01"`}, Meaning: "is on the day or instant, or before", test: span(func(c *condition, m Moment) DateRange {
			return m.end(c.zone).andEarlier()
		})},
		Operator{Name: "onOrAfter", Operand: MomentOperand, Example: Example{Operand: `"2026-03-01"`}, Meaning: "is on the day or instant, or after", test: span(onOrAfter)},
		Operator{Name: "between", Operand: MomentRangeOperand, Example: Example{Operand: `{"from": "2026-01-01", "to": "2026-03-31"}`}, Meaning: "is within the days, both included, or within the instants, the last excluded", test: func(c *condition, v any) Test {
			r := v.(momentRange)
			to := r.to.begin(c.zone)
			if r.to.isDay {
				to = r.to.end(c.zone)
			}
			return r.from.begin(c.zone).until(to)
		}},
	)
}

// relativeOperators compare with the present. The span of inLast and the time before it, which is that of
// moreThanAgo, are all of the past; inNext and moreThanAhead are all of the future.
func relativeOperators() []Operator {
	amountTest := func(bounds func(c *condition, a amount) DateRange) func(*condition, any) Test {
		return func(c *condition, v any) Test { return bounds(c, v.(amount)) }
	}
	periodTest := func(n int) func(*condition, any) Test {
		return func(c *condition, v any) Test {
			unit := v.(Unit)
			first := unit.add(unit.begin(c.today()), n)
			return dayOnly(first).begin(c.zone).until(dayOnly(unit.add(first, 1)).begin(c.zone))
		}
	}
	rows := withComplements(
		Operator{Name: "inLast", Operand: AmountOperand, Example: Example{Operand: `{"amount": 7, "unit": "DAY"}`}, Meaning: "is in the span of that length that ends now", test: amountTest(func(c *condition, a amount) DateRange {
			return c.back(a).until(c.present().end(c.zone))
		})},
	)
	return append(rows,
		Operator{Name: "inNext", Operand: AmountOperand, Example: Example{Operand: `{"amount": 3, "unit": "DAY"}`}, Meaning: "is in the span of that length that begins now", test: amountTest(func(c *condition, a amount) DateRange {
			return c.present().begin(c.zone).until(c.ahead(a))
		})},
		Operator{Name: "moreThanAgo", Operand: AmountOperand, Example: Example{Operand: `{"amount": 90, "unit": "DAY"}`}, Meaning: "is before the span of that length that ends now", test: amountTest(func(c *condition, a amount) DateRange {
			return c.back(a).andEarlier()
		})},
		Operator{Name: "moreThanAhead", Operand: AmountOperand, Example: Example{Operand: `{"amount": 1, "unit": "MONTH"}`}, Meaning: "is after the span of that length that begins now", test: amountTest(func(c *condition, a amount) DateRange {
			return c.ahead(a).andLater()
		})},
		Operator{Name: "inCurrent", Operand: PeriodOperand, Example: Example{Operand: `"WEEK"`}, Meaning: "is in the present day, week, month, quarter or year, all of it; weeks begin on Monday", test: periodTest(0)},
		Operator{Name: "inPrevious", Operand: PeriodOperand, Example: Example{Operand: `"MONTH"`}, Meaning: "is in the day, week, month, quarter or year before the present one", test: periodTest(-1)},
		Operator{Name: "inFollowing", Operand: PeriodOperand, Example: Example{Operand: `"QUARTER"`}, Meaning: "is in the day, week, month, quarter or year after the present one", test: periodTest(1)},
	)
}

// calendarOperators ask for parts of a day, in whatever year.
func calendarOperators() []Operator {
	return []Operator{
		{Name: "anniversary", Operand: AnniversaryOperand, Example: Example{Operand: `{"inNext": {"amount": 7, "unit": "DAY"}}`}, Meaning: "has its day and month in the last or next days, or on a day of the year; 29 February counts as 28 in years that have no 29th", test: func(c *condition, v any) Test {
			return v.(anniversary).test(c)
		}},
		{Name: "weekday", Operand: WeekdaysOperand, Example: Example{Operand: `["SATURDAY", "SUNDAY"]`}, Meaning: "is on one of the days of the week", test: func(c *condition, v any) Test {
			return oneOfParts(Weekday, c.zone, v.([]any))
		}},
		{Name: "month", Operand: MonthsOperand, Example: Example{Operand: `[6, 7, 8]`}, Meaning: "is in one of the months, in any year; 1 is January", test: func(c *condition, v any) Test {
			return oneOfParts(MonthOfDay, c.zone, v.([]any))
		}},
	}
}

func dayOnly(d Date) Moment { return Moment{isDay: true, day: d} }

// present is now as an operand.
func (c *condition) present() Moment { return Moment{instant: c.now} }

// back is where the span of the amount that ends now begins. Its days and larger units are those of the calendar,
// of which today is the last: seven days begin with the start of the day six days ago, a month with the day after
// that with today's number in the month before.
func (c *condition) back(a amount) boundary {
	if d, exact := a.duration(); exact {
		return Moment{instant: c.now.Add(-d)}.begin(c.zone)
	}
	return dayOnly(a.unit.add(c.today(), -a.n) + 1).begin(c.zone)
}

// ahead is where the span of the amount that begins now ends. Of its days today is the first.
func (c *condition) ahead(a amount) boundary {
	if d, exact := a.duration(); exact {
		return Moment{instant: c.now.Add(d)}.end(c.zone)
	}
	return dayOnly(a.unit.add(c.today(), a.n)).begin(c.zone)
}
