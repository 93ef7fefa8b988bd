package command

import (
	"errors"
	"log/slog"
	"net/http"

	"segmentql/db"
)

// refusal is an error as clients see it, in the form of GraphQL's.
type refusal struct {
	Message    string     `json:"message"`
	Extensions extensions `json:"extensions"`
}

type extensions struct {
	Code db.Code `json:"code"`
	Path []any   `json:"path,omitempty"`
}

// refuse answers with what is wrong, which may be several errors that were joined, and nothing of what is behind it.
func refuse(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	var shown []refusal
	status := 0
	for _, e := range apart(err) {
		known, ok := errors.AsType[*db.Error](e)
		if !ok || known.Code == db.Internal {
			known = db.Errorf(db.Internal, "internal error").Because(e)
		}
		if db.StoreFailed(known) {
			log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "code", known.Code, "cause", known.Error())
		}
		status = max(status, statusOf(known.Code))
		shown = append(shown, refusal{known.Message, extensions{known.Code, known.Path}})
	}
	writeJSON(w, status, map[string]any{"errors": shown})
}

// apart takes joined errors apart.
func apart(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, apart(e)...)
	}
	return all
}

// statusOf is the status of HTTP for a code.
func statusOf(code db.Code) int {
	switch code {
	case db.BadInput, db.UnknownField:
		return http.StatusBadRequest
	case db.NotFound:
		return http.StatusNotFound
	case db.Conflict:
		return http.StatusConflict
	case db.LimitExceeded:
		return http.StatusRequestEntityTooLarge
	case db.Unavailable:
		return http.StatusServiceUnavailable
	case db.Timeout:
		return http.StatusGatewayTimeout
	case db.Internal:
	}
	return http.StatusInternalServerError
}
