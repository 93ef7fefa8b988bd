package graph_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"segmentql/filter"
)

// The operator table and the schema name the same operators with the same operands.
func TestSchemaAgreesWithOperatorTable(t *testing.T) {
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	inTable := map[string]filter.Operand{} // by Condition.operator
	for _, op := range filter.Operators() {
		inTable[strings.ToUpper(op.Condition[:1])+op.Condition[1:]+"Condition."+op.Name] = op.Operand
	}
	var members []string
	for _, m := range filter.Members() {
		members = append(members, m.Name)
	}
	var inSchema []string
	for _, field := range schema.Types["FilterInput"].Fields {
		inSchema = append(inSchema, field.Name)
	}
	if slices.Sort(inSchema); !slices.Equal(inSchema, slices.Sorted(slices.Values(members))) {
		t.Errorf("the schema has the members %v, the table %v", inSchema, members)
	}
	for _, m := range filter.Members() {
		if m.Name == "and" || m.Name == "or" || m.Name == "not" {
			continue
		}
		name := strings.ToUpper(m.Name[:1]) + m.Name[1:] + "Condition"
		modifiers := slices.Clone(m.Modifiers)
		for _, field := range schema.Types[name].Fields {
			if i := slices.Index(modifiers, field.Name); i >= 0 {
				modifiers = slices.Delete(modifiers, i, i+1)
				continue
			}
			key := name + "." + field.Name
			if operand, ok := inTable[key]; !ok || operand.String() != strings.TrimSuffix(field.Type.String(), "!") {
				t.Errorf("%s: the schema has the operand %s, the table %q", key, field.Type, operand)
			}
			delete(inTable, key)
		}
		if len(modifiers) > 0 {
			t.Errorf("%s: the schema lacks %v", name, modifiers)
		}
	}
	for key := range inTable {
		t.Errorf("the schema lacks %s", key)
	}
}
