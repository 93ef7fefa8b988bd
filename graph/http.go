package graph

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"segmentql/db"
)

// methods are those that the endpoint knows.
const methods = "GET, POST, OPTIONS"

// limited gives each request an ID and a deadline.
func limited(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), o.Timeout)
		defer cancel()
		ctx = context.WithValue(ctx, requestIDKey{}, rand.Text())
		w.Header().Set("X-Request-Id", requestID(ctx))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// read returns the operation that a request asks for, or with which status it is to be refused.
func read(w http.ResponseWriter, r *http.Request, maxBody int64) (_ *graphql.RawParams, status int, _ *db.Error) {
	switch r.Method {
	case http.MethodGet:
		p, err := readParameters(r.URL.Query())
		return p, http.StatusBadRequest, err
	case http.MethodPost:
		if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType != typeJSON {
			return nil, http.StatusUnsupportedMediaType, db.Errorf(db.BadInput, "send the operation as JSON, with the header Content-Type: application/json")
		}
		p, err := readBody(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil && err.Code == db.LimitExceeded {
			return nil, http.StatusRequestEntityTooLarge, err
		}
		return p, http.StatusBadRequest, err
	}
	w.Header().Set("Allow", methods)
	return nil, http.StatusMethodNotAllowed, db.Errorf(db.BadInput, "send operations by POST, or queries by GET")
}

// readParameters reads an operation from the parameters of a URL.
func readParameters(values url.Values) (*graphql.RawParams, *db.Error) {
	p := &graphql.RawParams{Query: values.Get("query"), OperationName: values.Get("operationName")}
	for name, object := range map[string]*map[string]any{"variables": &p.Variables, "extensions": &p.Extensions} {
		if text := values.Get(name); text != "" && decode([]byte(text), object) != nil {
			return nil, db.Errorf(db.BadInput, "%s is not a JSON object", name)
		}
	}
	return p, nil
}

// readBody reads an operation from a body that is one JSON object.
func readBody(body io.Reader) (*graphql.RawParams, *db.Error) {
	data, err := io.ReadAll(body)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, db.Errorf(db.LimitExceeded, "a request has at most %d bytes; send several", tooLarge.Limit)
	}
	if err != nil {
		return nil, db.Errorf(db.BadInput, "the request could not be read to its end")
	}
	var p *graphql.RawParams
	if err := decode(data, &p); err != nil || p == nil {
		return nil, db.Errorf(db.BadInput, `the body is not a JSON object like {"query": "{ segments { nodes { name } } }"}`)
	}
	return p, nil
}

// decode reads one JSON text, with its numbers exact.
func decode(data []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one JSON text")
	}
	return nil
}

// refuse answers a request that is no GraphQL operation.
func refuse(w http.ResponseWriter, status int, err *db.Error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{
		"message": err.Message, "extensions": map[string]any{"code": err.Code},
	}}})
}

// Refuse answers a request that is no GraphQL operation with what is wrong, which may be several errors that were joined.
func Refuse(ctx context.Context, w http.ResponseWriter, log *slog.Logger, err error) {
	all := mistakes(err)
	shown := make(gqlerror.List, len(all))
	for i, mistake := range all {
		shown[i] = present(log)(ctx, mistake)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(httpStatus(all[0].Code))
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": shown}) // where it fails, nobody is there to be told
}

type requestIDKey struct{}

// requestID names a request in the log and in the errors that the client sees.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
