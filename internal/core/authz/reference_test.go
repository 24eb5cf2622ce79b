package authz_test

import (
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"kubemate.io/kubemate/internal/core/authz"
)

// reference answers a question by walking through all bindings, word for word as the
// Kubernetes documentation describes RBAC. It shares no code with the evaluation under test.
func reference(p authz.Policy, s authz.Subject, a authz.Attributes) bool {
	for _, b := range p.ClusterRoleBindings {
		if refBound(b.Subjects, "", s) && b.RoleRef.Kind == "ClusterRole" && refAny(refClusterRole(p, b.RoleRef.Name), a) {
			return true
		}
	}
	if a.Path != "" || a.Namespace == "" {
		return false
	}
	for _, b := range p.RoleBindings {
		if b.Namespace != a.Namespace || !refBound(b.Subjects, b.Namespace, s) {
			continue
		}
		var rules []rbacv1.PolicyRule
		if b.RoleRef.Kind == "ClusterRole" {
			rules = refClusterRole(p, b.RoleRef.Name)
		} else {
			for _, r := range p.Roles {
				if r.Namespace == b.Namespace && r.Name == b.RoleRef.Name {
					rules = r.Rules
				}
			}
		}
		if refAny(rules, a) {
			return true
		}
	}
	return false
}

func refClusterRole(p authz.Policy, name string) []rbacv1.PolicyRule {
	for _, r := range p.ClusterRoles {
		if r.Name == name {
			return r.Rules
		}
	}
	return nil
}

func refBound(subjects []rbacv1.Subject, bindingNamespace string, s authz.Subject) bool {
	for _, subject := range subjects {
		switch subject.Kind {
		case "User":
			if subject.Name == s.User {
				return true
			}
		case "Group":
			for _, g := range s.Groups {
				if g == subject.Name {
					return true
				}
			}
		case "ServiceAccount":
			namespace := bindingNamespace
			if subject.Namespace != "" {
				namespace = subject.Namespace
			}
			if namespace != "" && s.User == "system:serviceaccount:"+namespace+":"+subject.Name {
				return true
			}
		}
	}
	return false
}

func refAny(rules []rbacv1.PolicyRule, a authz.Attributes) bool {
	for _, r := range rules {
		if !refHas(r.Verbs, "*", a.Verb) {
			continue
		}
		if a.Path != "" {
			for _, path := range r.NonResourceURLs {
				if path == "*" || path == a.Path || (strings.HasSuffix(path, "*") && strings.HasPrefix(a.Path, strings.TrimRight(path, "*"))) {
					return true
				}
			}
			continue
		}
		if refHas(r.APIGroups, "*", a.Group) && refResource(r.Resources, a) && (len(r.ResourceNames) == 0 || refHas(r.ResourceNames, a.Name, a.Name)) {
			return true
		}
	}
	return false
}

func refResource(resources []string, a authz.Attributes) bool {
	full := a.Resource
	if a.Subresource != "" {
		full += "/" + a.Subresource
	}
	for _, r := range resources {
		if r == "*" || r == full || (a.Subresource != "" && r == "*/"+a.Subresource) {
			return true
		}
	}
	return false
}

func refHas(list []string, either, or string) bool {
	for _, v := range list {
		if v == either || v == or {
			return true
		}
	}
	return false
}
