package authz_test

import (
	"context"
	"math/rand/v2"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/testkit"
)

// TestEqualsAPIServer asks a real API server 1,500 random questions about random policies
// that stand in it beside its own.
func TestEqualsAPIServer(t *testing.T) {
	cp := testkit.APIServer(t)
	config := *cp.Admin
	config.QPS, config.Burst = 1000, 1000
	client, err := kubernetes.NewForConfig(&config)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, namespace := range []string{"a", "b", "c"} {
		if _, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	g := generator{Rand: rand.New(rand.NewPCG(7, 7)), vocabulary: words()}
	for i := range 3 {
		g.prefix = string(rune('p'+i)) + "-"
		store(t, client, g.policy())
	}
	rbac := authz.NewRBAC(authz.RBACOptions{Cluster: "local"})
	rbac.Replace(load(t, client))
	waitForMarker(t, client)
	allowed := 0
	for range 1500 {
		s, a := g.subject(), g.question()
		got, reason, err := rbac.AllowedSubject(s, a)
		if err != nil {
			t.Fatal(err)
		}
		want := ask(t, client, s, a)
		if got != want {
			t.Fatalf("may %v %s? got %v (%s), the API server says %v", s, a, got, reason, want)
		}
		if got {
			allowed++
		}
	}
	if allowed < 100 || allowed > 1400 {
		t.Errorf("only one kind of answer is tested: %d of 1500 allowed", allowed)
	}
}

func store(t *testing.T, client kubernetes.Interface, p authz.Policy) {
	t.Helper()
	ctx, rbac := context.Background(), client.RbacV1()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, o := range p.ClusterRoles {
		_, err := rbac.ClusterRoles().Create(ctx, o, metav1.CreateOptions{})
		fail(err)
	}
	for _, o := range p.Roles {
		_, err := rbac.Roles(o.Namespace).Create(ctx, o, metav1.CreateOptions{})
		fail(err)
	}
	for _, o := range p.ClusterRoleBindings {
		_, err := rbac.ClusterRoleBindings().Create(ctx, o, metav1.CreateOptions{})
		fail(err)
	}
	for _, o := range p.RoleBindings {
		for i := range o.Subjects { // the API server wants a namespace; the evaluation must do without
			if o.Subjects[i].Kind == rbacv1.ServiceAccountKind && o.Subjects[i].Namespace == "" {
				o.Subjects[i].Namespace = o.Namespace
			}
		}
		_, err := rbac.RoleBindings(o.Namespace).Create(ctx, o, metav1.CreateOptions{})
		fail(err)
	}
}

func load(t *testing.T, client kubernetes.Interface) authz.Policy {
	t.Helper()
	ctx, all := context.Background(), metav1.ListOptions{}
	var p authz.Policy
	clusterRoles, err1 := client.RbacV1().ClusterRoles().List(ctx, all)
	roles, err2 := client.RbacV1().Roles("").List(ctx, all)
	clusterRoleBindings, err3 := client.RbacV1().ClusterRoleBindings().List(ctx, all)
	roleBindings, err4 := client.RbacV1().RoleBindings("").List(ctx, all)
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range clusterRoles.Items {
		p.ClusterRoles = append(p.ClusterRoles, &clusterRoles.Items[i])
	}
	for i := range roles.Items {
		p.Roles = append(p.Roles, &roles.Items[i])
	}
	for i := range clusterRoleBindings.Items {
		p.ClusterRoleBindings = append(p.ClusterRoleBindings, &clusterRoleBindings.Items[i])
	}
	for i := range roleBindings.Items {
		p.RoleBindings = append(p.RoleBindings, &roleBindings.Items[i])
	}
	return p
}

// waitForMarker waits until the API server's own authorizer has seen the last of each kind of
// object: it follows them by watches.
func waitForMarker(t *testing.T, client kubernetes.Interface) {
	t.Helper()
	rules := []rbacv1.PolicyRule{{Verbs: []string{"get"}, APIGroups: []string{"marker"}, Resources: []string{"markers"}}}
	marker := rbacv1.Subject{Kind: "User", APIGroup: rbacv1.GroupName, Name: "marker"}
	store(t, client, authz.Policy{
		ClusterRoles: []*rbacv1.ClusterRole{{ObjectMeta: metav1.ObjectMeta{Name: "marker"}, Rules: rules}},
		Roles:        []*rbacv1.Role{{ObjectMeta: metav1.ObjectMeta{Namespace: "c", Name: "marker"}, Rules: rules}},
		ClusterRoleBindings: []*rbacv1.ClusterRoleBinding{{
			ObjectMeta: metav1.ObjectMeta{Name: "marker"}, Subjects: []rbacv1.Subject{{Kind: "User", APIGroup: rbacv1.GroupName, Name: "cluster-marker"}},
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "marker"},
		}},
		RoleBindings: []*rbacv1.RoleBinding{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "c", Name: "marker"}, Subjects: []rbacv1.Subject{marker},
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "marker"},
		}},
	})
	question := authz.Attributes{Verb: "get", Group: "marker", Resource: "markers", Namespace: "c"}
	testkit.Eventually(t, "the API server knows the policies", func() bool {
		return ask(t, client, authz.Subject{User: "marker"}, question) && ask(t, client, authz.Subject{User: "cluster-marker"}, question)
	})
}

func ask(t *testing.T, client kubernetes.Interface, s authz.Subject, a authz.Attributes) bool {
	t.Helper()
	spec := authorizationv1.SubjectAccessReviewSpec{User: s.User, Groups: s.Groups}
	if a.Path != "" {
		spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Path: a.Path, Verb: a.Verb}
	} else {
		spec.ResourceAttributes = &authorizationv1.ResourceAttributes{
			Namespace: a.Namespace, Verb: a.Verb, Group: a.Group, Resource: a.Resource, Subresource: a.Subresource, Name: a.Name,
		}
	}
	review, err := client.AuthorizationV1().SubjectAccessReviews().Create(context.Background(),
		&authorizationv1.SubjectAccessReview{Spec: spec}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return review.Status.Allowed
}
