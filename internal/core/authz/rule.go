package authz

import (
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// rule is one compiled rbacv1.PolicyRule. Rules are short lists: comparing strings beats
// building sets.
type rule struct {
	rbacv1.PolicyRule
	anyVerb, anyGroup, anyResource bool
}

func compile(rules []rbacv1.PolicyRule) []rule {
	out := make([]rule, 0, len(rules))
	for _, r := range rules {
		out = append(out, rule{
			PolicyRule:  r,
			anyVerb:     containsString(r.Verbs, rbacv1.VerbAll),
			anyGroup:    containsString(r.APIGroups, rbacv1.APIGroupAll),
			anyResource: containsString(r.Resources, rbacv1.ResourceAll),
		})
	}
	return out
}

// allows follows the published semantics of RBAC: a rule allows by naming verb, group and
// resource (or "*"), and, when it lists names, the object's name.
func (r *rule) allows(a Attributes) bool {
	if a.Path != "" {
		return r.hasVerb(a.Verb) && r.hasPath(a.Path)
	}
	return r.hasVerb(a.Verb) && r.hasGroup(a.Group) && r.hasResource(a.Resource, a.Subresource) && r.hasName(a.Name)
}

func (r *rule) hasVerb(verb string) bool { return r.anyVerb || containsString(r.Verbs, verb) }

func (r *rule) hasGroup(group string) bool { return r.anyGroup || containsString(r.APIGroups, group) }

// hasResource: "*" covers subresources too; "*/scale" covers one subresource of everything;
// "pods" alone does not cover "pods/log".
func (r *rule) hasResource(resource, subresource string) bool {
	if r.anyResource {
		return true
	}
	for _, named := range r.Resources {
		if subresource == "" {
			if named == resource {
				return true
			}
			continue
		}
		if parent, ok := strings.CutSuffix(named, "/"+subresource); ok && (parent == resource || parent == "*") {
			return true
		}
	}
	return false
}

func (r *rule) hasName(name string) bool {
	return len(r.ResourceNames) == 0 || containsString(r.ResourceNames, name)
}

// hasPath: a path ends with "*" to cover what begins like it.
func (r *rule) hasPath(path string) bool {
	for _, named := range r.NonResourceURLs {
		if named == rbacv1.NonResourceAll || named == path {
			return true
		}
		if strings.HasSuffix(named, "*") && strings.HasPrefix(path, strings.TrimRight(named, "*")) {
			return true
		}
	}
	return false
}

func containsString(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
