package authz_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

func binding(namespace, group, role string) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: group},
		Subjects:   []rbacv1.Subject{{Kind: "Group", Name: "kubemate:" + group}},
		RoleRef:    rbacv1.RoleRef{Kind: "ClusterRole", Name: role},
	}
}

func clusterBinding(group, role string) *rbacv1.ClusterRoleBinding {
	return &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: group},
		Subjects:   []rbacv1.Subject{{Kind: "Group", Name: "kubemate:" + group}},
		RoleRef:    rbacv1.RoleRef{Kind: "ClusterRole", Name: role},
	}
}

func clusterRole(name string, rules ...rbacv1.PolicyRule) *rbacv1.ClusterRole {
	return &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
}

func testPolicy() authz.Policy {
	all := rbacv1.PolicyRule{Verbs: []string{"*"}, APIGroups: []string{"*"}, Resources: []string{"*"}}
	pods := rbacv1.PolicyRule{Verbs: []string{"get", "list"}, APIGroups: []string{""}, Resources: []string{"pods"}}
	return authz.Policy{
		ClusterRoles:        []*rbacv1.ClusterRole{clusterRole("admin", all), clusterRole("pods", pods)},
		ClusterRoleBindings: []*rbacv1.ClusterRoleBinding{clusterBinding("platform-admins", "admin")},
		RoleBindings:        []*rbacv1.RoleBinding{binding("a", "developers", "pods")},
	}
}

func TestNotLoadedRulesAllowNothing(t *testing.T) {
	rbac := authz.NewRBAC(authz.RBACOptions{Cluster: "local"})
	scope := authz.NewScope(authz.Identity{User: "alice"}, func(string) (authz.Rules, error) { return rbac, nil })
	if _, err := scope.Visible(context.Background(), "local", "list", "", "pods"); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("Visible: %v", err)
	}
	if err := scope.Require(context.Background(), "local", authz.Attributes{Verb: "list", Resource: "pods"}); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("Require: %v", err)
	}
	if rbac.Generation() != 0 {
		t.Errorf("generation %d", rbac.Generation())
	}
}

func TestChangedRulesHoldAtOnce(t *testing.T) {
	ctx, alice := context.Background(), authz.Identity{User: "alice", Groups: []string{"developers"}}
	rbac := authz.NewRBAC(authz.RBACOptions{Cluster: "local"})
	rbac.Replace(testPolicy())
	before := rbac.Generation()
	if v, _ := rbac.Visible(ctx, alice, "list", "", "pods"); !v.Sees("a", "x") || v.Sees("b", "x") {
		t.Fatalf("visible %+v", v)
	}
	changed := testPolicy()
	changed.RoleBindings = []*rbacv1.RoleBinding{binding("b", "developers", "pods")}
	rbac.Replace(changed)
	if v, _ := rbac.Visible(ctx, alice, "list", "", "pods"); v.Sees("a", "x") || !v.Sees("b", "x") {
		t.Errorf("visible after the change %+v", v)
	}
	if rbac.Generation() == before {
		t.Error("the generation did not change")
	}
}

func TestOutOfContactOnlyAdminsSee(t *testing.T) {
	now := time.Unix(1e9, 0)
	contact := now
	rbac := authz.NewRBAC(authz.RBACOptions{Cluster: "far", Now: func() time.Time { return now }, LastContact: func() time.Time { return contact }})
	rbac.Replace(testPolicy())
	ctx := context.Background()
	alice, admin := authz.Identity{User: "alice", Groups: []string{"developers"}}, authz.Identity{User: "root", Groups: []string{"platform-admins"}}
	question := authz.Attributes{Verb: "list", Resource: "pods", Namespace: "a"}
	for _, step := range []struct {
		after       time.Duration
		alice, root bool
	}{{14 * time.Minute, true, true}, {16 * time.Minute, false, true}} {
		now = contact.Add(step.after)
		for id, want := range map[string]bool{"alice": step.alice, "root": step.root} {
			who := map[string]authz.Identity{"alice": alice, "root": admin}[id]
			ok, reason, err := rbac.Allowed(ctx, who, question)
			v, errV := rbac.Visible(ctx, who, "list", "", "pods")
			if ok != want || v.Sees("a", "x") != want || err != nil || errV != nil {
				t.Errorf("after %s %s: allowed %v (%s), visible %+v, %v %v", step.after, id, ok, reason, v, err, errV)
			}
			if !want && !strings.Contains(reason, "15 minutes") {
				t.Errorf("reason %q", reason)
			}
		}
	}
	expired := rbac.Generation()
	contact = now
	if rbac.Generation() == expired {
		t.Error("contact came back, the generation stayed")
	}
}

func TestReservedNames(t *testing.T) {
	for name, want := range map[string]bool{
		"alice": false, "developers": false, "": true, " ": true, "system:masters": true, "System:masters": true, " system:masters": true, "kubemate:alice": true,
	} {
		if authz.Reserved(name) != want {
			t.Errorf("Reserved(%q) is %v", name, !want)
		}
	}
}

func TestReviewAsksOnceInAWhile(t *testing.T) {
	now, asked := time.Unix(1e9, 0), 0
	review := authz.NewReview(func(_ context.Context, r *authorizationv1.SubjectAccessReview) (*authorizationv1.SubjectAccessReview, error) {
		asked++
		r.Status.Allowed = r.Spec.ResourceAttributes.Namespace == "a" && r.Spec.User == "kubemate:alice"
		return r, nil
	}, func(context.Context) ([]string, error) { return []string{"a", "b"}, nil }, func() time.Time { return now })
	ctx, alice := context.Background(), authz.Identity{User: "alice"}
	for range 3 {
		v, err := review.Visible(ctx, alice, "list", "", "pods")
		if err != nil || !v.Sees("a", "x") || v.Sees("b", "x") || v.All {
			t.Fatalf("%+v %v", v, err)
		}
	}
	if asked != 3 {
		t.Errorf("asked %d times, want 3", asked)
	}
	before := review.Generation()
	now = now.Add(6 * time.Second)
	if _, err := review.Visible(ctx, alice, "list", "", "pods"); err != nil || asked != 6 || review.Generation() == before {
		t.Errorf("after six seconds: asked %d times, %v", asked, err)
	}
}

func TestReviewFailureIsNoPermission(t *testing.T) {
	review := authz.NewReview(func(context.Context, *authorizationv1.SubjectAccessReview) (*authorizationv1.SubjectAccessReview, error) {
		return nil, errors.New("no answer")
	}, func(context.Context) ([]string, error) { return []string{"a"}, nil }, time.Now)
	if ok, _, err := review.Allowed(context.Background(), authz.Identity{User: "alice"}, authz.Attributes{Verb: "get", Resource: "pods"}); ok || err == nil {
		t.Errorf("%v %v", ok, err)
	}
	if v, err := review.Visible(context.Background(), authz.Identity{User: "alice"}, "get", "", "pods"); !v.Empty() || err == nil {
		t.Errorf("%+v %v", v, err)
	}
}

func BenchmarkVisibleFiftyOfFiveHundred(b *testing.B) {
	p := testPolicy()
	p.RoleBindings = nil
	for i := range 500 {
		group := "others"
		if i%10 == 0 {
			group = "developers"
		}
		p.RoleBindings = append(p.RoleBindings, binding(fmt.Sprint("ns", i), group, "pods"))
	}
	rbac := authz.NewRBAC(authz.RBACOptions{Cluster: "local"})
	rbac.Replace(p)
	alice := authz.Identity{User: "alice", Groups: []string{"developers"}}
	for b.Loop() {
		v, err := rbac.Visible(context.Background(), alice, "list", "", "pods")
		if err != nil || len(v.Namespaces) != 50 {
			b.Fatalf("%+v %v", v, err)
		}
	}
}

func TestChangingScopeFollowsTheGroups(t *testing.T) {
	rbac := authz.NewRBAC(authz.RBACOptions{Cluster: "local"})
	rbac.Replace(testPolicy())
	alice := authz.Identity{User: "alice"}
	scope := authz.NewChangingScope(func() authz.Identity { return alice }, func(string) (authz.Rules, error) { return rbac, nil })
	before := scope.Generation("local")
	if v, err := scope.Visible(context.Background(), "local", "list", "", "pods"); err != nil || !v.Empty() {
		t.Fatalf("without groups: %+v %v", v, err)
	}
	alice.Groups = []string{"developers"}
	if v, err := scope.Visible(context.Background(), "local", "list", "", "pods"); err != nil || !v.Sees("a", "x") {
		t.Errorf("as a developer: %+v %v", v, err)
	}
	if scope.Generation("local") == before {
		t.Error("the generation did not change")
	}
}
