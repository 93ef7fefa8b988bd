package graph

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"segmentql/db"
)

// limited gives each request an ID and a deadline, and refuses what is not a GraphQL request or is too large.
func limited(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), o.Timeout)
		defer cancel()
		ctx = context.WithValue(ctx, requestIDKey{}, rand.Text())
		w.Header().Set("X-Request-Id", requestID(ctx))
		if status, err := check(w, r, o.MaxBody); err != nil {
			refuse(w, status, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// check says with which status a request is to be refused. It replaces the body by one that was read to its end.
func check(w http.ResponseWriter, r *http.Request, maxBody int64) (status int, _ *db.Error) {
	switch r.Method {
	case http.MethodOptions:
		return 0, nil
	case http.MethodGet:
		return checkQuery(r.URL.Query())
	case http.MethodPost:
		if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType != "application/json" {
			return http.StatusUnsupportedMediaType, db.Errorf(db.BadInput, "send the operation as JSON, with the header Content-Type: application/json")
		}
		body, err := readObject(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil && err.Code == db.LimitExceeded {
			return http.StatusRequestEntityTooLarge, err
		}
		r.Body = body
		return http.StatusBadRequest, err
	}
	w.Header().Set("Allow", "GET, POST, OPTIONS")
	return http.StatusMethodNotAllowed, db.Errorf(db.BadInput, "send operations by POST, or queries by GET")
}

// checkQuery checks the parameters of a GET request, which must be a query.
func checkQuery(parameters url.Values) (status int, _ *db.Error) {
	for _, name := range []string{"variables", "extensions"} {
		text := parameters.Get(name)
		if text != "" && json.Unmarshal([]byte(text), new(map[string]json.RawMessage)) != nil {
			return http.StatusBadRequest, db.Errorf(db.BadInput, "%s is not a JSON object", name)
		}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: parameters.Get("query")}, maxTokens)
	if err != nil {
		return 0, nil // gqlgen says what is wrong
	}
	if operation := doc.Operations.ForName(parameters.Get("operationName")); operation != nil && operation.Operation != ast.Query {
		return http.StatusMethodNotAllowed, db.Errorf(db.BadInput, "send mutations by POST")
	}
	return 0, nil
}

// readObject reads a body that is one JSON object.
func readObject(body io.Reader) (io.ReadCloser, *db.Error) {
	data, err := io.ReadAll(body)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, db.Errorf(db.LimitExceeded, "a request has at most %d bytes; send several", tooLarge.Limit)
	}
	if err != nil {
		return nil, db.Errorf(db.BadInput, "the request could not be read to its end")
	}
	var object *struct {
		Query, OperationName  string
		Variables, Extensions map[string]json.RawMessage
	}
	if err := json.Unmarshal(data, &object); err != nil || object == nil {
		return nil, db.Errorf(db.BadInput, `the body is not a JSON object like {"query": "{ segments { nodes { name } } }"}`)
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// refuse answers a request that is no GraphQL operation.
func refuse(w http.ResponseWriter, status int, err *db.Error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{
		"message": err.Message, "extensions": map[string]any{"code": err.Code},
	}}})
}

type requestIDKey struct{}

// requestID names a request in the log and in the errors that the client sees.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
