package authz_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"kubemate.io/kubemate/internal/core/authz"
)

// TestEqualsReference compares 200,000 random questions under 1,000 random policies.
func TestEqualsReference(t *testing.T) {
	const policies, questions = 1000, 200
	allowed := 0
	for seed := range uint64(policies) {
		g := generator{Rand: rand.New(rand.NewPCG(seed, 1)), vocabulary: words()}
		policy := g.policy()
		rbac := authz.NewRBAC(authz.RBACOptions{Cluster: "local"})
		rbac.Replace(policy)
		for range questions {
			s, a := g.subject(), g.question()
			want := reference(policy, s, a)
			got, reason, err := rbac.AllowedSubject(s, a)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Fatalf("seed %d: may %v %s? got %v (%s), want %v", seed, s, a, got, reason, want)
			}
			if got {
				allowed++
			}
		}
	}
	if share := float64(allowed) / (policies * questions); share < 0.05 || share > 0.95 {
		t.Errorf("only one kind of answer is tested: %.2f allowed", share)
	}
}

// TestVisibleEqualsAllowed: what a list shows is exactly what may be listed by name.
func TestVisibleEqualsAllowed(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(500) {
		g := generator{Rand: rand.New(rand.NewPCG(seed, 2)), vocabulary: words()}
		policy := g.policy()
		rbac := authz.NewRBAC(authz.RBACOptions{Cluster: "local"})
		rbac.Replace(policy)
		id := authz.Identity{User: g.pick([]string{"alice", "bob"}), Groups: []string{g.pick([]string{"developers", "viewers"})}}
		for _, verb := range g.verbs {
			group, resource := g.pick(g.groups), g.pick(g.resources)
			v, err := rbac.Visible(ctx, id, verb, group, resource)
			if err != nil {
				t.Fatal(err)
			}
			for _, namespace := range []string{"a", "b", "c", "d"} {
				for _, name := range []string{"x", "y", "z", "other"} {
					a := authz.Attributes{Verb: verb, Group: group, Resource: resource, Namespace: namespace, Name: name}
					if want := reference(policy, authz.SubjectOf(id), a); v.Sees(namespace, name) != want {
						t.Fatalf("seed %d: %v sees %s: %v, want %v (%+v)", seed, id, a, !want, want, v)
					}
				}
			}
			everything, _, err := rbac.Allowed(ctx, id, authz.Attributes{Verb: verb, Group: group, Resource: resource})
			if err != nil || v.All != everything {
				t.Fatalf("seed %d: All is %v, the cluster-wide question says %v (%v)", seed, v.All, everything, err)
			}
		}
	}
}
