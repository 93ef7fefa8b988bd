package db

import (
	"errors"
	"fmt"
	"slices"
)

// Code says what kind of failure an Error is. The values are those of the API's extensions.code.
type Code string

// The codes.
const (
	BadInput      Code = "BAD_USER_INPUT"
	UnknownField  Code = "UNKNOWN_FIELD"
	NotFound      Code = "NOT_FOUND"
	Conflict      Code = "CONFLICT"
	LimitExceeded Code = "LIMIT_EXCEEDED"
	Timeout       Code = "TIMEOUT"
	Unavailable   Code = "UNAVAILABLE"
	Internal      Code = "INTERNAL"
)

// Error is the one error type that stores return. Its message is for the user and never has a driver's text; the
// cause is for the log.
type Error struct {
	Code    Code
	Message string   // what is wrong and how to mend it
	Path    []any    // of an input mistake: from the entity that was written
	Version int64    // of a conflict by a stale version: the current one
	IDs     []string // of a conflict with other things: theirs
	cause   error
}

// Error returns the message, and the cause where there is one.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %v", e.Message, e.cause)
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Errorf makes an Error with a message for the user.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// At returns a copy of the error that names where in the entity the mistake is.
func (e *Error) At(path ...any) *Error {
	located := *e
	located.Path = slices.Concat(path, e.Path)
	return &located
}

// Because returns a copy of the error with its cause.
func (e *Error) Because(cause error) *Error {
	caused := *e
	caused.cause = cause
	return &caused
}

// CodeOf returns the code of an error: Internal for one that is not an Error.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// StoreFailed says whether an error is a store's own, and none of the input's fault.
func StoreFailed(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Code == Internal || e.Code == Timeout || e.Code == Unavailable)
}

func staleVersion(current int64) *Error {
	e := Errorf(Conflict, "it was changed in the meantime: the current version is %d; read it again and repeat the change", current)
	e.Version = current
	return e
}
