package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// readers is how many connections may read at the same time.
const readers = 4

// Store is the relational store. SQLite allows one writer at a time, so there is one
// connection for writing; readers never wait for it (WAL).
type Store struct {
	Write *sql.DB // one connection; transactions take the write lock when they begin
	Read  *sql.DB // read-only connections
}

// Open opens or makes the database file and brings its schema up to date.
// A file that is corrupt, or of a newer Kubemate, is refused and left as it is.
func Open(ctx context.Context, path string, migrations []Migration) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the database: %w", err)
	}
	if err := touch(path); err != nil {
		return nil, err
	}
	s := &Store{}
	var err error
	if s.Write, err = sql.Open("sqlite", dsn(path, "_txlock=immediate")); err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	s.Write.SetMaxOpenConns(1)
	if s.Read, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database %s: %w", path, err), s.Write.Close())
	}
	s.Read.SetMaxOpenConns(readers)
	if err := s.check(ctx, path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := migrate(ctx, s.Write, path, migrations); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// touch makes the file with mode 0600; SQLite gives its side files the same mode.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database %s: %w", path, err)
	}
	return f.Close()
}

func dsn(path, more string) string {
	options := []string{"_pragma=busy_timeout(5000)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)", more}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(options, "&")
}

// check reads the database through once, so that damage shows at start and not in the
// middle of an answer.
func (s *Store) check(ctx context.Context, path string) error {
	var verdict string
	err := s.Write.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
	if err != nil {
		return fmt.Errorf("the database %s cannot be read (%w): restore it from a backup, or move it away to begin with an empty one", path, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("the database %s is damaged (%s): restore it from a backup, or move it away to begin with an empty one", path, verdict)
	}
	return nil
}

// Ping says whether the store answers.
func (s *Store) Ping(ctx context.Context) error { return s.Read.PingContext(ctx) }

// Close closes the store; what was committed is on disk already.
func (s *Store) Close() error { return errors.Join(s.Read.Close(), s.Write.Close()) }
