package embedded

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/ncruces/go-sqlite3"

	"segmentql/db"
)

// translate makes a *db.Error of what happened under ctx. It is the one place that knows the errors of the driver.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*db.Error](err); ok {
		return err
	}
	return meaning(ctx, err).Because(err)
}

func meaning(ctx context.Context, err error) *db.Error {
	is := func(codes ...error) bool {
		for _, code := range codes {
			if errors.Is(err, code) {
				return true
			}
		}
		return false
	}
	switch {
	case ctx.Err() != nil, is(context.Canceled, context.DeadlineExceeded, sqlite3.INTERRUPT):
		return db.Errorf(db.Timeout, "the request was ended before it was answered; ask for less at once, or allow it more time")
	case is(sqlite3.FULL):
		return db.Errorf(db.Unavailable, "the disk is full; nothing can be written until there is space again")
	case is(sqlite3.IOERR_WRITE, sqlite3.IOERR_SHMSIZE):
		// The driver does not tell a full disk from a failing one here.
		return db.Errorf(db.Unavailable, "the disk is full or failing; nothing can be written until there is space again")
	case is(sqlite3.CORRUPT, sqlite3.NOTADB):
		return db.Errorf(db.Unavailable, "the file %s in the data directory is damaged; restore it from a backup", databaseFile)
	case is(sqlite3.CANTOPEN, sqlite3.PERM, sqlite3.READONLY):
		return db.Errorf(db.Unavailable, "the file %s in the data directory cannot be opened for writing; check its owner and permissions", databaseFile)
	case is(sqlite3.IOERR):
		return db.Errorf(db.Unavailable, "the disk failed to read or write the file %s in the data directory", databaseFile)
	case is(sqlite3.BUSY, sqlite3.LOCKED):
		return db.Errorf(db.Unavailable, "the file %s in the data directory is locked by another program", databaseFile)
	case is(sqlite3.TOOBIG):
		return db.Errorf(db.LimitExceeded, "the document is too large to be kept")
	default:
		return db.Errorf(db.Internal, "the store failed")
	}
}

// translateFile is translate for what also copies files, into a place that what names.
func translateFile(ctx context.Context, err error, what string) error {
	_, known := errors.AsType[*sqlite3.Error](err)
	if err == nil || ctx.Err() != nil || known {
		return translate(ctx, err)
	}
	if _, ok := errors.AsType[*db.Error](err); ok {
		return err
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return db.Errorf(db.Unavailable, "the disk is full; make space, and try again").Because(err)
	case errors.Is(err, fs.ErrNotExist):
		return db.Errorf(db.BadInput, "%s does not exist", what).Because(err)
	case errors.Is(err, fs.ErrPermission):
		return db.Errorf(db.Unavailable, "%s cannot be written; check its owner and permissions", what).Because(err)
	}
	return translate(ctx, err)
}
