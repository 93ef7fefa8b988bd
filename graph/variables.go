package graph

import (
	"context"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"segmentql/segment"
)

// mistakesInVariables are all mistakes in the filters that are sent as variables. GraphQL's own check of variables ends
// at the first, which has neither a code nor a way to mend it.
func (t transport) mistakesInVariables(ctx context.Context, operation *ast.OperationDefinition, variables map[string]any) gqlerror.List {
	parser, err := t.options.parser(ctx)
	if err != nil {
		return asGraphQL(err)
	}
	parser.Limits = t.options.Limits
	var found gqlerror.List
	for _, v := range operation.VariableDefinitions {
		at := argumentPath(operation, v.Variable)
		found = append(found, t.mistakes(parser, v.Type, variables[v.Variable], at)...)
	}
	return found
}

// mistakes are those in the filters within a value of the type.
func (t transport) mistakes(parser segment.Parser, of *ast.Type, value any, at []any) gqlerror.List {
	var found gqlerror.List
	switch v := value.(type) {
	case nil:
	case []any:
		for i, item := range v {
			if of.Elem != nil {
				found = append(found, t.mistakes(parser, of.Elem, item, slices.Concat(at, []any{i}))...)
			}
		}
	case map[string]any:
		definition := t.schema.Types[of.Name()]
		if definition.Name == "FilterInput" {
			_, err := parser.Parse(v, at...)
			return asGraphQL(err)
		}
		for _, field := range definition.Fields {
			found = append(found, t.mistakes(parser, field.Type, v[field.Name], slices.Concat(at, []any{field.Name}))...)
		}
	}
	return found
}

// argumentPath returns where in the arguments of a field the variable stands.
func argumentPath(operation *ast.OperationDefinition, variable string) []any {
	var path []any
	var inValue func(v *ast.Value, at []any) bool
	inValue = func(v *ast.Value, at []any) bool {
		if v.Kind == ast.Variable && v.Raw == variable {
			path = at
			return true
		}
		for i, child := range v.Children {
			step := any(child.Name)
			if v.Kind == ast.ListValue {
				step = i
			}
			if inValue(child.Value, slices.Concat(at, []any{step})) {
				return true
			}
		}
		return false
	}
	visited := map[string]bool{} // fragments
	var inSelections func(ast.SelectionSet) bool
	inSelections = func(set ast.SelectionSet) bool {
		for f := range fieldsIn(set, visited) {
			inArgument := func(a *ast.Argument) bool { return inValue(a.Value, []any{a.Name}) }
			if slices.ContainsFunc(f.Arguments, inArgument) || inSelections(f.SelectionSet) {
				return true
			}
		}
		return false
	}
	inSelections(operation.SelectionSet)
	return path
}
