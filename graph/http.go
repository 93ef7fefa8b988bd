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

	"segmentql/db"
)

// limited gives each request an ID and a deadline, and refuses bodies that are too large or are no JSON object.
func limited(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), o.Timeout)
		defer cancel()
		ctx = context.WithValue(ctx, requestIDKey{}, rand.Text())
		w.Header().Set("X-Request-Id", requestID(ctx))
		if r.Method == http.MethodPost {
			if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType != "application/json" {
				refuse(w, http.StatusUnsupportedMediaType, db.Errorf(db.BadInput, "send the operation as JSON, with the header Content-Type: application/json"))
				return
			}
			body, err := readObject(http.MaxBytesReader(w, r.Body, o.MaxBody))
			if err != nil {
				status := http.StatusBadRequest
				if err.Code == db.LimitExceeded {
					status = http.StatusRequestEntityTooLarge
				}
				refuse(w, status, err)
				return
			}
			r.Body = body
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
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
	var object map[string]json.RawMessage
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
