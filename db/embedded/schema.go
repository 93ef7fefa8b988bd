package embedded

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"segmentql/db"
)

// migrations holds one file for each version of the schema, in order. A file that was released is never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the database to the version of this program. PRAGMA user_version says how many of the
// migrations it has; each comes with its number in one transaction.
func migrate(ctx context.Context, pool *sql.DB) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version int
	if err := pool.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	if version > len(files) {
		return newerSchema("data directory", version, len(files))
	}
	for i, file := range files[version:] {
		statements, err := migrations.ReadFile(file)
		if err != nil {
			return err
		}
		if err := applyMigration(ctx, pool, string(statements), version+i+1); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// schemaVersion is the version of the schema that this program has.
func schemaVersion() (int, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	return len(files), err
}

func newerSchema(what string, version, known int) *db.Error {
	return db.Errorf(db.Unavailable,
		"the %s was written by a newer SegmentQL (its schema has version %d, this program knows %d); use that one", what, version, known)
}

func applyMigration(ctx context.Context, pool *sql.DB, statements string, version int) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // of no effect after Commit
	if _, err := tx.ExecContext(ctx, statements); err != nil {
		return err
	}
	// PRAGMA takes no parameters.
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, version)); err != nil {
		return err
	}
	return tx.Commit()
}
