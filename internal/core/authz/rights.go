package authz

import (
	rbacv1 "k8s.io/api/rbac/v1"
)

// Right is one role that a subject has, and where.
type Right struct {
	Namespace string // "" for everywhere
	Binding   string // "RoleBinding demo-bank/developers"
	Role      string // "ClusterRole kubemate:developer"
	Rules     []rbacv1.PolicyRule
}

// RightsOfGroup lists what a Kubemate group ("developers") gives to its members.
func (r *RBAC) RightsOfGroup(group string) ([]Right, error) {
	s, err := r.loaded()
	if err != nil {
		return nil, err
	}
	var out []Right
	for _, g := range s.index.groups[prefix+group] {
		out = append(out, g.right())
	}
	return out, nil
}

// RightsOfUser lists what is bound to a Kubemate user by name, without his groups.
func (r *RBAC) RightsOfUser(user string) ([]Right, error) {
	s, err := r.loaded()
	if err != nil {
		return nil, err
	}
	var out []Right
	for _, g := range s.index.users[prefix+user] {
		out = append(out, g.right())
	}
	return out, nil
}

// RulesIn lists all rules that hold for an identity in a namespace ("" for cluster-wide ones).
func (r *RBAC) RulesIn(id Identity, namespace string) ([]rbacv1.PolicyRule, error) {
	s, err := r.loaded()
	if err != nil {
		return nil, err
	}
	var out []rbacv1.PolicyRule
	s.index.each(SubjectOf(id), func(g *grant) bool {
		if g.namespace == "" || g.namespace == namespace {
			out = append(out, g.right().Rules...)
		}
		return true
	})
	return out, nil
}

// Groups lists the Kubemate groups that anything is bound to.
func (r *RBAC) Groups() ([]string, error) {
	s, err := r.loaded()
	if err != nil {
		return nil, err
	}
	var out []string
	for name := range s.index.groups {
		if len(name) > len(prefix) && name[:len(prefix)] == prefix {
			out = append(out, name[len(prefix):])
		}
	}
	return out, nil
}

func (g *grant) right() Right {
	rules := make([]rbacv1.PolicyRule, len(g.rules))
	for i, r := range g.rules {
		rules[i] = r.PolicyRule
	}
	return Right{Namespace: g.namespace, Binding: g.binding, Role: g.role, Rules: rules}
}
