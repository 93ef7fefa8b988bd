package embedded

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"runtime"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

const databaseFile = "segmentql.db"

// What each connection is set to. With synchronous=FULL a commit is on the disk when it returns. The large pages
// hold most contacts without overflow. A busy connection waits only for another of this process, and for the
// length of a checkpoint at most.
const (
	writerPragmas = `
		PRAGMA busy_timeout = 60000;
		PRAGMA page_size = 8192;
		PRAGMA journal_mode = WAL;
		PRAGMA synchronous = FULL;
		PRAGMA cache_size = -8192;
		PRAGMA journal_size_limit = 67108864;`
	readerPragmas = `
		PRAGMA busy_timeout = 60000;
		PRAGMA query_only = ON;
		PRAGMA cache_size = -8192;`
)

// maxSnapshots is how many long reads there may be at once: others wait.
const maxSnapshots = 8

// database is the SQLite file: one connection that writes, a pool of connections that read while it does, and another
// for reads that last, so that short ones need never wait for those.
type database struct {
	writer    *sql.DB
	readers   *sql.DB
	snapshots *sql.DB
	writing   chan struct{} // has an element while somebody writes: see workspace.write
}

func openDatabase(ctx context.Context, dir string) (*database, error) {
	file, err := filepath.Abs(filepath.Join(dir, databaseFile))
	if err != nil {
		return nil, err
	}
	d := &database{writing: make(chan struct{}, 1)}
	if d.writer, err = openPool(file, "", writerPragmas, 1); err != nil {
		return nil, err
	}
	if err := migrate(ctx, d.writer); err != nil {
		return nil, errors.Join(err, d.writer.Close())
	}
	// More readers than processors: a scan keeps all of those busy, and short reads must not queue behind it.
	if d.readers, err = openPool(file, "", readerPragmas, 4+2*runtime.GOMAXPROCS(0)); err != nil {
		return nil, errors.Join(err, d.writer.Close())
	}
	if d.snapshots, err = openPool(file, "", readerPragmas, maxSnapshots); err != nil {
		return nil, errors.Join(err, d.readers.Close(), d.writer.Close())
	}
	return d, nil
}

// openPool opens a file, see fileURI.
func openPool(file, parameters, pragmas string, size int) (*sql.DB, error) {
	pool, err := driver.Open(fileURI(file, parameters), func(c *sqlite3.Conn) error { return c.Exec(pragmas) })
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// fileURI names a file, by its absolute path, with SQLite's parameters for it: https://sqlite.org/uri.html.
func fileURI(file, parameters string) string {
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(file), RawQuery: parameters}
	return name.String()
}

// ready reads the first page of the file.
func (d *database) ready(ctx context.Context) error {
	var version int
	return d.readers.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version)
}

// close closes the writer last: SQLite then brings what is in the log into the database file.
func (d *database) close() error {
	return errors.Join(d.readers.Close(), d.snapshots.Close(), d.writer.Close())
}
