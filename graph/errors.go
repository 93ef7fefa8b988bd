package graph

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"segmentql/db"
	"segmentql/filter"
)

// fail hands the error of a resolver to the client: each mistake in an input becomes an error of its own, and what is
// no *db.Error is internal.
func fail(ctx context.Context, err error) error {
	all := mistakes(err)
	for _, e := range all[:len(all)-1] {
		graphql.AddError(ctx, e)
	}
	return all[len(all)-1]
}

// mistakes takes an error apart.
func mistakes(err error) []*db.Error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*db.Error
		for _, e := range joined.Unwrap() {
			all = append(all, mistakes(e)...)
		}
		return all
	}
	if problems, ok := errors.AsType[filter.Problems](err); ok {
		all := make([]*db.Error, len(problems))
		for i, p := range problems {
			all[i] = db.Errorf(db.Code(p.Code), "%s", p.Message).At(p.Path...)
		}
		return all
	}
	if known, ok := errors.AsType[*db.Error](err); ok {
		return []*db.Error{known}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return []*db.Error{db.Errorf(db.Timeout, "the request took too long; try again, or ask for less").Because(err)}
	}
	return []*db.Error{db.Errorf(db.Internal, "internal error").Because(err)}
}

// at puts where an input stands before where in it the mistake is.
func at(err error, path ...any) error {
	if e, ok := errors.AsType[*db.Error](err); ok {
		return e.At(path...)
	}
	return err
}

// inInput is at for mutations, whose only argument is input. Errors that are not about it stay as they are.
func inInput(err error) error {
	if e, ok := errors.AsType[*db.Error](err); ok && len(e.Path) > 0 {
		return e.At("input")
	}
	return err
}

// present gives errors the form that clients see: a code, a sentence, and nothing of what is behind them.
func present(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := &gqlerror.Error{Extensions: map[string]any{}}
		if original, ok := errors.AsType[*gqlerror.Error](err); ok {
			var input []any
			shown.Path, input = responsePath(ctx, original.Path)
			shown.Locations = original.Locations
			if len(input) > 0 {
				shown.Extensions["path"] = input
			}
			shown.Message, shown.Extensions["code"] = original.Message, protocolCode(original)
			err = original.Err
		}
		if err == nil {
			return shown
		}
		known, ok := errors.AsType[*db.Error](err)
		if !ok {
			// Resolvers return nothing else; this is of an argument that could not be read.
			shown.Message, shown.Extensions["code"] = err.Error(), db.BadInput
			return shown
		}
		shown.Message, shown.Extensions["code"] = known.Message, known.Code
		if len(known.Path) > 0 {
			shown.Extensions["path"] = known.Path
		}
		if known.Version > 0 {
			shown.Extensions["version"] = known.Version
		}
		if len(known.IDs) > 0 {
			shown.Extensions["ids"] = known.IDs
		}
		switch known.Code {
		case db.Internal:
			shown.Message, shown.Extensions["requestId"] = "internal error", requestID(ctx)
			log.ErrorContext(ctx, "internal error", "requestId", requestID(ctx), "path", shown.Path.String(), "cause", known.Error())
		case db.Unavailable, db.Timeout:
			log.WarnContext(ctx, "request failed", "requestId", requestID(ctx), "code", known.Code, "cause", known.Error())
		case db.BadInput, db.UnknownField, db.NotFound, db.Conflict, db.LimitExceeded:
		}
		return shown
	}
}

// httpStatus is the status of an answer that is an error and no GraphQL.
func httpStatus(code db.Code) int {
	switch code {
	case db.BadInput, db.UnknownField:
		return http.StatusBadRequest
	case db.LimitExceeded:
		return http.StatusRequestEntityTooLarge
	case db.NotFound:
		return http.StatusNotFound
	case db.Conflict:
		return http.StatusConflict
	case db.Timeout:
		return http.StatusGatewayTimeout
	case db.Unavailable:
		return http.StatusServiceUnavailable
	case db.Internal:
	}
	return http.StatusInternalServerError
}

// protocolCode maps the codes of gqlgen. Those of persisted queries stay: clients wait for them.
func protocolCode(err *gqlerror.Error) any {
	switch code := err.Extensions["code"]; code {
	case nil, errcode.ValidationFailed, errcode.ParseFailed:
		if strings.HasPrefix(err.Message, "exceeded ") { // the parser's limits of tokens and nesting
			return db.LimitExceeded
		}
		return db.BadInput
	case "COMPLEXITY_LIMIT_EXCEEDED":
		return db.LimitExceeded
	default:
		return code
	}
}
