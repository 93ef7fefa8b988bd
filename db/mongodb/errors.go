package mongodb

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"segmentql/db"
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
	switch {
	case errors.Is(err, context.Canceled):
		return db.Errorf(db.Timeout, "the request was cancelled")
	case mongo.IsDuplicateKeyError(err):
		return db.EmailTaken()
	case isUnavailable(err):
		return db.Errorf(db.Unavailable, "the database cannot be reached; try again in a moment")
	case mongo.IsTimeout(err):
		return db.Errorf(db.Timeout, "the database did not answer in time; try again, or ask for less")
	}
	return db.Errorf(db.Internal, "internal error")
}

// isUnavailable says whether no server that could answer was found. Some of these errors count as timeouts, too.
func isUnavailable(err error) bool {
	if selection, ok := errors.AsType[topology.ServerSelectionError](err); ok {
		return selection.Wrapped != nil
	}
	if labelled, ok := errors.AsType[mongo.LabeledError](err); ok && labelled.HasErrorLabel("RetryableWriteError") {
		return true
	}
	return mongo.IsNetworkError(err) && !mongo.IsTimeout(err) || errors.Is(err, mongo.ErrClientDisconnected)
}
