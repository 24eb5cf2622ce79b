package access

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/kube"
)

// userChange is what may be changed about a user; nil leaves a thing as it is.
type userChange struct {
	DisplayName *string
	Email       *string
	Groups      *[]string
	Disabled    *bool
}

func (f *Feature) createUser(ctx context.Context, actor authz.Identity, u user) (user, error) {
	if err := checkUser(u); err != nil {
		return user{}, err
	}
	if err := f.mayHandle(ctx, actor, u.Name, u.Groups); err != nil {
		return user{}, err
	}
	made, err := f.directory.create(ctx, u)
	if err != nil {
		return user{}, kube.FromKube(err)
	}
	f.log.Info("a user was created", "user", u.Name, "groups", u.Groups, "by", actor.User)
	return made, nil
}

func (f *Feature) changeUser(ctx context.Context, actor authz.Identity, name string, change userChange) (user, error) {
	f.writing.Lock() // two changes together must not remove the last admin
	defer f.writing.Unlock()
	before, err := f.findUser(name)
	if err != nil {
		return user{}, err
	}
	after := change.on(before)
	if err := checkUser(after); err != nil {
		return user{}, err
	}
	if err := f.mayHandle(ctx, actor, name, append(slices.Clone(before.Groups), after.Groups...)); err != nil {
		return user{}, err
	}
	if err := f.keepsAdmin(before, &after); err != nil {
		return user{}, err
	}
	made, err := f.directory.update(ctx, after)
	if err != nil {
		return user{}, kube.FromKube(err)
	}
	f.log.Info("a user was changed", "user", name, "groups", made.Groups, "disabled", made.Disabled, "by", actor.User)
	return made, nil
}

func (f *Feature) deleteUser(ctx context.Context, actor authz.Identity, name string) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	u, err := f.findUser(name)
	if err != nil {
		return err
	}
	if err := f.mayHandle(ctx, actor, name, u.Groups); err != nil {
		return err
	}
	if err := f.keepsAdmin(u, nil); err != nil {
		return err
	}
	if err := f.directory.delete(ctx, u); err != nil {
		return kube.FromKube(err)
	}
	if err := f.credentials.delete(ctx, name); err != nil {
		return kube.FromKube(err)
	}
	f.log.Info("a user was deleted", "user", name, "by", actor.User)
	return f.endUser(ctx, name)
}

// linkFor makes a one-time link for a user. Who gets it acts as the user, so the actor needs
// all his rights.
func (f *Feature) linkFor(ctx context.Context, actor authz.Identity, name string) (SignInLink, error) {
	u, err := f.findUser(name)
	if err != nil {
		return SignInLink{}, err
	}
	if u.Disabled {
		return SignInLink{}, errs.New(errs.Unprocessable, "user %s is disabled", name).WithHint("enable the user first")
	}
	if err := f.mayHandle(ctx, actor, name, u.Groups); err != nil {
		return SignInLink{}, err
	}
	url, expires, err := f.newLink(ctx, u)
	if err != nil {
		return SignInLink{}, err
	}
	f.log.Info("a one-time sign-in link was made", "user", name, "by", actor.User)
	return SignInLink{URL: url, Expires: expires}, nil
}

// endUser ends everything by which a user may come in.
func (f *Feature) endUser(ctx context.Context, name string) error {
	if err := f.store.deleteLinks(ctx, name); err != nil {
		return fmt.Errorf("take back the one-time links of %s: %w", name, err)
	}
	return f.sessions.endAll(ctx, name, "")
}

func (f *Feature) findUser(name string) (user, error) {
	u, ok := f.directory.get(name)
	if !ok {
		return user{}, errs.New(errs.NotFound, "there is no user %.80q", name).WithHint("see the list of users")
	}
	return u, nil
}

// keepsAdmin refuses to lose the last enabled platform admin; after is nil for a deletion.
func (f *Feature) keepsAdmin(before user, after *user) error {
	if !isAdmin(before) || (after != nil && isAdmin(*after)) {
		return nil
	}
	for _, u := range f.directory.list() {
		if u.Name != before.Name && isAdmin(u) {
			return nil
		}
	}
	return errs.New(errs.Unprocessable, "%s is the last enabled member of %s", before.Name, authz.GroupPlatformAdmins).
		WithHint("make somebody else a platform admin first")
}

func isAdmin(u user) bool { return !u.Disabled && slices.Contains(u.Groups, authz.GroupPlatformAdmins) }

func (c userChange) on(u user) user {
	if c.DisplayName != nil {
		u.DisplayName = *c.DisplayName
	}
	if c.Email != nil {
		u.Email = *c.Email
	}
	if c.Groups != nil {
		u.Groups = slices.Clone(*c.Groups)
		sort.Strings(u.Groups)
		u.Groups = slices.Compact(u.Groups)
	}
	if c.Disabled != nil {
		u.Disabled = *c.Disabled
	}
	return u
}

func checkUser(u user) error {
	if err := checkName(u.Name); err != nil {
		return err
	}
	for _, g := range u.Groups {
		if err := checkName(g); err != nil {
			return err
		}
	}
	return nil
}
