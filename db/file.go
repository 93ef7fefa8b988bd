package db

import (
	"context"
	"errors"
	"io"
	"regexp"
)

// Files are what was sent to a workspace for its jobs. A job's file has the job's ID, so that it goes with the job.
type Files interface {
	// SaveFile stores what r has as the file of that ID, in place of one that there is. Where r or it fails, or the
	// process dies, the file is not there, or is the one that was there before.
	SaveFile(ctx context.Context, id string, r io.Reader) (size int64, err error)

	// OpenFile returns the content of a file, which the caller closes. It fails with NotFound.
	OpenFile(ctx context.Context, id string) (io.ReadCloser, error)

	// DeleteFile deletes a file where there is one.
	DeleteFile(ctx context.Context, id string) error
}

var fileID = regexp.MustCompile(`^[a-z0-9_]{1,100}$`)

// CheckFileID fails for an ID that may not be the name of a file.
func CheckFileID(id string) error {
	if !fileID.MatchString(id) {
		return NoSuchFile()
	}
	return nil
}

// NoSuchFile is the error for an ID that names no file of the workspace.
func NoSuchFile() *Error { return Errorf(NotFound, "there is no such file") }

// Received reads what is sent, as long as ctx does not end. It fails with an *Error.
func Received(ctx context.Context, r io.Reader) io.Reader { return received{ctx, r} }

type received struct {
	ctx  context.Context //nolint:containedctx // it is that of the call in which it is read
	from io.Reader
}

func (r received) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, Errorf(Timeout, "the request was ended before the file was complete, and nothing of it was applied; send it again").Because(err)
	}
	n, err := r.from.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return n, err // it says by itself what is wrong
	}
	return n, Errorf(BadInput, "the file could not be received to its end, and nothing of it was applied; send it again").Because(err)
}
