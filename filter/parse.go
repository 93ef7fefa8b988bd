package filter

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Fields knows which fields contacts have.
type Fields interface {
	// Known says whether a field at the path was ever seen or declared, and if not, which known path comes
	// nearest ("" when none does).
	Known(path string) (known bool, nearest string)
}

// Parser reads filters. The zero value accepts every custom field, knows no segments and has UTC and the default
// limits.
type Parser struct {
	Fields   Fields         // nil: every field below custom is accepted
	Segments Segments       // nil: there are none
	Of       string         // ID of the segment of which the filter is, so that it is not found to be within itself
	Now      time.Time      // the present, to which dates may be relative
	Zone     *time.Location // of conditions that name none; nil: UTC
	Zones    *Zones         // of conditions that name one; nil: each is loaded anew
	Limits   Limits         // zero: DefaultLimits
}

// Parse reads a filter in its input form, as decoded from JSON or handed over by GraphQL, and lowers it to core
// nodes. All mistakes are reported at once, as Problems; at is the path of the input itself. An error of Segments
// is returned as it is.
func (p Parser) Parse(input any, at ...any) (Node, error) {
	n, _, err := p.Explain(input, at...)
	return n, err
}

// Condition is one condition of a filter, as it stands alone.
type Condition struct {
	At      []any // where in the input it stands
	Path    Path  // empty where it is about a segment
	Holds   Node  // for the contacts for which it holds
	Present Node  // holds for the contacts that have a value of its type
}

// Explain is Parse, and also returns the conditions of the filter in their order; those within any, which are about
// elements and not about contacts, are left out.
func (p Parser) Explain(input any, at ...any) (Node, []Condition, error) {
	if p.Zone == nil {
		p.Zone = time.UTC
	}
	if p.Limits == (Limits{}) {
		p.Limits = DefaultLimits()
	}
	r := &reading{Parser: p}
	if p.Of != "" {
		r.chain = []string{p.Of}
	}
	n := r.filter(input, scope{at: at, depth: 1})
	if r.failure != nil {
		return nil, nil, r.failure
	}
	if len(r.problems) > 0 {
		return nil, nil, r.problems
	}
	return n, r.found, nil
}

// reading is the state of one Parse.
type reading struct {
	Parser
	problems   Problems
	found      []Condition
	conditions int
	groups     int
	full       bool     // the filter is too large: read no further
	chain      []string // IDs of the segments of which this is the filter, from the outside in
	rejected   *Problem // with the first segment that cannot be referred to
	anys       int      // any within any around what is read
	size       int      // bytes of all values
	failure    error    // of Segments
}

// scope is where in the filter the reading is.
type scope struct {
	at    []any
	depth int
	base  Path // within any: the path of the elements
}

func (s scope) in(steps ...any) scope {
	s.at = slices.Concat(s.at, steps)
	return s
}

func (s scope) deeper() scope {
	s.depth++
	return s
}

func (r *reading) problem(s scope, code Code, format string, args ...any) {
	r.problems = append(r.problems, Problem{Path: s.at, Code: code, Message: fmt.Sprintf(format, args...)})
}

// filter reads one FilterInput. After a mistake it returns a node of no meaning.
func (r *reading) filter(input any, s scope) Node {
	if s.depth > r.Limits.Depth {
		r.problem(s, LimitExceeded, "the filter is nested deeper than %d levels; join conditions that stand in nested groups of the same kind", r.Limits.Depth)
		return nil
	}
	name, value, ok := r.onlyMember(input, s)
	if !ok {
		return nil
	}
	s = s.in(name)
	if !r.count(name, s) {
		return nil
	}
	switch name {
	case "and":
		return Conjunction(r.group(value, s)...)
	case "or":
		return Disjunction(r.group(value, s)...)
	case "not":
		return Complement(r.filter(value, s.deeper()))
	}
	fields, ok := r.object(value, s)
	if !ok {
		return nil
	}
	var c Condition
	switch name {
	case "empty":
		c = r.empty(fields, s)
	case "any":
		c = r.any(fields, s)
	case "segment":
		c = r.segment(fields, s)
	default:
		c = r.condition(memberNamed(name), fields, s)
	}
	if s.base.text == "" {
		c.At = s.at
		r.found = append(r.found, c)
	}
	return c.Holds
}

// onlyMember returns the one member that is set, as @oneOf asks.
func (r *reading) onlyMember(input any, s scope) (name string, value any, ok bool) {
	fields, ok := r.object(input, s)
	if !ok {
		return "", nil, false
	}
	names := slices.Sorted(maps.Keys(fields))
	unknown := slices.DeleteFunc(slices.Clone(names), isMember)
	for _, name := range unknown {
		r.unknownName(s.in(name), "a filter", name, memberNames())
	}
	switch {
	case len(unknown) > 0:
	case len(names) == 0:
		r.problem(s, BadInput, "a filter must have one member; set one of %s", strings.Join(memberNames(), ", "))
	case len(names) > 1:
		r.problem(s, BadInput, "a filter has exactly one member, this one has %s; put them into the list of an and or or", strings.Join(names, " and "))
	case fields[names[0]] == nil:
		r.problem(s.in(names[0]), BadInput, "%s must not be null; leave it out or give it a value", names[0])
	default:
		return names[0], fields[names[0]], true
	}
	return "", nil, false
}

// count keeps the size of the filter within its limits, and says so once when it is not.
func (r *reading) count(member string, s scope) bool {
	if r.full {
		return false
	}
	counter, noun := &r.conditions, "conditions"
	if slices.Contains([]string{"and", "or", "not"}, member) {
		counter, noun = &r.groups, "groups"
	}
	if *counter++; *counter > r.Limits.Conditions {
		r.full = true
		r.problem(s, LimitExceeded, "the filter has more than %d %s; use in or hasAny for many values of one field", r.Limits.Conditions, noun)
		return false
	}
	return true
}

func (r *reading) group(value any, s scope) []Node {
	items, isList := value.([]any)
	if !isList {
		// GraphQL takes a single value for a list of one.
		return []Node{r.filter(value, s.deeper())}
	}
	nodes := make([]Node, 0, min(len(items), r.Limits.Conditions))
	for i, item := range items {
		if r.full {
			break
		}
		nodes = append(nodes, r.filter(item, s.in(i).deeper()))
	}
	return nodes
}

func (r *reading) object(value any, s scope) (Object, bool) {
	fields, ok := value.(Object)
	if !ok {
		r.problem(s, BadInput, "expected an object, got %s", describe(value))
	}
	return fields, ok
}

func (r *reading) unknownName(s scope, where, name string, known []string) {
	if near := Nearest(name, known); near != "" {
		r.problem(s, BadInput, "%s has no member %q; did you mean %s?", where, abbreviate(name), near)
		return
	}
	r.problem(s, BadInput, "%s has no member %q; it has %s", where, abbreviate(name), strings.Join(known, ", "))
}

// path reads the member path of a condition whose values are of one of the kinds; no kinds means any. The
// second result is the path as written, which within any is relative to the element.
func (r *reading) path(fields Object, s scope, kinds OfKind) (Path, bool) {
	s = s.in("path")
	text, ok := fields["path"].(string)
	if !ok {
		r.problem(s, BadInput, "a condition needs a path; name a field such as email or custom.plan")
		return Path{}, false
	}
	path, err := ParsePath(text)
	if err != nil {
		r.problem(s, BadInput, "%s", err)
		return Path{}, false
	}
	if s.base.text != "" && IsPosition(path.steps[0]) {
		r.problem(s, BadInput, "a path within any starts with the key of a field, not with a position")
		return Path{}, false
	}
	full := path.under(s.base)
	if err := CheckContactPath(full); err != nil {
		r.problem(s, UnknownField, "%s", err)
		return Path{}, false
	}
	if standard, ok := full.Standard(); ok {
		if len(kinds) > 0 && !slices.Contains(kinds, standard.Kind) {
			r.problem(s, BadInput, "%s holds %s; use %s", full, standard.Kind, strings.Join(conditionsOn(standard), " or "))
			return Path{}, false
		}
		return path, true
	}
	if r.Fields == nil {
		return path, true
	}
	if err := checkKnown(r.Fields, full, s.base); err != nil {
		r.problem(s, UnknownField, "%s", err)
		return Path{}, false
	}
	return path, true
}

// CheckKnown says whether contacts have a field at a path below custom.
func CheckKnown(fields Fields, p Path) error { return checkKnown(fields, p, Path{}) }

// checkKnown suggests paths as they are to be written: relative to base.
func checkKnown(fields Fields, p, base Path) error {
	known, nearest := fields.Known(p.text)
	if known {
		return nil
	}
	if base.text != "" {
		relative, isBelow := strings.CutPrefix(nearest, base.text+".")
		if nearest = relative; !isBelow {
			nearest = ""
		}
	}
	if nearest != "" {
		return fmt.Errorf("no contact has a field %s; did you mean %s?", p, nearest)
	}
	return fmt.Errorf("no contact has a field %s; fields appear when contacts have them, and can be declared before that", p)
}
