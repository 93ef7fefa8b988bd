package filter

import (
	"slices"
	"strings"
)

// Operator is one row of the operator table: everything the language knows of one operator.
type Operator struct {
	Condition string // the member of FilterInput in which it stands: text, number …
	Name      string
	Operand   Operand
	Negates   string // of a negative operator: the positive one of which it is the complement
	Meaning   string // of a condition with this operator: "the value …"
	Example   Example

	// One of the two lowers an operand that was read. A test is asked of one value: all positive tests of a
	// condition must pass for the same one. A rule is asked of the contact. The operators of empty, any and segment
	// have neither: such a condition is read as a whole.
	test func(c *condition, operand any) Test
	rule func(c *condition, operand any) Node
}

// AsksOneValue says whether the operator is asked of one value, together with all others of which that is so.
func (o Operator) AsksOneValue() bool { return o.test != nil && o.Negates == "" }

// Example is a use of an operator.
type Example struct {
	Path    string // "" in a condition on a segment
	Operand string // as JSON
	With    string // other members that the condition needs, as JSON
}

// ExampleFilter returns the condition of the example, as JSON in the form of FilterInput.
func (o Operator) ExampleFilter() string {
	var members []string
	if o.Example.Path != "" {
		members = append(members, `"path": "`+o.Example.Path+`"`)
	}
	if o.Example.With != "" {
		members = append(members, o.Example.With)
	}
	members = append(members, `"`+o.Name+`": `+o.Example.Operand)
	return `{"` + o.Condition + `": {` + strings.Join(members, ", ") + `}}`
}

// operators is the operator table; it is never changed.
var operators = slices.Concat(
	textOperators(), numberOperators(), booleanOperators(), dateOperators(), listOperators(), geoOperators(), wholeOperators(),
)

// Operators returns the operator table.
func Operators() []Operator { return slices.Clone(operators) }

// operatorsOf returns the rows of one condition, which stand together in the table; they must not be changed.
func operatorsOf(condition string) []Operator {
	begin := 0
	for operators[begin].Condition != condition {
		begin++
	}
	end := begin
	for end < len(operators) && operators[end].Condition == condition {
		end++
	}
	return operators[begin:end:end]
}

func operatorNames(condition string) []string {
	var names []string
	for _, op := range operatorsOf(condition) {
		names = append(names, op.Name)
	}
	return names
}

// OperatorsFor returns the operators that can be asked of a field with values of the kinds; KindList is among them
// where values are in lists.
func OperatorsFor(kinds []Kind) []Operator {
	isList := slices.Contains(kinds, KindList)
	var applicable []Operator
	for _, m := range members {
		sees := slices.ContainsFunc(m.Kinds, func(k Kind) bool { return slices.Contains(kinds, k) })
		switch m.Name {
		case "list", "any":
			sees = sees && isList
		case "empty":
			sees = true
		}
		if sees {
			applicable = append(applicable, operatorsOf(m.Name)...)
		}
	}
	return applicable
}

// of puts operators that are asked of a field into a condition.
func of(condition, path string, rows ...Operator) []Operator {
	for i := range rows {
		rows[i].Condition, rows[i].Example.Path = condition, path
	}
	return rows
}

// withComplements adds to each positive operator its negative: equals → notEquals.
func withComplements(positives ...Operator) []Operator {
	var both []Operator
	for _, op := range positives {
		negative := op
		negative.Name, negative.Negates = negativeName(op.Name), op.Name
		negative.Meaning = "no value " + op.Meaning
		both = append(both, op, negative)
	}
	return both
}

func negativeName(positive string) string {
	return "not" + string(positive[0]-'a'+'A') + positive[1:]
}

// wholeOperators are those of the conditions that are read as a whole.
func wholeOperators() []Operator {
	return slices.Concat(
		of("empty", "custom.plan",
			Operator{Name: "is", Operand: BooleanOperand, Example: Example{Operand: `true`}, Meaning: "every value is missing, null, an empty text or an empty list; with `false`, some value is not"},
		),
		of("any", "custom.orders",
			Operator{Name: "match", Operand: FilterOperand, Example: Example{Operand: `{"number": {"path": "total", "gte": 50}}`}, Meaning: "an element for which the whole filter holds is in the list"},
			Operator{Name: "count", Operand: CountOperand, Example: Example{Operand: `{"min": 3}`, With: `"match": {"number": {"path": "total", "gte": 50}}`}, Meaning: "the number of elements for which `match` holds is in the range, both ends included"},
		),
		of("segment", "",
			Operator{Name: "id", Operand: SegmentOperand, Example: Example{Operand: `"seg_01"`}, Meaning: "the contact is a member of the segment"},
			Operator{Name: "member", Operand: BooleanOperand, Example: Example{Operand: `false`, With: `"id": "seg_01"`}, Meaning: "with `false`, the contact is not a member of the segment"},
		),
	)
}
