package db

import (
	"context"
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
