package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// responsePath takes the path of a gqlgen error apart: where in the response the error is, and behind that where in the
// arguments or variables.
func responsePath(ctx context.Context, path ast.Path) (response ast.Path, input []any) {
	at := 0
	if len(path) > 0 && path[0] == ast.PathName("variable") {
		at = 1
	} else if graphql.HasOperationContext(ctx) && graphql.GetOperationContext(ctx).Operation != nil {
		set := graphql.GetOperationContext(ctx).Operation.SelectionSet
		for at < len(path) {
			if _, isIndex := path[at].(ast.PathIndex); !isIndex {
				next, ok := selected(set, string(path[at].(ast.PathName)))
				if !ok {
					break
				}
				set = next
			}
			at++
		}
		response = path[:at]
	} else {
		return path, nil
	}
	for _, step := range path[at:] {
		input = append(input, step)
	}
	return response, input
}

func selected(set ast.SelectionSet, alias string) (ast.SelectionSet, bool) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if s.Alias == alias {
				return s.SelectionSet, true
			}
		case *ast.InlineFragment:
			if found, ok := selected(s.SelectionSet, alias); ok {
				return found, true
			}
		case *ast.FragmentSpread:
			if found, ok := selected(s.Definition.SelectionSet, alias); ok {
				return found, true
			}
		}
	}
	return nil, false
}
