package fleet

import (
	"sort"

	rbacv1 "k8s.io/api/rbac/v1"
)

func roleFields() []field {
	return []field{
		count("rules", "Rules", func(r *rbacv1.Role) int64 { return int64(len(r.Rules)) }),
		list("resources", "Resources", func(r *rbacv1.Role) []string { return ruleResources(r.Rules) }, wide),
	}
}

func clusterRoleFields() []field {
	return []field{
		count("rules", "Rules", func(r *rbacv1.ClusterRole) int64 { return int64(len(r.Rules)) }),
		text("aggregated", "Aggregated", func(r *rbacv1.ClusterRole) string { return yes(r.AggregationRule != nil) }),
		list("resources", "Resources", func(r *rbacv1.ClusterRole) []string { return ruleResources(r.Rules) }, wide),
	}
}

// ruleResources lists the distinct resources of the rules, at most twenty.
func ruleResources(rules []rbacv1.PolicyRule) []string {
	seen := map[string]bool{}
	for i := range rules {
		for _, r := range rules[i].Resources {
			seen[r] = true
		}
	}
	out := sortedKeys(seen)
	return out[:min(len(out), 20)]
}

func roleBindingFields() []field {
	return []field{
		text("role", "Role", func(b *rbacv1.RoleBinding) string { return b.RoleRef.Kind + "/" + b.RoleRef.Name }),
		list("subjects", "Subjects", func(b *rbacv1.RoleBinding) []string { return subjects(b.Subjects) }),
	}
}

func clusterRoleBindingFields() []field {
	return []field{
		text("role", "Role", func(b *rbacv1.ClusterRoleBinding) string { return b.RoleRef.Kind + "/" + b.RoleRef.Name }),
		list("subjects", "Subjects", func(b *rbacv1.ClusterRoleBinding) []string { return subjects(b.Subjects) }),
	}
}

func subjects(in []rbacv1.Subject) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = s.Kind + "/" + s.Name
		if s.Namespace != "" {
			out[i] = s.Kind + "/" + s.Namespace + "/" + s.Name
		}
	}
	sort.Strings(out)
	return out
}
