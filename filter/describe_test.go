package filter_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"segmentql/filter"
)

func TestDescribe(t *testing.T) {
	path := filter.MustPath
	has := func(test filter.Test) filter.Node { return filter.Has{Path: path("custom.x"), Test: test} }
	at := time.Date(2026, 3, 1, 9, 0, 0, 500_000_000, time.UTC)
	from, to := filter.NewDate(2026, 3, 1), filter.NewDate(2026, 3, 8)
	two, five := 2, 5
	vip := filter.Has{Path: path("tags"), Test: filter.NewOneOf([]any{"vip"}, true)}
	orders := filter.Any{Path: path("custom.orders"), Match: vip}
	pattern, err := filter.ParsePattern(`^a+$`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		node filter.Node
		want string
	}{
		{filter.Const(true), `always`},
		{filter.Const(false), `never`},
		{filter.And{vip, vip}, `and`},
		{filter.Or{vip, vip}, `or`},
		{filter.Not{Node: vip}, `not`},
		{vip, `tags: one of "vip", ignoring case`},
		{orders, `custom.orders: any element`},
		{filter.Many{Of: orders, Min: 2}, `custom.orders: at least 2 elements`},
		{filter.Many{Of: orders, Min: 2, Max: &two}, `custom.orders: exactly 2 elements`},
		{filter.Many{Of: orders, Max: &five}, `custom.orders: at most 5 elements`},
		{filter.Many{Of: vip, Min: 2, Max: &five}, `tags: 2 to 5 values, each one of "vip", ignoring case`},

		{has(filter.AllOf{}), `custom.x: any value`},
		{has(filter.AllOf{filter.OfKind{filter.KindText}, filter.NotBlank{}}), `custom.x: text and not empty`},
		{has(filter.Present{}), `custom.x: any value`},
		{has(filter.OfKind{filter.KindDate, filter.KindDateTime}), `custom.x: date or datetime`},
		{has(filter.NotBlank{}), `custom.x: not empty`},
		{has(filter.NewOneOf(nil, false)), `custom.x: one of none`},
		{has(filter.NewOneOf([]any{true, false}, false)), `custom.x: one of true, false`},
		{has(filter.NewOneOf([]any{int64(1), 2.5, 1e21, int64(4), int64(5)}, false)), `custom.x: one of 1, 2.5, 1000000000000000000000, 4, 5`},
		{has(filter.NewOneOf([]any{"a", "b\n", "c", "d", "e", "f", "g"}, false)), `custom.x: one of "a", "b\n", "c", "d", "e" and 2 more`},
		{has(filter.NewTextMatch(filter.Anywhere, strings.Repeat("ü", 100), false)), `custom.x: contains "` + strings.Repeat("ü", 60) + `…"`},
		{has(filter.NewTextMatch(filter.AtStart, "a", true)), `custom.x: starts with "a", ignoring case`},
		{has(filter.NewTextMatch(filter.AtEnd, "z", false)), `custom.x: ends with "z"`},
		{has(pattern), `custom.x: matches "\\Aa+\\z"`},
		{has(filter.NumberRange{}), `custom.x: number`},
		{has(filter.NumberRange{From: &filter.NumberBound{Value: int64(25), Inclusive: true}, To: &filter.NumberBound{Value: 40.5}}), `custom.x: number >= 25 and < 40.5`},
		{has(filter.NumberRange{From: &filter.NumberBound{Value: 0.5}}), `custom.x: number > 0.5`},
		{has(filter.NumberRange{To: &filter.NumberBound{Value: int64(-1), Inclusive: true}}), `custom.x: number <= -1`},
		{has(filter.DateRange{}), `custom.x: day, or instant`},
		{
			has(filter.DateRange{Days: filter.Span[filter.Date]{From: &from, To: &to}, Instants: filter.Span[time.Time]{From: &at}}),
			`custom.x: day >= 2026-03-01 and < 2026-03-08, or instant >= 2026-03-01T09:00:00.5Z`,
		},
		{has(filter.CalendarPart{Part: filter.Weekday, In: []filter.PartRange{{From: 1, To: 5}, {From: 7, To: 7}}, Zone: time.UTC}), `custom.x: weekday 1 to 5 or 7 in UTC`},
		{has(filter.CalendarPart{Part: filter.MonthOfDay, In: []filter.PartRange{{From: 6, To: 6}}, Zone: zone(t, "Europe/London")}), `custom.x: month 6 in Europe/London`},
		{has(filter.CalendarPart{Part: filter.DayOfYear, In: []filter.PartRange{{From: 101, To: 229}}, Zone: time.UTC}), `custom.x: month and day 101 to 229 in UTC`},
		{has(filter.Within{Centre: filter.Point{Latitude: 51.5, Longitude: -0.12}, RadiusKm: 10}), `custom.x: within 10 km of 51.5, -0.12`},
		{has(filter.Within{RadiusKm: math.Inf(1)}), `custom.x: a point`},
	} {
		if got := filter.Describe(c.node); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
