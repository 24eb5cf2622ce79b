package access

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"kubemate.io/kubemate/internal/core/records"
)

// sessionStore keeps sessions and one-time links in the relational store.
type sessionStore struct{ db *records.Store }

const sessionColumns = "id, secret_hash, user_name, user_uid, kind, by_link, created, last_seen, expires, remote, user_agent"

func (s sessionStore) insert(ctx context.Context, r sessionRow) error {
	_, err := s.db.Write.ExecContext(ctx, "INSERT INTO sessions ("+sessionColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.ID, r.hash, r.User, r.userUID, r.kind, r.byLink, r.Created.Unix(), r.LastSeen.Unix(), r.Expires.Unix(), r.Remote, r.UserAgent)
	return err
}

func (s sessionStore) byHash(ctx context.Context, hash string) (sessionRow, bool, error) {
	rows, err := s.query(ctx, "secret_hash = ?", hash)
	if err != nil || len(rows) == 0 {
		return sessionRow{}, false, err
	}
	return rows[0], true, nil
}

func (s sessionStore) ofUser(ctx context.Context, user string) ([]sessionRow, error) {
	return s.query(ctx, "user_name = ?", user)
}

// query gives the sessions of a condition, the latest used first.
func (s sessionStore) query(ctx context.Context, where string, args ...any) ([]sessionRow, error) {
	rows, err := s.db.Read.QueryContext(ctx, "SELECT "+sessionColumns+" FROM sessions WHERE "+where+" ORDER BY last_seen DESC, id", args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []sessionRow
	for rows.Next() {
		var r sessionRow
		var created, seen, expires int64
		if err := rows.Scan(&r.ID, &r.hash, &r.User, &r.userUID, &r.kind, &r.byLink, &created, &seen, &expires, &r.Remote, &r.UserAgent); err != nil {
			return nil, err
		}
		r.Created, r.LastSeen, r.Expires = time.Unix(created, 0), time.Unix(seen, 0), time.Unix(expires, 0)
		out = append(out, r)
	}
	return out, rows.Err()
}

func (s sessionStore) touch(ctx context.Context, id string, seen time.Time) error {
	_, err := s.db.Write.ExecContext(ctx, "UPDATE sessions SET last_seen = ? WHERE id = ?", seen.Unix(), id)
	return err
}

func (s sessionStore) delete(ctx context.Context, id string) error {
	_, err := s.db.Write.ExecContext(ctx, "DELETE FROM sessions WHERE id = ?", id)
	return err
}

// deleteOld removes what can be used no more.
func (s sessionStore) deleteOld(ctx context.Context, now time.Time) error {
	_, errS := s.db.Write.ExecContext(ctx, "DELETE FROM sessions WHERE expires <= ? OR (kind = ? AND last_seen <= ?)",
		now.Unix(), kindCookie, now.Add(-idleTime).Unix())
	_, errL := s.db.Write.ExecContext(ctx, "DELETE FROM sign_in_links WHERE expires <= ?", now.Unix())
	return errors.Join(errS, errL)
}

// putLink stores a link and takes back the earlier ones of the user: only the last works.
func (s sessionStore) putLink(ctx context.Context, hash, user, uid string, expires time.Time) error {
	tx, err := s.db.Write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	if _, err := tx.ExecContext(ctx, "DELETE FROM sign_in_links WHERE user_name = ?", user); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO sign_in_links (secret_hash, user_name, user_uid, expires) VALUES (?, ?, ?, ?)",
		hash, user, uid, expires.Unix()); err != nil {
		return err
	}
	return tx.Commit()
}

// linkRow is one one-time link as stored.
type linkRow struct {
	hash, user, uid string
	expires         int64
}

// takeLink uses a link up; of two that try at the same time one gets it.
func (s sessionStore) takeLink(ctx context.Context, hash string, now time.Time) (link linkRow, ok bool, err error) {
	link.hash = hash
	row := s.db.Write.QueryRowContext(ctx,
		"DELETE FROM sign_in_links WHERE secret_hash = ? AND expires > ? RETURNING user_name, user_uid, expires", hash, now.Unix())
	if err := row.Scan(&link.user, &link.uid, &link.expires); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return linkRow{}, false, nil
		}
		return linkRow{}, false, err
	}
	return link, true, nil
}

// giveLinkBack undoes takeLink, unless a newer link was made meanwhile.
func (s sessionStore) giveLinkBack(ctx context.Context, l linkRow) error {
	_, err := s.db.Write.ExecContext(ctx,
		"INSERT INTO sign_in_links (secret_hash, user_name, user_uid, expires) SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM sign_in_links WHERE user_name = ?)",
		l.hash, l.user, l.uid, l.expires, l.user)
	return err
}

func (s sessionStore) deleteLinks(ctx context.Context, user string) error {
	_, err := s.db.Write.ExecContext(ctx, "DELETE FROM sign_in_links WHERE user_name = ?", user)
	return err
}

// clearByLink makes a session an ordinary one: its user has a password now.
func (s sessionStore) clearByLink(ctx context.Context, id string) error {
	_, err := s.db.Write.ExecContext(ctx, "UPDATE sessions SET by_link = 0 WHERE id = ?", id)
	return err
}
