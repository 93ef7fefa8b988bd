package graph

import (
	"context"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"segmentql/db"
	"segmentql/segment"
)

// exactTransport reports all mistakes in filters that are sent as variables. GraphQL's own check of variables ends at
// the first, which has neither a code nor a way to mend it.
type exactTransport struct {
	graphql.Transport
	schema  *ast.Schema
	options Options
}

// Do handles a request.
func (t exactTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	t.Transport.Do(w, r, exactExecutor{exec, t})
}

type exactExecutor struct {
	graphql.GraphExecutor
	exactTransport
}

// CreateOperationContext fails with the mistakes in filters where the variables are not valid because of them.
func (e exactExecutor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	operation, errs := e.GraphExecutor.CreateOperationContext(ctx, params)
	if len(errs) == 0 && defers(operation.Doc) {
		// Over these transports gqlgen would send the first part only.
		return operation, asGraphQL(db.Errorf(db.BadInput, "results come whole here; leave out @defer"))
	}
	if len(errs) == 0 || operation.Operation == nil || operation.Variables != nil {
		return operation, errs
	}
	parser, err := e.options.parser(ctx)
	if err != nil {
		return operation, asGraphQL(err)
	}
	parser.Limits = e.options.Limits
	var found gqlerror.List
	for _, v := range operation.Operation.VariableDefinitions {
		at := argumentPath(operation.Operation, v.Variable)
		found = append(found, e.mistakes(parser, v.Type, params.Variables[v.Variable], at)...)
	}
	if len(found) > 0 {
		return operation, found
	}
	return operation, errs
}

// mistakes are those in the filters within a value of the type.
func (e exactExecutor) mistakes(parser segment.Parser, t *ast.Type, value any, at []any) gqlerror.List {
	var found gqlerror.List
	switch v := value.(type) {
	case nil:
	case []any:
		for i, item := range v {
			if t.Elem != nil {
				found = append(found, e.mistakes(parser, t.Elem, item, slices.Concat(at, []any{i}))...)
			}
		}
	case map[string]any:
		definition := e.schema.Types[t.Name()]
		if definition.Name == "FilterInput" {
			_, err := parser.Parse(v, at...)
			return asGraphQL(err)
		}
		for _, field := range definition.Fields {
			found = append(found, e.mistakes(parser, field.Type, v[field.Name], slices.Concat(at, []any{field.Name}))...)
		}
	}
	return found
}

// defers says whether @defer stands in the document.
func defers(doc *ast.QueryDocument) bool {
	var within func(ast.SelectionSet) bool
	within = func(set ast.SelectionSet) bool {
		return slices.ContainsFunc(set, func(selection ast.Selection) bool {
			switch s := selection.(type) {
			case *ast.Field:
				return within(s.SelectionSet)
			case *ast.InlineFragment:
				return s.Directives.ForName("defer") != nil || within(s.SelectionSet)
			case *ast.FragmentSpread:
				return s.Directives.ForName("defer") != nil
			}
			return false
		})
	}
	return slices.ContainsFunc(doc.Operations, func(o *ast.OperationDefinition) bool { return within(o.SelectionSet) }) ||
		slices.ContainsFunc(doc.Fragments, func(f *ast.FragmentDefinition) bool { return within(f.SelectionSet) })
}

func asGraphQL(err error) gqlerror.List {
	if err == nil {
		return nil
	}
	var list gqlerror.List
	for _, mistake := range mistakes(err) {
		e := gqlerror.WrapIfUnwrapped(mistake)
		errcode.Set(e, errcode.ValidationFailed)
		list = append(list, e)
	}
	return list
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
	var inSelections func(ast.SelectionSet) bool
	inSelections = func(set ast.SelectionSet) bool {
		return slices.ContainsFunc(set, func(selection ast.Selection) bool {
			switch s := selection.(type) {
			case *ast.Field:
				return slices.ContainsFunc(s.Arguments, func(a *ast.Argument) bool { return inValue(a.Value, []any{a.Name}) }) ||
					inSelections(s.SelectionSet)
			case *ast.InlineFragment:
				return inSelections(s.SelectionSet)
			case *ast.FragmentSpread:
				return inSelections(s.Definition.SelectionSet)
			}
			return false
		})
	}
	inSelections(operation.SelectionSet)
	return path
}
