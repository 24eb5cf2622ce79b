package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
)

// Schema makes the table of SQLStore; plain SQL for SQLite and PostgreSQL.
// Times are Unix milliseconds, 0 for none.
const Schema = `CREATE TABLE IF NOT EXISTS jobs (
	id       TEXT PRIMARY KEY,
	cluster  TEXT NOT NULL,
	phase    TEXT NOT NULL,
	created  BIGINT NOT NULL,
	finished BIGINT NOT NULL DEFAULT 0,
	holder   TEXT NOT NULL DEFAULT '',
	lease    BIGINT NOT NULL DEFAULT 0,
	cancel   INTEGER NOT NULL DEFAULT 0,
	body     TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jobs_created ON jobs (created);
CREATE INDEX IF NOT EXISTS jobs_phase ON jobs (phase, lease);`

// SQLStore keeps jobs in a relational store.
type SQLStore struct{ write, read *sql.DB }

// NewSQLStore uses a database that has the table of Schema; write and read may be the same.
func NewSQLStore(write, read *sql.DB) *SQLStore { return &SQLStore{write: write, read: read} }

// body is the part of a record that is stored as JSON.
type body struct {
	Job        Job
	Groups     []string
	Spec       json.RawMessage
	Checkpoint json.RawMessage `json:",omitempty"` // absent, not null, before the first one
}

const columns = `body, holder, lease, cancel`

// Insert implements Store.
func (s *SQLStore) Insert(ctx context.Context, r Record) error {
	text, err := encode(r)
	if err != nil {
		return err
	}
	_, err = s.write.ExecContext(ctx,
		`INSERT INTO jobs (id, cluster, phase, created, body) VALUES ($1, $2, $3, $4, $5)`,
		r.ID, r.Cluster, string(r.Phase), r.Created.UnixMilli(), text)
	return wrap("add job", r.ID, err)
}

// Load implements Store.
func (s *SQLStore) Load(ctx context.Context, id string) (Record, error) {
	r, err := scan(s.read.QueryRowContext(ctx, `SELECT `+columns+` FROM jobs WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Record{}, errs.New(errs.NotFound, "there is no job %q", id).WithHint("finished jobs are removed after some days")
	}
	return r, wrap("read job", id, err)
}

// List implements Store.
func (s *SQLStore) List(ctx context.Context, cluster string, limit int) (out []Record, err error) {
	rows, err := s.read.QueryContext(ctx,
		`SELECT `+columns+` FROM jobs WHERE $1 = '' OR cluster = $1 ORDER BY created DESC, id LIMIT $2`, cluster, limit)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list jobs: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// farAhead is later than any lease that a living holder makes: a lease beyond it was made before
// the clock was set back, and would keep its job from ever going on.
const farAhead = 10 * time.Minute

// Claimable implements Store.
func (s *SQLStore) Claimable(ctx context.Context, now time.Time) (ids []string, err error) {
	rows, err := s.read.QueryContext(ctx,
		`SELECT id FROM jobs WHERE phase = $1 AND (lease < $2 OR lease > $3) ORDER BY created LIMIT 100`,
		string(Running), now.UnixMilli(), now.Add(farAhead).UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("find jobs to run: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find jobs to run: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// Claim implements Store.
func (s *SQLStore) Claim(ctx context.Context, id, holder string, now, until time.Time) (Record, bool, error) {
	done, err := s.write.ExecContext(ctx,
		`UPDATE jobs SET holder = $1, lease = $2 WHERE id = $3 AND phase = $4 AND (lease < $5 OR lease > $6)`,
		holder, until.UnixMilli(), id, string(Running), now.UnixMilli(), now.Add(farAhead).UnixMilli())
	if won, err := one(done, err); err != nil || !won {
		return Record{}, false, wrap("claim job", id, err)
	}
	r, err := s.Load(ctx, id)
	return r, err == nil, err
}

// Renew implements Store.
func (s *SQLStore) Renew(ctx context.Context, id, holder string, until time.Time) (cancel, held bool, err error) {
	done, err := s.write.ExecContext(ctx,
		`UPDATE jobs SET lease = $1 WHERE id = $2 AND holder = $3`, until.UnixMilli(), id, holder)
	if held, err = one(done, err); err != nil || !held {
		return false, false, wrap("renew job", id, err)
	}
	var wish int
	err = s.write.QueryRowContext(ctx, `SELECT cancel FROM jobs WHERE id = $1`, id).Scan(&wish)
	return wish != 0, true, wrap("renew job", id, err)
}

// Save implements Store.
func (s *SQLStore) Save(ctx context.Context, r Record) (bool, error) {
	text, err := encode(r)
	if err != nil {
		return false, err
	}
	var finished int64
	if r.Finished != nil {
		finished = r.Finished.UnixMilli()
	}
	done, err := s.write.ExecContext(ctx,
		`UPDATE jobs SET phase = $1, finished = $2, body = $3 WHERE id = $4 AND holder = $5`,
		string(r.Phase), finished, text, r.ID, r.Holder)
	held, err := one(done, err)
	return held, wrap("save job", r.ID, err)
}

// Release implements Store.
func (s *SQLStore) Release(ctx context.Context, id, holder string) error {
	_, err := s.write.ExecContext(ctx, `UPDATE jobs SET holder = '', lease = 0 WHERE id = $1 AND holder = $2`, id, holder)
	return wrap("release job", id, err)
}

// RequestCancel implements Store.
func (s *SQLStore) RequestCancel(ctx context.Context, id string) error {
	_, err := s.write.ExecContext(ctx, `UPDATE jobs SET cancel = 1 WHERE id = $1`, id)
	return wrap("cancel job", id, err)
}

// Prune implements Store.
func (s *SQLStore) Prune(ctx context.Context, before time.Time) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM jobs WHERE finished > 0 AND finished < $1`, before.UnixMilli())
	if err != nil {
		return fmt.Errorf("remove old jobs: %w", err)
	}
	return nil
}

func encode(r Record) (string, error) {
	text, err := json.Marshal(body{Job: r.Job, Groups: r.Groups, Spec: r.Spec, Checkpoint: r.Checkpoint})
	return string(text), wrap("encode job", r.ID, err)
}

func scan(row interface{ Scan(...any) error }) (Record, error) {
	var text, holder string
	var lease int64
	var cancel int
	if err := row.Scan(&text, &holder, &lease, &cancel); err != nil {
		return Record{}, err
	}
	var b body
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return Record{}, fmt.Errorf("decode job: %w", err)
	}
	return Record{
		Job: b.Job, Groups: b.Groups, Spec: b.Spec, Checkpoint: b.Checkpoint,
		Holder: holder, Lease: time.UnixMilli(lease), Cancel: cancel != 0,
	}, nil
}

func one(done sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

func wrap(what, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", what, id, err)
}
