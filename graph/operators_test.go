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
	modifiers := []string{"path", "whenMissing", "ignoreCase", "timeZone"}
	for _, name := range []string{"TextCondition", "NumberCondition", "BooleanCondition", "DateCondition", "ListCondition", "EmptyCondition", "AnyCondition", "SegmentCondition", "GeoCondition"} {
		for _, field := range schema.Types[name].Fields {
			if slices.Contains(modifiers, field.Name) {
				continue
			}
			key := name + "." + field.Name
			if operand, ok := inTable[key]; !ok || operand.String() != field.Type.Name() && operand.String() != field.Type.String() {
				t.Errorf("%s: the schema has the operand %s, the table %q", key, field.Type, operand)
			}
			delete(inTable, key)
		}
	}
	for key := range inTable {
		t.Errorf("the schema lacks %s", key)
	}
}
