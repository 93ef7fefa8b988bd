package mongodb

import (
	"context"
	"errors"
	"io"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"segmentql/db"
)

// fileTimeout bounds how long a file is sent or read, which takes longer than other calls may.
const fileTimeout = 24 * time.Hour

// bucket is GridFS. The driver's is for one goroutine, so each call has its own.
func (w *workspace) bucket() *mongo.GridFSBucket {
	return w.files.GridFSBucket(options.GridFSBucket().SetName("files"))
}

// file is the ID in GridFS, where the files of all workspaces are.
func (w *workspace) file(id string) string { return w.id + " " + id }

// SaveFile stores a file in GridFS, where it can be read when its last part is stored.
func (w *workspace) SaveFile(ctx context.Context, id string, r io.Reader) (size int64, err error) {
	if err := w.DeleteFile(ctx, id); err != nil { // also parts of an upload that died
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	upload, err := w.bucket().OpenUploadStreamWithID(ctx, w.file(id), id,
		options.GridFSUpload().SetMetadata(bson.D{{Key: "workspace", Value: w.id}}))
	if err != nil {
		return 0, translate(err)
	}
	size, err = io.Copy(upload, db.Received(ctx, r))
	if err == nil {
		err = upload.Close()
	}
	if err != nil {
		undoing, cancel := context.WithTimeout(context.WithoutCancel(ctx), operationTimeout)
		defer cancel()
		_ = w.DeleteFile(undoing, id) // what is left of it nobody sees, and the next upload deletes
		return 0, translate(err)
	}
	return size, nil
}

// OpenFile opens a file.
func (w *workspace) OpenFile(ctx context.Context, id string) (io.ReadCloser, error) {
	if err := db.CheckFileID(id); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	download, err := w.bucket().OpenDownloadStream(ctx, w.file(id))
	if err != nil {
		cancel()
		if errors.Is(err, mongo.ErrFileNotFound) {
			return nil, db.NoSuchFile()
		}
		return nil, translate(err)
	}
	return &openFile{download, cancel}, nil
}

// DeleteFile deletes a file.
func (w *workspace) DeleteFile(ctx context.Context, id string) error {
	if err := db.CheckFileID(id); err != nil {
		return err
	}
	err := w.bucket().Delete(ctx, w.file(id))
	if errors.Is(err, mongo.ErrFileNotFound) {
		return nil
	}
	return translate(err)
}

// openFile is a file that is read.
type openFile struct {
	content *mongo.GridFSDownloadStream
	cancel  context.CancelFunc
}

// Read reads, and fails with a *db.Error.
func (f *openFile) Read(p []byte) (int, error) {
	n, err := f.content.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = translate(err)
	}
	return n, err
}

// Close ends the reading.
func (f *openFile) Close() error {
	defer f.cancel()
	return translate(f.content.Close())
}
