package access

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

// How long a session lasts: unused, and at all.
const (
	idleTime    = 12 * time.Hour
	cookieTime  = 24 * time.Hour
	tokenTime   = 12 * time.Hour
	touchEvery  = time.Minute // how exact last_seen is in the store
	maxSessions = 50          // of one user; the least used goes
	cookieName  = "kubemate_session"
	kindCookie  = "cookie"
	kindToken   = "token"
)

// sessionRow is one session as stored.
type sessionRow struct {
	ID                         string
	User, userUID              string
	kind                       string
	byLink                     bool // came by a one-time link: may set a password without the old one
	Created, LastSeen, Expires time.Time
	Remote, UserAgent          string
	hash                       string
}

// sessions knows who is signed in. What is in use is kept in memory, all of it in the store.
type sessions struct {
	store sessionStore
	users *directory
	now   func() time.Time
	log   *slog.Logger

	mu     sync.Mutex
	byHash map[string]*liveSession
	byID   map[string]*liveSession
}

type liveSession struct {
	sessionRow
	touched time.Time     // when last_seen was last stored
	ended   chan struct{} // closed when the session ends
	changed chan struct{} // closed when it ends, or its user's groups change
}

func newSessions(store sessionStore, users *directory, now func() time.Time, log *slog.Logger) *sessions {
	return &sessions{store: store, users: users, now: now, log: log, byHash: map[string]*liveSession{}, byID: map[string]*liveSession{}}
}

// begin makes a session with a secret of its own: nothing a client brought is taken over.
func (s *sessions) begin(ctx context.Context, u user, kind string, byLink bool, remote, agent string) (secret string, row sessionRow, err error) {
	prefix, lasts := prefixCookie, cookieTime
	if kind == kindToken {
		prefix, lasts = prefixToken, tokenTime
	}
	secret = newSecret(prefix)
	now := s.now()
	row = sessionRow{
		ID: newID(), hash: hashSecret(secret), User: u.Name, userUID: u.UID, kind: kind, byLink: byLink,
		Created: now, LastSeen: now, Expires: now.Add(lasts), Remote: remote, UserAgent: cut(agent, 200),
	}
	if err := s.store.insert(ctx, row); err != nil {
		return "", sessionRow{}, fmt.Errorf("store the session: %w", err)
	}
	s.dropOldest(ctx, u.Name)
	return secret, row, nil
}

func (s *sessions) dropOldest(ctx context.Context, user string) {
	all, err := s.store.ofUser(ctx, user)
	if err != nil {
		s.log.Warn("cannot count the sessions of a user", "user", user, "error", err)
		return
	}
	for i := maxSessions; i < len(all); i++ {
		if err := s.end(ctx, all[i].ID); err != nil {
			s.log.Warn("cannot end an old session", "user", user, "error", err)
		}
	}
}

// Authenticate finds who sent a request: by bearer token first, by cookie otherwise.
func (s *sessions) Authenticate(r *http.Request) (httpapi.Session, error) {
	secret := secretOf(r)
	if secret == "" {
		return httpapi.Session{}, errs.New(errs.Unauthenticated, "nobody is signed in").WithHint("sign in first")
	}
	l, err := s.find(r.Context(), hashSecret(secret))
	if err != nil {
		return httpapi.Session{}, err
	}
	u, ok := s.users.get(l.User)
	if !ok || u.Disabled || u.UID != l.userUID {
		return httpapi.Session{}, signedOut()
	}
	s.touch(r.Context(), l)
	return httpapi.Session{
		ID: l.ID, Via: l.kind, CSRF: csrfOf(secret), Expires: l.Expires, Restricted: !u.PasswordSet,
		Identity: authz.Identity{User: u.Name, Groups: u.Groups},
	}, nil
}

func signedOut() error {
	return errs.New(errs.Unauthenticated, "the session has ended").WithHint("sign in again")
}

func secretOf(r *http.Request) string {
	if header := r.Header.Get("Authorization"); header != "" {
		token, ok := strings.CutPrefix(header, "Bearer ")
		if !ok || !strings.HasPrefix(token, prefixToken) {
			return ""
		}
		return token
	}
	c, err := r.Cookie(cookieName)
	if err != nil || !strings.HasPrefix(c.Value, prefixCookie) {
		return ""
	}
	return c.Value
}

// find gives a session that may still be used.
func (s *sessions) find(ctx context.Context, hash string) (*liveSession, error) {
	s.mu.Lock()
	l := s.byHash[hash]
	s.mu.Unlock()
	if l == nil {
		row, ok, err := s.store.byHash(ctx, hash)
		if err != nil {
			return nil, fmt.Errorf("look the session up: %w", err)
		}
		if !ok {
			return nil, signedOut()
		}
		if l, err = s.admit(ctx, row); err != nil {
			return nil, err
		}
	}
	if s.over(l) {
		return nil, signedOut()
	}
	return l, nil
}

// admit keeps a session that was read from the store, unless it was revoked between the two:
// who revokes removes it from the store first.
func (s *sessions) admit(ctx context.Context, row sessionRow) (*liveSession, error) {
	l := s.keep(row)
	_, still, err := s.store.byHash(ctx, row.hash)
	if err != nil || !still {
		s.forget(row.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("look the session up again: %w", err)
	}
	if !still {
		return nil, signedOut()
	}
	return l, nil
}

// keep takes a session of the store into memory.
func (s *sessions) keep(row sessionRow) *liveSession {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.byHash[row.hash]; l != nil {
		return l
	}
	l := &liveSession{sessionRow: row, touched: row.LastSeen, ended: make(chan struct{}), changed: make(chan struct{})}
	s.byHash[row.hash], s.byID[row.ID] = l, l
	return l
}

func (s *sessions) over(l *liveSession) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	return now.After(l.Expires) || (l.kind == kindCookie && now.Sub(l.LastSeen) > idleTime)
}

// touch notes that a session is in use.
func (s *sessions) touch(ctx context.Context, l *liveSession) {
	now := s.now()
	s.mu.Lock()
	l.LastSeen = now
	due := now.Sub(l.touched) >= touchEvery
	if due {
		l.touched = now
	}
	s.mu.Unlock()
	if !due {
		return
	}
	if err := s.store.touch(ctx, l.ID, now); err != nil {
		s.log.Warn("cannot note that a session is in use", "session", l.ID, "error", err)
	}
}

// Ended gives a channel that closes when the session ends.
func (s *sessions) Ended(id string) <-chan struct{} {
	return s.signal(id, func(l *liveSession) chan struct{} { return l.ended })
}

// Changed gives a channel that closes when the session ends, or its user's groups change: for
// streams that go on under the identity with which they began.
func (s *sessions) Changed(id string) <-chan struct{} {
	return s.signal(id, func(l *liveSession) chan struct{} { return l.changed })
}

func (s *sessions) signal(id string, of func(*liveSession) chan struct{}) <-chan struct{} {
	if id == httpapi.SocketSession().ID {
		return nil // who may use the socket is the operating system's decision
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.byID[id]; l != nil {
		return of(l)
	}
	gone := make(chan struct{})
	close(gone)
	return gone
}

// Identity is the present identity of a session, with the groups of this moment.
func (s *sessions) Identity(id string) (authz.Identity, bool) {
	s.mu.Lock()
	l := s.byID[id]
	s.mu.Unlock()
	if l == nil {
		return authz.Identity{}, false
	}
	u, ok := s.users.get(l.User)
	if !ok || u.Disabled || u.UID != l.userUID {
		return authz.Identity{}, false
	}
	return authz.Identity{User: u.Name, Groups: u.Groups}, true
}

// end revokes one session.
func (s *sessions) end(ctx context.Context, id string) error {
	if err := s.store.delete(ctx, id); err != nil {
		return fmt.Errorf("remove the session: %w", err)
	}
	s.forget(id)
	return nil
}

func (s *sessions) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.byID[id]; l != nil {
		close(l.ended)
		close(l.changed)
		delete(s.byID, id)
		delete(s.byHash, l.hash)
	}
}

// endAll revokes the sessions of a user, all but one when except is not empty.
func (s *sessions) endAll(ctx context.Context, user, except string) error {
	all, err := s.store.ofUser(ctx, user)
	if err != nil {
		return fmt.Errorf("find the sessions of %s: %w", user, err)
	}
	for _, row := range all {
		if row.ID == except {
			continue
		}
		if err := s.end(ctx, row.ID); err != nil {
			return err
		}
	}
	return nil
}

// restart ends the streams of a user's sessions that run under his former groups; the
// sessions stay.
func (s *sessions) restart(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.byID {
		if l.User == user {
			close(l.changed)
			l.changed = make(chan struct{})
		}
	}
}

// sweep ends the streams of what ran out, and once in a while cleans the store.
func (s *sessions) sweep(ctx context.Context, store bool) {
	s.mu.Lock()
	var old []string
	now := s.now()
	for id, l := range s.byID {
		if now.After(l.Expires) || (l.kind == kindCookie && now.Sub(l.LastSeen) > idleTime) {
			old = append(old, id)
		}
	}
	s.mu.Unlock()
	for _, id := range old {
		s.forget(id)
	}
	if store {
		if err := s.store.deleteOld(ctx, now); err != nil {
			s.log.Warn("cannot remove old sessions", "error", err)
		}
	}
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}
