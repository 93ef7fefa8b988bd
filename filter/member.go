package filter

import "slices"

// Member is a member of FilterInput: a group of filters, or a condition.
type Member struct {
	Name    string
	Meaning string

	// Modifiers are what a condition takes beside its operators.
	Modifiers []string

	// Kinds of the values that the condition sees; none for a group and for a condition on any values.
	Kinds OfKind

	present Test // of a condition with tests: passes the values that it sees
}

// members is the table of the members of FilterInput, in the order in which they are documented; it is never changed.
var members = []Member{
	{Name: "and", Meaning: "all of the filters hold; `and: []` holds for every contact"},
	{Name: "or", Meaning: "any of the filters holds; `or: []` holds for none"},
	{Name: "not", Meaning: "the filter does not hold: always the exact complement"},
	valuesMember("text", "about text values", OfKind{KindText}, "ignoreCase"),
	valuesMember("number", "about numbers, whole ones and others alike, which compare by value", OfKind{KindNumber}),
	valuesMember("boolean", "about truth values", OfKind{KindBoolean}),
	valuesMember("date", "about days, which are the same everywhere, and instants, which fall on a day in the time zone", OfKind{KindDate, KindDateTime}, "timeZone"),
	valuesMember("list", "about lists of text, such as tags", OfKind{KindText}, "ignoreCase"),
	{Name: "empty", Meaning: "about what is missing or blank", Modifiers: []string{"path", "whenMissing"}},
	{
		Name: "any", Kinds: OfKind{KindObject}, Modifiers: []string{"path", "whenMissing"},
		Meaning: "about lists of objects: the whole of `match` is asked of one element, and its paths start at the element",
	},
	{Name: "segment", Meaning: "about membership in another segment, as that is now"},
	{
		Name: "geo", Kinds: OfKind{KindObject}, present: Within{RadiusKm: everywhere()}, Modifiers: []string{"path", "whenMissing"},
		Meaning: "about points on the earth: objects `{latitude, longitude}` and GeoJSON points",
	},
}

// Members returns the members of FilterInput.
func Members() []Member { return slices.Clone(members) }

// valuesMember is a condition with operators on values of the kinds.
func valuesMember(name, meaning string, kinds OfKind, modifiers ...string) Member {
	return Member{
		Name: name, Meaning: meaning, Kinds: kinds, present: kinds,
		Modifiers: slices.Concat([]string{"path", "whenMissing"}, modifiers),
	}
}

// memberNamed returns the member of that name, which there is.
func memberNamed(name string) Member {
	return members[slices.IndexFunc(members, func(m Member) bool { return m.Name == name })]
}

func isMember(name string) bool {
	return slices.ContainsFunc(members, func(m Member) bool { return m.Name == name })
}

// conditionsOn returns the names of the conditions that are made for a field.
func conditionsOn(f StandardField) []string {
	var names []string
	for _, m := range members {
		if slices.Contains(m.Kinds, f.Kind) && (f.List || m.Name != "list") {
			names = append(names, m.Name)
		}
	}
	return names
}

func memberNames() []string {
	var names []string
	for _, m := range members {
		names = append(names, m.Name)
	}
	return names
}
