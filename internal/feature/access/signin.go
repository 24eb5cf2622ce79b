package access

import (
	"context"
	"fmt"
	"time"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// linkTime is how long a one-time link can be used.
const linkTime = 15 * time.Minute

// visitor is who knocks: what a session notes about its client.
type visitor struct {
	remote, agent string
	kind          string // kindCookie or kindToken
}

// signIn checks name and password. Unknown, disabled and password-less users cost the same
// work as a wrong password and get the same answer.
func (f *Feature) signIn(ctx context.Context, name, password string, v visitor) (string, sessionRow, error) {
	if err := f.backoff.try(name, v.remote); err != nil {
		return "", sessionRow{}, err
	}
	u, known := f.directory.get(name)
	lookup := name
	if checkName(name) != nil {
		lookup = "nobody"
	}
	ok, outdated, err := f.checkStored(ctx, lookup, u.UID, password)
	if err != nil {
		f.backoff.undo(name, v.remote)
		return "", sessionRow{}, err
	}
	if !ok || !known || u.Disabled {
		f.log.Info("a sign-in failed", "user", cut(name, 100), "remote", v.remote)
		return "", sessionRow{}, errs.New(errs.Unauthenticated, "user name or password is wrong").
			WithHint("check both; if you forgot the password, ask a platform admin for a one-time link")
	}
	f.backoff.succeeded(name, v.remote)
	if outdated {
		f.renewHash(ctx, u, password)
	}
	return f.sessions.begin(ctx, u, v.kind, false, v.remote, v.agent)
}

// checkStored compares a password with the stored hash. What the cluster says of Kubemate's own
// account is not for the eyes of somebody who is not signed in.
func (f *Feature) checkStored(ctx context.Context, name, uid, password string) (ok, outdated bool, err error) {
	stored, err := f.credentials.hashOf(ctx, name, uid)
	if err != nil {
		return false, false, unreadable(kube.FromKube(err))
	}
	return f.hasher.check(ctx, stored, cut(password, maxPassword+1))
}

func unreadable(err error) error {
	switch errs.KindOf(err) {
	case errs.Unavailable, errs.Timeout, errs.BadUpstream, errs.TooMany:
		return err
	}
	return errs.New(errs.Unavailable, "passwords cannot be checked at the moment").
		WithHint("give the request id to whoever runs Kubemate: the cause stands in its log").Wrap(err)
}

// renewHash stores the password at today's cost; if that fails, the old hash goes on serving.
func (f *Feature) renewHash(ctx context.Context, u user, password string) {
	hash, err := f.hasher.hash(ctx, password)
	if err == nil {
		err = f.credentials.store(ctx, u, hash, f.now())
	}
	if err != nil {
		f.log.Warn("cannot renew a password hash", "user", u.Name, "error", err)
	}
}

// signInByLink uses a one-time link up. giveBack undoes that, for when the sign-in could not be
// finished: there may be no other way in.
func (f *Feature) signInByLink(ctx context.Context, token string, v visitor) (secret string, row sessionRow, giveBack func(context.Context), err error) {
	if err := f.backoff.try("", v.remote); err != nil {
		return "", sessionRow{}, nil, err
	}
	link, ok, err := f.store.takeLink(ctx, hashSecret(token), f.now())
	if err != nil {
		f.backoff.undo("", v.remote)
		return "", sessionRow{}, nil, fmt.Errorf("use a one-time link: %w", err)
	}
	u, known := f.directory.get(link.user)
	if !ok || !known || u.Disabled || u.UID != link.uid {
		return "", sessionRow{}, nil, errs.New(errs.Gone, "this link has been used, has run out after 15 minutes, or was replaced by a newer one").
			WithHint("ask for a new one: kubemate users link NAME on the host, or a platform admin")
	}
	f.backoff.undo("", v.remote)
	giveBack = func(ctx context.Context) {
		if err := f.store.giveLinkBack(ctx, link); err != nil {
			f.log.Warn("cannot give a one-time link back", "user", u.Name, "error", err)
		}
	}
	secret, row, err = f.sessions.begin(ctx, u, v.kind, true, v.remote, v.agent)
	if err != nil {
		giveBack(context.WithoutCancel(ctx))
	}
	return secret, row, giveBack, err
}

// newLink makes a one-time link; an earlier one of the same user stops working.
func (f *Feature) newLink(ctx context.Context, u user) (url string, expires time.Time, err error) {
	token := newSecret(prefixLink)
	expires = f.now().Add(linkTime)
	if err := f.store.putLink(ctx, hashSecret(token), u.Name, u.UID, expires); err != nil {
		return "", time.Time{}, fmt.Errorf("store a one-time link: %w", err)
	}
	return f.url() + "/sign-in/link#token=" + token, expires, nil // the fragment never reaches a server's log
}

// setPassword stores a new password and ends the user's other sessions. The old password is
// demanded, but from those who came by a one-time link.
func (f *Feature) setPassword(ctx context.Context, sessionID string, u user, current, next string) error {
	row, ok, err := f.sessionRow(ctx, u.Name, sessionID)
	if err != nil {
		return err
	}
	if !ok || !row.byLink {
		if err := f.backoff.try(u.Name, ""); err != nil {
			return err
		}
		match, _, err := f.checkStored(ctx, u.Name, u.UID, current)
		if err != nil {
			f.backoff.undo(u.Name, "")
			return err
		}
		if !match {
			return errs.New(errs.Unprocessable, "the current password is wrong").WithField("body.current", "it is wrong")
		}
		f.backoff.succeeded(u.Name, "")
	}
	if err := checkPassword(next, u.Name); err != nil {
		return err
	}
	hash, err := f.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	if err := f.credentials.store(ctx, u, hash, f.now()); err != nil {
		return kube.FromKube(err)
	}
	if err := f.directory.notePassword(ctx, u.Name, f.now()); err != nil {
		return kube.FromKube(err)
	}
	if err := f.store.deleteLinks(ctx, u.Name); err != nil {
		return fmt.Errorf("take back the one-time links of %s: %w", u.Name, err)
	}
	if err := f.store.clearByLink(ctx, sessionID); err != nil {
		return fmt.Errorf("note the new password in the session: %w", err)
	}
	return f.sessions.endAll(ctx, u.Name, sessionID)
}

func (f *Feature) sessionRow(ctx context.Context, user, id string) (sessionRow, bool, error) {
	all, err := f.store.ofUser(ctx, user)
	if err != nil {
		return sessionRow{}, false, fmt.Errorf("find the session: %w", err)
	}
	for _, row := range all {
		if row.ID == id {
			return row, true, nil
		}
	}
	return sessionRow{}, false, nil
}
