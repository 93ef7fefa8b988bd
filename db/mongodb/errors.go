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
	_, noServer := errors.AsType[topology.ServerSelectionError](err)
	labelled, _ := errors.AsType[mongo.LabeledError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return db.Errorf(db.Timeout, "the request was cancelled")
	case mongo.IsDuplicateKeyError(err):
		return db.Errorf(db.Conflict, "somebody else wrote the same at the same time; try again")
	case noServer || errors.Is(err, mongo.ErrClientDisconnected):
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

func unreachable() *db.Error {
	return db.Errorf(db.Unavailable, "the database cannot be reached; try again in a moment")
}
