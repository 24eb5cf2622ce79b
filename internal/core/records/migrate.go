package records

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
)

// Migration is one step of the schema. Numbers begin at 1 and have no gaps; a step that was
// ever released is never changed, the next change is a new step.
type Migration struct {
	Number int
	Name   string // what it brings, "sessions"
	SQL    string // plain SQL that SQLite and PostgreSQL both take
}

func (m Migration) checksum() string {
	sum := sha256.Sum256([]byte(m.SQL))
	return hex.EncodeToString(sum[:8])
}

const ledger = `CREATE TABLE IF NOT EXISTS schema_migrations (
	number   INTEGER PRIMARY KEY,
	name     TEXT NOT NULL,
	checksum TEXT NOT NULL
)`

// migrate brings the schema to the last of the steps, each in a transaction of its own.
func migrate(ctx context.Context, db *sql.DB, path string, steps []Migration) error {
	for i, m := range steps {
		if m.Number != i+1 {
			return fmt.Errorf("migration %q has number %d, want %d", m.Name, m.Number, i+1)
		}
	}
	if _, err := db.ExecContext(ctx, ledger); err != nil {
		return fmt.Errorf("prepare the database %s: %w", path, err)
	}
	done, err := applied(ctx, db)
	if err != nil {
		return fmt.Errorf("read which migrations the database %s has: %w", path, err)
	}
	if len(done) > len(steps) {
		return fmt.Errorf("the database %s was written by a newer Kubemate (schema %d, this one knows %d): start that version, or move the file away",
			path, len(done), len(steps))
	}
	for i, m := range steps {
		if i < len(done) {
			if done[i] != m.checksum() {
				return fmt.Errorf("the database %s has another form of migration %d (%s) than this Kubemate: it was written by a build that was never released; move the file away",
					path, m.Number, m.Name)
			}
			continue
		}
		if err := apply(ctx, db, m); err != nil {
			return fmt.Errorf("bring the database %s to schema %d (%s): %w", path, m.Number, m.Name, err)
		}
	}
	return nil
}

// applied gives the checksums of the steps that were taken, in order.
func applied(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT checksum FROM schema_migrations ORDER BY number")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var sums []string
	for rows.Next() {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return nil, err
		}
		sums = append(sums, sum)
	}
	return sums, rows.Err()
}

func apply(ctx context.Context, db *sql.DB, m Migration) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	if _, err := tx.ExecContext(ctx, m.SQL); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO schema_migrations (number, name, checksum) VALUES (?, ?, ?)",
		m.Number, m.Name, m.checksum()); err != nil {
		return err
	}
	return tx.Commit()
}
