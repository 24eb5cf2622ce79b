package access

import (
	"context"
	"fmt"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/testkit"
)

func TestUsers(t *testing.T) {
	s := newSuite(t)
	s.user("root", "platform-admins")
	s.user("alice", "viewers")
	s.user("helper", "helpdesk")
	s.bind("helpdesk", rbacv1.PolicyRule{APIGroups: []string{"kubemate.io"}, Resources: []string{"users"}, Verbs: []string{"*"}},
		rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get", "list"}})
	s.bind("podreaders", rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list"}})
	var table []testkit.Scenario
	for _, e := range []struct{ method, path, body string }{
		{"GET", "/api/v1/users", ""},
		{"POST", "/api/v1/users", `{"name":"dave"}`},
		{"GET", "/api/v1/users/alice", ""},
		{"PATCH", "/api/v1/users/alice", `{}`},
		{"DELETE", "/api/v1/users/alice", ""},
		{"POST", "/api/v1/users/alice/sign-in-link", ""},
		{"GET", "/api/v1/groups", ""},
	} {
		table = append(table,
			testkit.Scenario{Name: e.method + e.path + " nobody", Method: e.method, Path: e.path, Body: e.body, Status: 401},
			testkit.Scenario{Name: e.method + e.path + " viewer", Method: e.method, Path: e.path, Body: e.body, As: "alice", Status: 403, Want: []string{"users.kubemate.io"}},
		)
	}
	s.Scenarios.Run(t, append(table, []testkit.Scenario{
		{Name: "list", Method: "GET", Path: "/api/v1/users", As: "root", Status: 200, Want: []string{`"name":"alice"`, `"groups":["viewers"]`}, Not: []string{"argon2"}},
		{Name: "get", Method: "GET", Path: "/api/v1/users/alice", As: "root", Status: 200, Want: []string{`"mustSetPassword":false`}},
		{Name: "get unknown", Method: "GET", Path: "/api/v1/users/ghost", As: "root", Status: 404},
		{Name: "groups", Method: "GET", Path: "/api/v1/groups", As: "root", Status: 200, Want: []string{"ClusterRole kubemate:viewer", `"members":["alice"]`}},
		{Name: "bad name", Method: "POST", Path: "/api/v1/users", As: "root", Body: `{"name":"Dave Dee"}`, Status: 422},
		{Name: "system name", Method: "POST", Path: "/api/v1/users", As: "root", Body: `{"name":"system:admin"}`, Status: 422},
		{Name: "system group", Method: "POST", Path: "/api/v1/users", As: "root", Body: `{"name":"dave","groups":["system:masters"]}`, Status: 422},
		{Name: "prefixed group", Method: "POST", Path: "/api/v1/users", As: "root", Body: `{"name":"dave","groups":["kubemate:platform-admins"]}`, Status: 422},
		{Name: "create", Method: "POST", Path: "/api/v1/users", As: "root", Body: `{"name":"dave","displayName":"戴夫","groups":["viewers","viewers"]}`, Status: 201, Want: []string{"#token=kml_", `"groups":["viewers"]`, `"mustSetPassword":true`}},
		{Name: "create again", Method: "POST", Path: "/api/v1/users", As: "root", Body: `{"name":"dave"}`, Status: 409},
		{Name: "change", Method: "PATCH", Path: "/api/v1/users/dave", As: "root", Body: `{"email":"d@example.org"}`, Status: 200, Want: []string{"d@example.org", "戴夫"}},
		{Name: "link", Method: "POST", Path: "/api/v1/users/dave/sign-in-link", As: "root", Status: 200, Want: []string{"#token=kml_"}},

		{Name: "helpdesk gives a group within its rights", Method: "PATCH", Path: "/api/v1/users/dave", As: "helper", Body: `{"groups":["podreaders"]}`, Status: 403, Want: []string{"kubemate:viewer"}},
		{Name: "helpdesk creates within its rights", Method: "POST", Path: "/api/v1/users", As: "helper", Body: `{"name":"eve","groups":["podreaders"]}`, Status: 201},
		{Name: "helpdesk gives more than it has", Method: "PATCH", Path: "/api/v1/users/eve", As: "helper", Body: `{"groups":["platform-admins"]}`, Status: 403, Want: []string{"platform-admin"}},
		{Name: "helpdesk creates an admin", Method: "POST", Path: "/api/v1/users", As: "helper", Body: `{"name":"evil","groups":["platform-admins"]}`, Status: 403},
		{Name: "helpdesk becomes an admin by his link", Method: "POST", Path: "/api/v1/users/root/sign-in-link", As: "helper", Status: 403},
		{Name: "helpdesk disables an admin", Method: "PATCH", Path: "/api/v1/users/root", As: "helper", Body: `{"disabled":true}`, Status: 403},
		{Name: "helpdesk deletes an admin", Method: "DELETE", Path: "/api/v1/users/root", As: "helper", Status: 403},
		{Name: "helpdesk helps itself", Method: "PATCH", Path: "/api/v1/users/helper", As: "helper", Body: `{"groups":["helpdesk","viewers"]}`, Status: 403},
		{Name: "helpdesk disables an equal", Method: "PATCH", Path: "/api/v1/users/eve", As: "helper", Body: `{"disabled":true}`, Status: 200},
		{Name: "no link for who is disabled", Method: "POST", Path: "/api/v1/users/eve/sign-in-link", As: "helper", Status: 422},

		{Name: "delete", Method: "DELETE", Path: "/api/v1/users/dave", As: "root", Status: 204},
		{Name: "delete again", Method: "DELETE", Path: "/api/v1/users/dave", As: "root", Status: 404},
	}...))
}

func TestLastAdminStays(t *testing.T) {
	s := newSuite(t)
	s.user("root", "platform-admins")
	s.Scenarios.Run(t, []testkit.Scenario{
		{Name: "the built-in admin may go while there is another", Method: "DELETE", Path: "/api/v1/users/admin", As: "root", Status: 204},
		{Name: "disable", Method: "PATCH", Path: "/api/v1/users/root", As: "root", Body: `{"disabled":true}`, Status: 422, Want: []string{"last enabled"}},
		{Name: "leave the group", Method: "PATCH", Path: "/api/v1/users/root", As: "root", Body: `{"groups":["viewers"]}`, Status: 422, Want: []string{"last enabled"}},
		{Name: "delete", Method: "DELETE", Path: "/api/v1/users/root", As: "root", Status: 422, Want: []string{"last enabled"}},
	})
}

// A user who was deleted and made again is somebody else: sessions, links and passwords of
// the first do not open the second.
func TestRecreatedUserIsSomebodyElse(t *testing.T) {
	s := newSuite(t)
	ctx := context.Background()
	s.user("alice")
	if err := s.directory.delete(ctx, must(s.findUser("alice"))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.directory.create(ctx, user{Name: "alice", Groups: []string{"platform-admins"}}); err != nil {
		t.Fatal(err)
	}
	s.Scenarios.Run(t, []testkit.Scenario{
		{Name: "old session", Method: "GET", Path: "/api/v1/auth/session", As: "alice", Status: 401},
		with(signInAs("alice", goodPassword), "old password", 401),
	})
}

// Objects of users are not changed past Kubemate: who may edit any object as himself could
// otherwise put himself into any group.
func TestUsersCannotBeEditedDirectly(t *testing.T) {
	s := newSuite(t)
	s.user("chief", "cluster-admins")
	cp := testkit.APIServer(t)
	config := rest.CopyConfig(cp.Admin)
	config.Impersonate = rest.ImpersonationConfig{UserName: "kubemate:chief", Groups: []string{"kubemate:cluster-admins"}}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	users := client.Resource(usersResource())
	if _, err := users.Get(context.Background(), "chief", metav1.GetOptions{}); err != nil {
		t.Fatalf("cluster admins may read users: %v", err)
	}
	n := 0
	testkit.Eventually(t, "the admission policy refuses the edit", func() bool { // policies take effect a moment after they were made
		n++
		patch := fmt.Sprintf(`{"spec":{"groups":["platform-admins"]},"metadata":{"annotations":{"n":"%d"}}}`, n)
		_, err := users.Patch(context.Background(), "chief", "application/merge-patch+json", []byte(patch), metav1.PatchOptions{})
		return refused(err, "Users are changed on the page Users")
	})
	secrets := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "secrets"}).Namespace(systemNamespace)
	testkit.Eventually(t, "the admission policy refuses another password", func() bool {
		_, err := secrets.Patch(context.Background(), secretName("chief"), "application/merge-patch+json", []byte(`{"data":{"password":"eA=="}}`), metav1.PatchOptions{})
		return refused(err, "Credentials are changed on the page Users")
	})
	if err := secrets.Delete(context.Background(), secretName("chief"), metav1.DeleteOptions{}); !refused(err, "Credentials are changed") {
		t.Errorf("deleting the credentials: %v", err)
	}
}

// refused says whether an admission policy refused with a text.
func refused(err error, text string) bool {
	return (apierrors.IsInvalid(err) || apierrors.IsForbidden(err)) && strings.Contains(err.Error(), text)
}

// A group of the system in a resource that was written past every check gives nothing.
func TestReservedGroupsAreIgnored(t *testing.T) {
	for _, g := range []string{"system:masters", "kubemate:platform-admins", "System:Masters", "", " "} {
		if got := sortedGroups([]string{g, "viewers"}); len(got) != 1 || got[0] != "viewers" {
			t.Errorf("%q: %v", g, got)
		}
	}
}

func TestBuiltInRoles(t *testing.T) {
	s := newSuite(t)
	for _, c := range []struct {
		group string
		a     authz.Attributes
		want  bool
	}{
		{"platform-admins", authz.Attributes{Verb: "escalate", Group: "rbac.authorization.k8s.io", Resource: "clusterroles"}, true},
		{"platform-admins", authz.Attributes{Verb: "get", Path: "/metrics"}, true},
		{"cluster-admins", authz.Attributes{Verb: "delete", Resource: "secrets", Namespace: "x"}, true},
		{"cluster-admins", authz.Attributes{Verb: "escalate", Group: "rbac.authorization.k8s.io", Resource: "clusterroles"}, false},
		{"cluster-admins", authz.Attributes{Verb: "impersonate", Resource: "users"}, false},
		{"developers", authz.Attributes{Verb: "create", Group: "apps", Resource: "deployments", Namespace: "default"}, true},
		{"developers", authz.Attributes{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "default"}, true},
		{"developers", authz.Attributes{Verb: "get", Resource: "secrets", Namespace: "kube-system"}, false},
		{"developers", authz.Attributes{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "rolebindings", Namespace: "default"}, false},
		{"viewers", authz.Attributes{Verb: "list", Resource: "pods"}, true},
		{"viewers", authz.Attributes{Verb: "get", Resource: "pods", Subresource: "log", Namespace: "x"}, true},
		{"viewers", authz.Attributes{Verb: "list", Resource: "secrets", Namespace: "x"}, false},
		{"viewers", authz.Attributes{Verb: "get", Group: "apps", Resource: "deployments", Subresource: "scale", Namespace: "x"}, true},
		{"viewers", authz.Attributes{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "x"}, false},
		{"viewers", authz.Attributes{Verb: "list", Group: "kubemate.io", Resource: "users"}, false},
		{"auditors", authz.Attributes{Verb: "list", Group: "kubemate.io", Resource: "users"}, true},
		{"auditors", authz.Attributes{Verb: "list", Resource: "pods"}, false},
		{"auditors", authz.Attributes{Verb: "list", Resource: "secrets"}, false},
		{"nobody", authz.Attributes{Verb: "list", Resource: "pods"}, false},
	} {
		ok, reason, err := s.rbac.Allowed(context.Background(), authz.Identity{User: "x", Groups: []string{c.group}}, c.a)
		if ok != c.want || err != nil {
			t.Errorf("%s: %s: %v (%s) %v", c.group, c.a, ok, reason, err)
		}
	}
}
