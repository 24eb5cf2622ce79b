package access

import (
	"context"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/component-helpers/auth/rbac/validation"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// Rights tells what groups and users may do in the management cluster; *authz.RBAC does.
type Rights interface {
	RightsOfGroup(group string) ([]authz.Right, error)
	RightsOfUser(user string) ([]authz.Right, error)
	RulesIn(id authz.Identity, namespace string) ([]rbacv1.PolicyRule, error)
	Groups() ([]string, error)
	Allowed(ctx context.Context, id authz.Identity, a authz.Attributes) (bool, string, error)
}

// mayHandle refuses to let an actor change, sign in as, or give groups to a user who thereby
// has rights that the actor has not. It is the API server's rule for bindings: every right
// must be one's own, or one holds "escalate", or "bind" on the role.
func (f *Feature) mayHandle(ctx context.Context, actor authz.Identity, name string, groups []string) error {
	rights, err := f.rights.RightsOfUser(name)
	if err != nil {
		return err
	}
	for _, group := range groups {
		more, err := f.rights.RightsOfGroup(group)
		if err != nil {
			return err
		}
		rights = append(rights, more...)
		if group == authz.GroupPlatformAdmins && len(more) == 0 { // its binding was removed: still not everybody's to give
			rights = append(rights, authz.Right{Role: "ClusterRole kubemate:platform-admin", Rules: everything()})
		}
	}
	for _, right := range rights {
		ok, err := f.holds(ctx, actor, right)
		if err != nil {
			return err
		}
		if !ok {
			return errs.New(errs.Forbidden, "%s may not do this: it would give or use rights of %s that %s has not", actor.User, right.Role, actor.User).
				WithHint("ask somebody who has these rights, for instance a platform admin")
		}
	}
	return nil
}

// holds says whether the actor has a right himself, or may give it away.
func (f *Feature) holds(ctx context.Context, actor authz.Identity, right authz.Right) (bool, error) {
	own, err := f.rights.RulesIn(actor, right.Namespace)
	if err != nil {
		return false, err
	}
	if covered, _ := validation.Covers(own, right.Rules); covered {
		return true, nil
	}
	kind, role, _ := strings.Cut(right.Role, " ")
	a := authz.Attributes{Group: rbacv1.GroupName, Resource: strings.ToLower(kind) + "s", Name: role, Namespace: right.Namespace}
	for _, verb := range []string{"bind", "escalate"} {
		a.Verb = verb
		if ok, _, err := f.rights.Allowed(ctx, actor, a); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func everything() []rbacv1.PolicyRule {
	return []rbacv1.PolicyRule{{Verbs: []string{"*"}, APIGroups: []string{"*"}, Resources: []string{"*"}}}
}
