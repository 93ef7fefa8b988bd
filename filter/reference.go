package filter

import (
	"fmt"
	"slices"
	"strings"
)

// Segments knows the segments that a filter may refer to.
type Segments interface {
	// Segment returns the segment with the ID, and whether there is one.
	Segment(id string) (s SavedFilter, known bool, err error)
}

// SavedFilter is the filter of a segment.
type SavedFilter struct {
	Name   string // of the segment
	Static bool   // its members are listed, see SegmentsField; there is no Input
	Input  any    // the filter in its input form
}

// MemberOf holds for the members of the static segment.
func MemberOf(id string) Node {
	return Has{MustPath(SegmentsField), NewOneOf([]any{id}, false)}
}

// References returns the IDs of the segments to which a filter in its input form refers, each once. The filter
// need not be valid.
func References(input any) []string {
	var ids []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case Object:
			for _, group := range []string{"and", "or", "not"} {
				walk(v[group])
			}
			if condition, ok := v["segment"].(Object); ok {
				if id, ok := condition["id"].(string); ok && !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
	}
	walk(input)
	return ids
}

// Paths returns the paths of which a filter in its input form asks contacts, those within any led on from the path of the
// list. The filter need not be valid.
func Paths(input any) []string {
	var paths []string
	var walk func(v any, base string)
	walk = func(v any, base string) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item, base)
			}
		case Object:
			for member, operand := range v {
				condition, isCondition := operand.(Object)
				if member == "and" || member == "or" || member == "not" || !isCondition {
					walk(operand, base)
					continue
				}
				if path, ok := condition["path"].(string); ok {
					paths = append(paths, base+path)
					walk(condition["match"], base+path+".")
				}
			}
		}
	}
	walk(input, "")
	return paths
}

// segment reads {id, member}: the filter of the other segment takes the place of the condition.
func (r *reading) segment(fields Object, s scope) Condition {
	r.checkNames("segment", fields, s)
	c := Condition{Holds: Const(false), Present: Const(true)}
	member := r.flag(fields, "member", true, s)
	id, ok := fields["id"].(string)
	switch {
	case !ok:
		r.problem(s.in("id"), BadInput, "a segment condition needs the id of a segment, got %s", describe(fields["id"]))
	case s.base.text != "":
		r.problem(s, BadInput, "a contact is a member of a segment, an element of a list is not; put the condition outside of any")
	default:
		c.Holds = r.inlined(id, s.in("id"))
	}
	if !member {
		c.Holds = Complement(c.Holds)
	}
	return c
}

// inlined returns the node of another segment's filter. Its depth and its conditions count as if they stood here.
func (r *reading) inlined(id string, s scope) Node {
	saved, known := r.lookUp(id)
	if !known {
		r.problem(s, NotFound, "there is no segment with the ID %q; name one that there is", abbreviate(id))
		return nil
	}
	if saved.Static {
		return MemberOf(id)
	}
	chain := append(slices.Clone(r.chain), id)
	if start := slices.Index(r.chain, id); start >= 0 {
		r.reject(s, Problem{Code: BadInput, Message: r.describeCycle(chain[start:])})
		return nil
	}
	inner := &reading{Parser: r.Parser, chain: chain, conditions: r.conditions, groups: r.groups, size: r.size}
	// What is saved was within the limits of its time; how large the whole becomes is not its fault alone.
	inner.Limits = DefaultLimits()
	inner.Limits.Depth, inner.Limits.Conditions = r.Limits.Depth, r.Limits.Conditions
	n := inner.filter(saved.Input, scope{depth: s.depth})
	r.conditions, r.groups, r.size, r.full, r.failure = inner.conditions, inner.groups, inner.size, inner.full, inner.failure
	if len(inner.problems) == 0 {
		return n
	}
	switch first := inner.problems[0]; {
	case inner.rejected != nil:
		r.reject(s, *inner.rejected)
	case first.Code == LimitExceeded:
		r.reject(s, Problem{Code: first.Code, Message: "with the segments to which it refers, " + first.Message})
	default:
		r.reject(s, Problem{Code: first.Code, Message: fmt.Sprintf("the filter of the segment %q is not valid, and is to be mended first: %s", saved.Name, inner.problems[:1])})
	}
	return nil
}

// reject reports what is wrong with a segment that is referred to. It says the same for each reference on the way.
func (r *reading) reject(s scope, p Problem) {
	r.problem(s, p.Code, "%s", p.Message)
	if r.rejected == nil {
		r.rejected = &p
	}
}

func (r *reading) lookUp(id string) (SavedFilter, bool) {
	if r.Segments == nil || r.failure != nil {
		return SavedFilter{}, false
	}
	saved, known, err := r.Segments.Segment(id)
	r.failure = err
	return saved, known && err == nil
}

// describeCycle says how segments refer to each other; the first and the last of them are the same.
func (r *reading) describeCycle(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		saved, _ := r.lookUp(id)
		names[i] = fmt.Sprintf("%q", saved.Name)
	}
	if len(names) == 2 {
		return fmt.Sprintf("the segment %s must not refer to itself; take the reference out", names[0])
	}
	return fmt.Sprintf("segments must not refer to each other in a circle: %s; take one of these references out", strings.Join(names, " → "))
}
