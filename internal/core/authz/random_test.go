package authz_test

import (
	"fmt"
	"math/rand/v2"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/core/authz"
)

// The vocabularies are small, so that random rules and random questions meet.
type vocabulary struct {
	verbs, groups, resources, subresources, namespaces, names, paths, users, userGroups []string
}

func words() vocabulary {
	return vocabulary{
		verbs:        []string{"get", "list", "watch", "delete", "escalate"},
		groups:       []string{"", "apps", "kubemate.io"},
		resources:    []string{"pods", "deployments", "secrets"},
		subresources: []string{"", "", "log", "scale"},
		namespaces:   []string{"", "a", "b", "c"},
		names:        []string{"", "x", "y"},
		paths:        []string{"/healthz", "/metrics", "/debug/pprof/heap", "/debug"},
		users:        []string{"kubemate:alice", "kubemate:bob", "system:serviceaccount:a:robot", "system:serviceaccount:b:robot"},
		userGroups:   []string{"kubemate:developers", "kubemate:viewers", "system:authenticated", "system:serviceaccounts", "system:serviceaccounts:a"},
	}
}

type generator struct {
	*rand.Rand
	vocabulary
	prefix string // of the names of objects, so that a real API server can hold several policies
}

func (g generator) pick(list []string) string { return list[g.IntN(len(list))] }

// some picks a few, now and then "*" among them.
func (g generator) some(list []string, star bool) []string {
	var out []string
	for range 1 + g.IntN(2) {
		out = append(out, g.pick(list))
	}
	if star && g.IntN(3) == 0 {
		out = append(out, "*")
	}
	return out
}

func (g generator) rule(clusterWide bool) rbacv1.PolicyRule {
	if clusterWide && g.IntN(5) == 0 {
		return rbacv1.PolicyRule{Verbs: g.some(g.verbs, true), NonResourceURLs: []string{
			g.pick([]string{"/healthz", "/metrics", "/debug/*", "/debug*", "*", "/debug/pprof/heap"}),
		}}
	}
	r := rbacv1.PolicyRule{Verbs: g.some(g.verbs, true), APIGroups: g.some(g.groups, true)}
	for range 1 + g.IntN(2) {
		resource := g.pick(g.resources)
		if sub := g.pick(g.subresources); sub != "" {
			resource = g.pick([]string{resource, "*"}) + "/" + sub
		} else if g.IntN(8) == 0 {
			resource = "*"
		}
		r.Resources = append(r.Resources, resource)
	}
	if g.IntN(3) == 0 {
		r.ResourceNames = []string{g.pick([]string{"x", "y", "z"})}
	}
	return r
}

func (g generator) rules(clusterWide bool) []rbacv1.PolicyRule {
	out := make([]rbacv1.PolicyRule, 2+g.IntN(4))
	for i := range out {
		out[i] = g.rule(clusterWide)
	}
	return out
}

func (g generator) subjects(namespaced bool) []rbacv1.Subject {
	out := make([]rbacv1.Subject, 2+g.IntN(2))
	for i := range out {
		switch g.IntN(3) {
		case 0:
			out[i] = rbacv1.Subject{Kind: "User", APIGroup: rbacv1.GroupName, Name: g.pick(g.users)}
		case 1:
			out[i] = rbacv1.Subject{Kind: "Group", APIGroup: rbacv1.GroupName, Name: g.pick(g.userGroups)}
		default:
			out[i] = rbacv1.Subject{Kind: "ServiceAccount", Namespace: g.pick([]string{"a", "b"}), Name: "robot"}
			if namespaced && g.IntN(4) == 0 {
				out[i].Namespace = ""
			}
		}
	}
	return out
}

func (g generator) policy() authz.Policy {
	var p authz.Policy
	for i := range 2 + g.IntN(3) {
		p.ClusterRoles = append(p.ClusterRoles, &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint(g.prefix, "cr", i)}, Rules: g.rules(true)})
		p.Roles = append(p.Roles, &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Namespace: g.pick(g.namespaces[1:]), Name: fmt.Sprint(g.prefix, "r", i)}, Rules: g.rules(false)})
	}
	for i := range 1 + g.IntN(4) {
		p.ClusterRoleBindings = append(p.ClusterRoleBindings, &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint(g.prefix, "crb", i)}, Subjects: g.subjects(false),
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: fmt.Sprint(g.prefix, "cr", g.IntN(6))},
		})
	}
	for i := range 4 + g.IntN(6) {
		ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: fmt.Sprint(g.prefix, "cr", g.IntN(6))}
		if g.IntN(2) == 0 {
			ref.Kind, ref.Name = "Role", fmt.Sprint(g.prefix, "r", g.IntN(6))
		}
		p.RoleBindings = append(p.RoleBindings, &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: g.pick(g.namespaces[1:]), Name: fmt.Sprint(g.prefix, "rb", i)}, Subjects: g.subjects(true), RoleRef: ref,
		})
	}
	return p
}

func (g generator) question() authz.Attributes {
	if g.IntN(8) == 0 {
		return authz.Attributes{Verb: g.pick(g.verbs), Path: g.pick(g.paths)}
	}
	return authz.Attributes{
		Verb: g.pick(g.verbs), Group: g.pick(g.groups), Resource: g.pick(g.resources), Subresource: g.pick(g.subresources),
		Namespace: g.pick(g.namespaces), Name: g.pick(g.names),
	}
}

func (g generator) subject() authz.Subject {
	switch g.IntN(4) {
	case 0:
		return authz.ServiceAccount(g.pick([]string{"a", "b"}), "robot")
	default:
		id := authz.Identity{User: g.pick([]string{"alice", "bob", "carol"})}
		for range g.IntN(3) {
			id.Groups = append(id.Groups, g.pick([]string{"developers", "viewers"}))
		}
		return authz.SubjectOf(id)
	}
}
