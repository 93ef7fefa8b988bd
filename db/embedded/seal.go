package embedded

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"github.com/ncruces/go-sqlite3"

	"segmentql/db"
)

// applicationID is in the header of every backup, and of every store that was restored from one: "SQLc" as a number.
const applicationID = 0x53514c63

// header is what the beginning of a database says of it. It is read without SQLite, which makes files beside one.
type header struct{ applicationID, schema uint32 }

// readHeader fails with SQLite's NOTADB where the file is no database.
// The format: https://sqlite.org/fileformat2.html#the_database_header
func readHeader(name string) (header, error) {
	const size, schema, application = 100, 60, 68
	file, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return header{}, err
	}
	defer func() { _ = file.Close() }() // it was only read
	b := make([]byte, size)
	_, err = io.ReadFull(file, b)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), err == nil && !bytes.HasPrefix(b, []byte("SQLite format 3\x00")):
		return header{}, sqlite3.NOTADB
	case err != nil:
		return header{}, err
	}
	return header{applicationID: binary.BigEndian.Uint32(b[application:]), schema: binary.BigEndian.Uint32(b[schema:])}, nil
}

// checkSchema fails where what has the header is of a schema that this program does not know.
func (h header) checkSchema(what string) error {
	known, err := schemaVersion()
	if err == nil && int(h.schema) > known {
		return newerSchema(what, int(h.schema), known)
	}
	return err
}

// appendSum ends a backup with the SHA-256 of what is in it: SQLite finds pages that do not fit together, and nothing that
// has changed within a contact. To SQLite the sum is not there, as it comes after the last page.
func appendSum(ctx context.Context, name string) (err error) {
	file, err := os.OpenFile(name, os.O_RDWR, 0) //nolint:gosec // it is a backup that is made
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum, err := sumOf(ctx, file)
	if err != nil {
		return err
	}
	if _, err := file.Write(sum); err != nil {
		return err
	}
	return file.Sync()
}

// checkSum fails with SQLite's CORRUPT where a backup is not what it was when it was made.
func checkSum(ctx context.Context, name string) error {
	file, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return err
	}
	sum, err := sumOf(ctx, io.LimitReader(file, info.Size()-sha256.Size))
	if err != nil {
		return err
	}
	said, err := io.ReadAll(io.LimitReader(file, sha256.Size))
	if err == nil && !bytes.Equal(said, sum) {
		err = sqlite3.CORRUPT
	}
	return err
}

func sumOf(ctx context.Context, r io.Reader) ([]byte, error) {
	hash := sha256.New()
	_, err := io.Copy(hash, untilEnded{ctx, r})
	return hash.Sum(nil), err
}

// untilEnded reads until a context ends.
type untilEnded struct {
	ctx context.Context
	r   io.Reader
}

func (u untilEnded) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// badBackup says of what failed when a backup was read that it is the backup's fault, if it is.
func badBackup(file string, err error) error {
	switch {
	case errors.Is(err, sqlite3.NOTADB):
		return noBackup(file).Because(err)
	case errors.Is(err, sqlite3.CORRUPT):
		return db.Errorf(db.BadInput, "the backup %s is damaged or cut off; use another one", file).Because(err)
	}
	return err
}

func noBackup(file string) *db.Error {
	return db.Errorf(db.BadInput, "%s is not a backup of SegmentQL; those are made by segmentql backup", file)
}
