package embedded_test

import (
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/launch/buildcache"
	"kubemate.io/kubemate/internal/launch/embedded"
)

func start(t *testing.T, dir string, opts ...embedded.ControlPlaneOption) *embedded.ControlPlane {
	t.Helper()
	node, err := buildcache.NodeBinary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cp, err := embedded.StartControlPlane(t.Context(), dir, node, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cp.Stop() })
	return cp
}

func clientFor(t *testing.T, cfg *rest.Config) kubernetes.Interface {
	t.Helper()
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestControlPlaneKeepsDataAcrossStopAndKill(t *testing.T) {
	dir := t.TempDir()
	cp := start(t, dir)
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}, StringData: map[string]string{"k": "plain-words-in-etcd"}}
	if _, err := clientFor(t, cp.Admin).CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := cp.Stop(); err != nil {
		t.Fatalf("stop in order: %v", err)
	}
	cp = start(t, dir)
	cp.Kill()
	cp = start(t, dir)
	got, err := clientFor(t, cp.Admin).CoreV1().Secrets("default").Get(t.Context(), "s", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Data["k"]) != "plain-words-in-etcd" {
		t.Fatalf("secret came back as %q", got.Data["k"])
	}
}

func TestControlPlanesRunSideBySide(t *testing.T) {
	a, b := start(t, t.TempDir()), start(t, t.TempDir())
	if a.Address == b.Address {
		t.Fatalf("both listen on %s", a.Address)
	}
	// The certificates of one are nothing to the other.
	foreign := rest.CopyConfig(a.Admin)
	foreign.Host, foreign.CAData = b.Admin.Host, b.Admin.CAData
	_, err := clientFor(t, foreign).CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{})
	if !apierrors.IsUnauthorized(err) {
		t.Fatalf("another cluster's admin was not refused: %v", err)
	}
}

func TestServerIdentityIsNarrow(t *testing.T) {
	cp := start(t, t.TempDir())
	client := clientFor(t, cp.Server)
	for _, tc := range []struct {
		verb, group, resource, namespace string
		want                             bool
	}{
		{"list", "", "pods", "", true},
		{"watch", "apps", "deployments", "", true},
		{"impersonate", "", "users", "", true},
		{"impersonate", "", "groups", "", true},
		{"create", "kubemate.io", "users", "", true},
		{"create", "apiextensions.k8s.io", "customresourcedefinitions", "", true},
		{"create", "admissionregistration.k8s.io", "validatingadmissionpolicies", "", true},
		{"patch", "admissionregistration.k8s.io", "validatingadmissionpolicies", "", false}, // but two by name
		{"create", "admissionregistration.k8s.io", "validatingwebhookconfigurations", "", false},
		{"create", "", "secrets", "kubemate-system", true},
		{"create", "", "secrets", "default", false},
		{"create", "", "pods", "default", false},
		{"delete", "", "namespaces", "", false},
		{"delete", "", "nodes", "", false},
		{"create", "", "pods/exec", "default", false},
		{"update", "apps", "deployments", "kube-system", false},
	} {
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Verb: tc.verb, Group: tc.group, Resource: tc.resource, Namespace: tc.namespace,
			},
		}}
		got, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(t.Context(), review, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Status.Allowed != tc.want {
			t.Errorf("%s %s/%s in %q: allowed is %v, want %v", tc.verb, tc.group, tc.resource, tc.namespace, got.Status.Allowed, tc.want)
		}
	}
}
