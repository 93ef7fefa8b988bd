package mongodb

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"segmentql/db"
)

// Codes of the server, see https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml and, of unknown
// time zones, src/mongo/db/query/datetime/date_time_support.cpp.
const (
	indexOptionsConflict  = 85
	indexKeySpecsConflict = 86
	snapshotTooOld        = 239
	snapshotUnavailable   = 246
	unknownTimeZone       = 40485
)

// translate makes every error of the driver a *db.Error; nil and those that are one stay as they are.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*db.Error](err); ok {
		return known
	}
	return fault(err).Because(err)
}

func fault(err error) *db.Error {
	_, noServer := errors.AsType[topology.ServerSelectionError](err)
	lostConnections := errors.As(err, new(driver.RetryablePoolError))
	labelled, _ := errors.AsType[mongo.LabeledError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return db.Errorf(db.Timeout, "the request was cancelled")
	case hasCode(err, unknownTimeZone):
		return db.Errorf(db.BadInput, "the database does not know a time zone of the filter; use another one, or bring the database's up to date")
	case hasCode(err, snapshotTooOld), hasCode(err, snapshotUnavailable):
		return db.Errorf(db.Unavailable, "the database does not remember any more how the contacts were when the request began; try again, ask for fewer, or have MongoDB keep more with minSnapshotHistoryWindowInSeconds")
	case mongo.IsDuplicateKeyError(err):
		return db.Errorf(db.Conflict, "somebody else wrote the same at the same time; try again")
	case noServer || lostConnections || errors.Is(err, mongo.ErrClientDisconnected):
		// The driver counts it as a timeout, too, that it found no server in time.
		return unreachable()
	case mongo.IsTimeout(err):
		return db.Errorf(db.Timeout, "the database did not answer in time; try again, or ask for less")
	case mongo.IsNetworkError(err) || labelled != nil && labelled.HasErrorLabel("RetryableWriteError"):
		return unreachable()
	}
	return db.Errorf(db.Internal, "internal error")
}

// translateWrite is translate for contacts, whose one unique field is the email.
func translateWrite(err error) error {
	if mongo.IsDuplicateKeyError(err) {
		return db.EmailTaken().Because(err)
	}
	return translate(err)
}

// isIndexConflict says whether there is an index of the same keys or name that is another one.
func isIndexConflict(err error) bool {
	return hasCode(err, indexOptionsConflict) || hasCode(err, indexKeySpecsConflict)
}

func hasCode(err error, code int) bool {
	server, ok := errors.AsType[mongo.ServerError](err)
	return ok && server.HasErrorCode(code)
}

func unreachable() *db.Error {
	return db.Errorf(db.Unavailable, "the database cannot be reached; try again in a moment")
}
