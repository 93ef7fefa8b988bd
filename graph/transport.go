package graph

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"segmentql/db"
)

// transport answers operations over HTTP (https://graphql.github.io/graphql-over-http/draft/), each request whole. It
// reads a request once and writes the data as they are, where gqlgen's would encode them a second time.
type transport struct {
	schema  *ast.Schema
	options Options
}

const (
	typeJSON    = "application/json"
	typeGraphQL = "application/graphql-response+json"
)

// Supports says that it does: what is none of its requests is refused.
func (transport) Supports(*http.Request) bool { return true }

// Do answers a request.
func (t transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", methods)
		return
	}
	params, status, refused := read(w, r, t.options.MaxBody)
	if refused != nil {
		refuse(w, status, refused)
		return
	}
	ctx := r.Context()
	operation, errs := t.operation(ctx, exec, params)
	if len(errs) == 0 && r.Method == http.MethodGet && operation.Operation.Operation != ast.Query {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, db.Errorf(db.BadInput, "send mutations by POST"))
		return
	}
	contentType := contentType(strings.Join(r.Header.Values("Accept"), ","))
	w.Header().Set("Content-Type", contentType)
	if len(errs) > 0 {
		w.WriteHeader(statusOf(errs, contentType))
		write(w, exec.DispatchError(graphql.WithOperationContext(ctx, operation), errs))
		return
	}
	respond, ctx := exec.DispatchOperation(ctx, operation)
	response := respond(ctx)
	if response == nil { // the request had ended before
		response = exec.DispatchError(ctx, asGraphQL(ctx.Err()))
	}
	write(w, response)
}

// operation is what the parameters ask for. It has all mistakes in filters where the variables are not valid because of
// them.
func (t transport) operation(ctx context.Context, exec graphql.GraphExecutor, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	operation, errs := exec.CreateOperationContext(ctx, params)
	if len(errs) == 0 && defers(operation.Doc) {
		return operation, asGraphQL(db.Errorf(db.BadInput, "results come whole here; leave out @defer"))
	}
	if len(errs) > 0 && operation.Operation != nil && operation.Variables == nil {
		if found := t.mistakesInVariables(ctx, operation.Operation, params.Variables); len(found) > 0 {
			return operation, found
		}
	}
	return operation, errs
}

// contentType returns the type of an answer to a client that accepts those types: the one that it likes best, the first of
// several.
func contentType(accept string) string {
	if accept == "" {
		return typeJSON
	}
	best, liking := typeGraphQL, 0.0
	for accepted := range strings.SplitSeq(accept, ",") {
		mediaType, parameters, _ := mime.ParseMediaType(accepted)
		quality, err := strconv.ParseFloat(parameters["q"], 64)
		if err != nil {
			quality = 1
		}
		if quality <= liking {
			continue
		}
		switch mediaType {
		case typeGraphQL:
			best, liking = typeGraphQL, quality
		case typeJSON, "application/*", "*/*":
			best, liking = typeJSON, quality
		}
	}
	return best
}

// statusOf returns the status of an answer to an operation that could not be begun.
func statusOf(errs gqlerror.List, contentType string) int {
	switch {
	case errcode.GetErrorKind(errs) != errcode.KindProtocol:
		return http.StatusOK
	case contentType == typeGraphQL:
		return http.StatusBadRequest
	default:
		return http.StatusUnprocessableEntity
	}
}

func write(w http.ResponseWriter, response *graphql.Response) {
	if len(response.Errors) > 0 || len(response.Extensions) > 0 {
		_ = json.NewEncoder(w).Encode(response)
		return
	}
	const before, after = `{"data":`, '}'
	w.Header().Set("Content-Length", strconv.Itoa(len(before)+len(response.Data)+1))
	_, _ = io.WriteString(w, before)
	_, _ = w.Write(append(response.Data, after))
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
