package authz

import (
	rbacv1 "k8s.io/api/rbac/v1"
)

// Policy is all RBAC objects of one cluster. Aggregated ClusterRoles carry their merged
// rules already: the cluster's controller writes them.
type Policy struct {
	Roles               []*rbacv1.Role
	RoleBindings        []*rbacv1.RoleBinding
	ClusterRoles        []*rbacv1.ClusterRole
	ClusterRoleBindings []*rbacv1.ClusterRoleBinding
}

// Subject is who asks, as a cluster knows it.
type Subject struct {
	User   string   // "kubemate:alice", "system:serviceaccount:demo-bank:ledger"
	Groups []string // "kubemate:developers", "system:authenticated"
}

const (
	groupAuthenticated   = "system:authenticated"
	groupServiceAccounts = "system:serviceaccounts"
	serviceAccountPrefix = "system:serviceaccount:"
)

// SubjectOf is how the API server sees an identity that comes by impersonation.
func SubjectOf(id Identity) Subject {
	return Subject{User: id.KubernetesUser(), Groups: append(id.KubernetesGroups(), groupAuthenticated)}
}

// ServiceAccount is how the API server sees a service account.
func ServiceAccount(namespace, name string) Subject {
	return Subject{
		User:   serviceAccountPrefix + namespace + ":" + name,
		Groups: []string{groupServiceAccounts, groupServiceAccounts + ":" + namespace, groupAuthenticated},
	}
}

// grant is one role bound to a subject.
type grant struct {
	namespace string // "" for everywhere
	rules     []rule
	binding   string // "ClusterRoleBinding kubemate:viewers", for reasons
	role      string // "ClusterRole kubemate:viewer"
}

// index is a Policy by subject. It is never changed after it was made.
type index struct {
	users  map[string][]*grant
	groups map[string][]*grant
}

// newIndex compiles a policy. A binding whose role does not exist gives nothing.
func newIndex(p Policy) *index {
	ix := &index{users: map[string][]*grant{}, groups: map[string][]*grant{}}
	roles := make(map[string][]rule, len(p.Roles))
	for _, r := range p.Roles {
		roles[r.Namespace+"/"+r.Name] = compile(r.Rules)
	}
	clusterRoles := make(map[string][]rule, len(p.ClusterRoles))
	for _, r := range p.ClusterRoles {
		clusterRoles[r.Name] = compile(r.Rules)
	}
	for _, b := range p.ClusterRoleBindings {
		if b.RoleRef.Kind == "ClusterRole" {
			ix.add(b.Subjects, "", &grant{
				rules: clusterRoles[b.RoleRef.Name], binding: "ClusterRoleBinding " + b.Name, role: "ClusterRole " + b.RoleRef.Name,
			})
		}
	}
	for _, b := range p.RoleBindings {
		g := &grant{namespace: b.Namespace, binding: "RoleBinding " + b.Namespace + "/" + b.Name, role: b.RoleRef.Kind + " " + b.RoleRef.Name}
		switch b.RoleRef.Kind {
		case "ClusterRole":
			g.rules = clusterRoles[b.RoleRef.Name]
		case "Role":
			g.rules = roles[b.Namespace+"/"+b.RoleRef.Name]
		}
		ix.add(b.Subjects, b.Namespace, g)
	}
	return ix
}

// add files a grant under each of its subjects. A service account without a namespace is
// one of the binding's own namespace.
func (ix *index) add(subjects []rbacv1.Subject, bindingNamespace string, g *grant) {
	if len(g.rules) == 0 {
		return
	}
	for _, s := range subjects {
		switch s.Kind {
		case rbacv1.UserKind:
			ix.users[s.Name] = append(ix.users[s.Name], g)
		case rbacv1.GroupKind:
			ix.groups[s.Name] = append(ix.groups[s.Name], g)
		case rbacv1.ServiceAccountKind:
			namespace := s.Namespace
			if namespace == "" {
				namespace = bindingNamespace
			}
			if namespace != "" {
				user := serviceAccountPrefix + namespace + ":" + s.Name
				ix.users[user] = append(ix.users[user], g)
			}
		}
	}
}

// each calls f with every grant of a subject until it returns false.
func (ix *index) each(s Subject, f func(*grant) bool) {
	for _, g := range ix.users[s.User] {
		if !f(g) {
			return
		}
	}
	for i, group := range s.Groups {
		if containsString(s.Groups[:i], group) {
			continue
		}
		for _, g := range ix.groups[group] {
			if !f(g) {
				return
			}
		}
	}
}
