package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

const (
	copyPragmas = `PRAGMA busy_timeout = 60000; PRAGMA cache_size = -8192;`

	// pagesAtOnce is how much is copied before somebody is told, and the context is asked whether it has ended.
	pagesAtOnce = 1_024
)

// Contents are what a store has.
type Contents struct {
	Contacts, Segments int64
	Bytes              int64 // that it takes on the disk
}

// copyDatabase copies the database in one file, as of one moment, into another, which is empty, and checks the copy.
// Whoever writes to the first one meanwhile, also in another process, is neither held up nor seen. Progress is told in
// bytes.
func copyDatabase(ctx context.Context, from, to string, progress func(done, total int64)) (Contents, error) {
	if err := copyPages(ctx, from, to, progress); err != nil {
		return Contents{}, err
	}
	if err := sealCopy(ctx, to); err != nil {
		return Contents{}, err
	}
	h, err := readHeader(to)
	if err == nil {
		err = h.checkSchema("store")
	}
	if err != nil {
		return Contents{}, err
	}
	return checkWhole(ctx, to)
}

func copyPages(ctx context.Context, from, to string, progress func(done, total int64)) error {
	return withFile(from, readOnly, func(pool *sql.DB) (err error) {
		connection, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, connection.Close()) }()
		// Without a transaction around them, the steps of a copy begin again whenever somebody has written.
		tx, err := connection.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // there is nothing to undo
		var pageSize, tables int64           // to read anything of the database is what begins the transaction
		if err := tx.QueryRowContext(ctx, `SELECT page_size, count(*) FROM pragma_page_size, sqlite_schema`).Scan(&pageSize, &tables); err != nil {
			return err
		}
		return connection.Raw(func(raw any) error {
			return stepThrough(ctx, raw.(driver.Conn).Raw(), to, func(done, total int) {
				progress(int64(done)*pageSize, int64(total)*pageSize)
			})
		})
	})
}

func stepThrough(ctx context.Context, source *sqlite3.Conn, to string, progress func(done, total int)) error {
	copying, err := source.BackupInit("main", fileURI(to, ""))
	if err != nil {
		return err
	}
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, copying.Close())
		}
		if done, err = copying.Step(pagesAtOnce); err != nil {
			_ = copying.Close() // fails with the same again
			return err
		}
		progress(copying.PageCount()-copying.Remaining(), copying.PageCount())
	}
	return copying.Close()
}

// sealCopy makes the copy of a database a file that needs no others beside it, and says in it what it is.
func sealCopy(ctx context.Context, file string) error {
	return withFile(file, readWrite, func(pool *sql.DB) error {
		_, err := pool.ExecContext(ctx, fmt.Sprintf(`PRAGMA journal_mode = DELETE; PRAGMA application_id = %d`, applicationID))
		return err
	})
}

// checkWhole reads a whole database. It fails with SQLite's CORRUPT where anything in it does not fit.
func checkWhole(ctx context.Context, file string) (contents Contents, err error) {
	err = withFile(file, readOnly, func(pool *sql.DB) error {
		var verdict string
		if err := pool.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
			return err
		}
		if verdict != "ok" {
			return fmt.Errorf("%w: %s", sqlite3.CORRUPT, verdict)
		}
		const count = `SELECT (SELECT count(*) FROM contacts), (SELECT count(*) FROM segments)`
		return pool.QueryRowContext(ctx, count).Scan(&contents.Contacts, &contents.Segments)
	})
	if err != nil {
		return Contents{}, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return Contents{}, err
	}
	contents.Bytes = info.Size()
	return contents, nil
}

// How a file is opened. Neither makes a database where there is none. Who only reads does not tidy up at the end, either,
// which is for those who have the directory.
const (
	readOnly  = "mode=ro"
	readWrite = "mode=rw"
)

// withFile calls do with one connection to the database in a file.
func withFile(file, parameters string, do func(*sql.DB) error) error {
	pool, err := openPool(file, parameters, copyPragmas, 1)
	if err != nil {
		return err
	}
	return errors.Join(do(pool), pool.Close())
}

// syncPath brings a file, or the names in a directory, to the disk.
func syncPath(path string) error {
	file, err := os.Open(path) //nolint:gosec // it is one that this package has made
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// besides are the ends of the names of the files that SQLite may have beside a database.
func besides() []string { return []string{"-journal", "-wal", "-shm"} }

// removeDatabase removes a copy that was not finished.
func removeDatabase(file string) {
	for _, suffix := range append(besides(), "") {
		_ = os.Remove(file + suffix) // most are not there
	}
}
