package filter

import "math"

// intRange is a range of numbers of things, both ends included.
type intRange struct {
	min int
	max *int // nil: there is no greatest
}

// of returns the node that holds where the number of what n asks for one of is in the range.
func (i intRange) of(n Countable) Node {
	switch {
	case i.max != nil && *i.max == 0:
		return Complement(n)
	case i.max == nil && i.min == 0:
		return Const(true)
	case i.max == nil && i.min == 1:
		return n
	}
	return Many{Of: n, Min: i.min, Max: i.max}
}

// intRange reads {min, max}, of which one may be left out.
func (r *reading) intRange(v any, s scope) (i intRange, ok bool) {
	fields, ok := r.record(v, s, "a range of numbers", "min", "max")
	if fields == nil {
		return i, false
	}
	if ok && fields["min"] == nil && fields["max"] == nil {
		r.problem(s, BadInput, "a range of numbers needs min, max or both")
		return i, false
	}
	if least, isSet, sound := r.end(fields, "min", s); isSet {
		i.min, ok = least, ok && sound
	}
	if most, isSet, sound := r.end(fields, "max", s); isSet {
		i.max, ok = &most, ok && sound
	}
	if ok && i.max != nil && i.min > *i.max {
		r.problem(s, BadInput, "min is %d and max is %d, so that no number is in the range; swap them", i.min, *i.max)
		ok = false
	}
	return i, ok
}

// end reads one end of a range, where it is set.
func (r *reading) end(fields Object, name string, s scope) (n int, isSet, ok bool) {
	if fields[name] == nil {
		return 0, false, true
	}
	read, ok := r.integer(fields[name], s.in(name), 0, math.MaxInt32)
	n, _ = read.(int)
	return n, true, ok
}
