package access

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/core/records"
)

// Deps is what the feature needs.
type Deps struct {
	Log      *slog.Logger
	Records  *records.Store // with Schema
	Cluster  kube.Cluster   // the management cluster: it holds the users, and its RBAC decides on them
	Rights   Rights
	Rules    authz.RulesOf
	URL      func() string // the console's address without a slash at its end, for links
	BasePath string
	Secure   bool // cookies over TLS only
	Version  string
	Now      func() time.Time // nil means time.Now
}

// Feature is sign-in and users.
type Feature struct {
	log         *slog.Logger
	deps        Deps
	now         func() time.Time
	url         func() string
	rights      Rights
	store       sessionStore
	sessions    *sessions
	directory   *directory
	credentials credentials
	hasher      *hasher
	backoff     *backoff
	byPassword  signInCounts
	byLink      signInCounts
	writing     sync.Mutex // held while the set of platform admins may change
	started     chan struct{}
}

// New makes the feature. Run must run before anybody can sign in.
func New(d Deps) *Feature {
	if d.Now == nil {
		d.Now = time.Now
	}
	f := &Feature{
		log: d.Log, deps: d, now: d.Now, url: d.URL, rights: d.Rights,
		store:       sessionStore{db: d.Records},
		directory:   newDirectory(d.Cluster, d.Log),
		credentials: credentials{cluster: d.Cluster},
		hasher:      newHasher(presentCost()),
		backoff:     newBackoff(d.Now),
		started:     make(chan struct{}),
	}
	f.sessions = newSessions(f.store, f.directory, d.Now, d.Log)
	f.directory.changed = f.userChanged
	return f
}

// Authenticator finds the session of a request.
func (f *Feature) Authenticator() httpapi.Authenticator { return f.sessions }

// Changed gives a channel that closes when a session ends or the groups of its user change.
func (f *Feature) Changed(sessionID string) <-chan struct{} { return f.sessions.Changed(sessionID) }

// Ready fails until the users are known and the built-in roles stand.
func (f *Feature) Ready(context.Context) error {
	select {
	case <-f.started:
		return nil
	default:
		return errs.New(errs.Unavailable, "users and roles are not loaded yet")
	}
}

// Run installs the user resource and the built-in roles, makes the first user, and follows
// the users until ctx ends.
func (f *Feature) Run(ctx context.Context) error {
	if err := f.retry(ctx, "install the user resource and the built-in roles", f.install); err != nil {
		return nil //nolint:nilerr // only the end of ctx ends the tries
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return f.directory.run(ctx) })
	group.Go(func() error {
		select {
		case <-f.directory.ready:
		case <-ctx.Done():
			return nil
		}
		if f.retry(ctx, "make the first user", f.firstUser) == nil {
			close(f.started)
		}
		f.sweepUntil(ctx)
		return nil
	})
	return group.Wait()
}

// retry does a thing until it works or ctx ends.
func (f *Feature) retry(ctx context.Context, what string, do func(context.Context) error) error {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		err := do(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.log.Warn("cannot "+what+" yet, trying again", "error", err)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// firstUser makes "admin" when nobody could administer otherwise; he signs in by a one-time
// link, made on the host. There is no default password.
func (f *Feature) firstUser(ctx context.Context) error {
	if slices.ContainsFunc(f.directory.list(), isAdmin) {
		return nil
	}
	admin, known := f.directory.get("admin")
	if !known {
		_, err := f.directory.create(ctx, user{Name: "admin", DisplayName: "Administrator", Groups: []string{authz.GroupPlatformAdmins}})
		return err
	}
	groups := append(slices.Clone(admin.Groups), authz.GroupPlatformAdmins)
	enabled := false
	_, err := f.directory.update(ctx, userChange{Groups: &groups, Disabled: &enabled}.on(admin))
	return err
}

// sweepUntil ends what runs out, every half second; the store is cleaned every ten minutes.
func (f *Feature) sweepUntil(ctx context.Context) {
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	for n := 0; ; n++ {
		f.sessions.sweep(ctx, n%1200 == 0)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// userChanged makes changes of users hold at once, whoever made them.
func (f *Feature) userChanged(before, after *user) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // called by the watch, which has no context
	defer cancel()
	switch {
	case before == nil:
	case after == nil || after.Disabled || after.UID != before.UID:
		if err := f.endUser(ctx, before.Name); err != nil {
			f.log.Error("cannot end the sessions of a user", "user", before.Name, "error", fmt.Errorf("end sessions: %w", err))
		}
	case !slices.Equal(before.Groups, after.Groups):
		f.sessions.restart(after.Name)
	}
}
