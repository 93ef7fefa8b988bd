package graph

import (
	"context"
	"iter"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// responsePath takes the path of a gqlgen error apart: where in the response the error is, and behind that where in the
// arguments or variables.
func responsePath(ctx context.Context, path ast.Path) (response ast.Path, input []any) {
	at := 0
	switch {
	case len(path) > 0 && path[0] == ast.PathName("variable"):
		at = 1
	case !graphql.HasOperationContext(ctx) || graphql.GetOperationContext(ctx).Operation == nil:
		return path, nil
	default:
		at = depth(graphql.GetOperationContext(ctx).Operation.SelectionSet, path)
		response = path[:at]
	}
	for _, step := range path[at:] {
		input = append(input, step)
	}
	return response, input
}

// depth returns how many steps of the path lead through the selections.
func depth(set ast.SelectionSet, path ast.Path) int {
	for i, step := range path {
		name, isName := step.(ast.PathName)
		if !isName {
			continue // a position in a list
		}
		next, ok := selected(set, string(name))
		if !ok {
			return i
		}
		set = next
	}
	return len(path)
}

// selected returns what is selected within the fields of that alias, which are one in the response.
func selected(set ast.SelectionSet, alias string) (within ast.SelectionSet, found bool) {
	for f := range fieldsIn(set, map[string]bool{}) {
		if f.Alias == alias {
			within, found = append(within, f.SelectionSet...), true
		}
	}
	return within, found
}

// fieldsIn yields the fields of a selection and of its fragments, but not of fragments that were visited.
func fieldsIn(set ast.SelectionSet, visited map[string]bool) iter.Seq[*ast.Field] {
	return func(yield func(*ast.Field) bool) {
		for _, selection := range set {
			inner := ast.SelectionSet(nil)
			switch s := selection.(type) {
			case *ast.Field:
				if !yield(s) {
					return
				}
			case *ast.InlineFragment:
				inner = s.SelectionSet
			case *ast.FragmentSpread:
				if !visited[s.Name] {
					visited[s.Name] = true
					inner = s.Definition.SelectionSet
				}
			}
			for f := range fieldsIn(inner, visited) {
				if !yield(f) {
					return
				}
			}
		}
	}
}
