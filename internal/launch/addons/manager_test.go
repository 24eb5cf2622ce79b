package addons

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/launch/buildcache"
	"kubemate.io/kubemate/internal/launch/embedded"
)

var admin *rest.Config

func TestMain(m *testing.M) { os.Exit(runWithAPIServer(m)) }

// runWithAPIServer gives all tests of the package one API server.
func runWithAPIServer(m *testing.M) int {
	ctx := context.Background()
	node, err := buildcache.NodeBinary(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "addons-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cp, err := embedded.StartControlPlane(ctx, dir, node)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = cp.Stop() }()
	admin = cp.Admin
	return m.Run()
}

type fixedImages string

func (f fixedImages) Reference(registry, name string) (string, error) {
	return registry + "/kubemate/" + name + ":" + string(f), nil
}

func newManager(t *testing.T, version string, addons ...string) *Manager {
	t.Helper()
	m, err := New(Options{Config: admin, Images: fixedImages(version), Registry: "localhost:5050", Addons: addons})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mustApply(t *testing.T, m *Manager) {
	t.Helper()
	if err := m.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

func TestApplyKeepsChangesAndRestoresWhatIsMissing(t *testing.T) {
	ctx := t.Context()
	typed := kubernetes.NewForConfigOrDie(admin)
	mustApply(t, newManager(t, "1", CoreDNS))

	service, err := typed.CoreV1().Services("kube-system").Get(ctx, "kube-dns", metav1.GetOptions{})
	if err != nil || service.Spec.ClusterIP != "10.96.0.10" {
		t.Fatalf("service kube-dns: %v, %v", service.Spec.ClusterIP, err)
	}
	deployments := typed.AppsV1().Deployments("kube-system")
	_, err = deployments.Patch(ctx, CoreDNS, types.MergePatchType, []byte(`{"spec":{"replicas":3}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := typed.CoreV1().ServiceAccounts("kube-system").Delete(ctx, CoreDNS, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}

	mustApply(t, newManager(t, "1", CoreDNS))
	d, err := deployments.Get(ctx, CoreDNS, metav1.GetOptions{})
	if err != nil || *d.Spec.Replicas != 3 {
		t.Errorf("the second start did not keep 3 replicas: %v, %v", *d.Spec.Replicas, err)
	}
	if _, err := typed.CoreV1().ServiceAccounts("kube-system").Get(ctx, CoreDNS, metav1.GetOptions{}); err != nil {
		t.Errorf("the deleted account did not come back: %v", err)
	}

	mustApply(t, newManager(t, "2", CoreDNS))
	if d, err = deployments.Get(ctx, CoreDNS, metav1.GetOptions{}); err != nil {
		t.Fatal(err)
	}
	if image := d.Spec.Template.Spec.Containers[0].Image; image != "localhost:5050/kubemate/coredns:2" {
		t.Errorf("a new version left the image at %s", image)
	}
	if *d.Spec.Replicas != 1 {
		t.Errorf("a new version left %d replicas", *d.Spec.Replicas)
	}
}

// formerConfigMap puts an object into the inventory that the present manifests lack.
func formerConfigMap(t *testing.T, m *Manager, typed kubernetes.Interface, name string, labels map[string]string) {
	t.Helper()
	ctx := t.Context()
	cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "kube-system", Labels: labels}}
	if _, err := typed.CoreV1().ConfigMaps("kube-system").Create(ctx, cm, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	inv, err := readInventory(ctx, m.client, MetricsServer)
	if err != nil {
		t.Fatal(err)
	}
	inv.Objects = append(inv.Objects, id{Version: "v1", Kind: "ConfigMap", Namespace: "kube-system", Name: name})
	if err := inv.write(ctx, m.client, MetricsServer); err != nil {
		t.Fatal(err)
	}
}

func TestPruneRemovesOnlyItsOwn(t *testing.T) {
	ctx := t.Context()
	typed := kubernetes.NewForConfigOrDie(admin)
	m := newManager(t, "1", MetricsServer)
	mustApply(t, m)
	formerConfigMap(t, m, typed, "former", map[string]string{managedByLabel: managedBy, addonLabel: MetricsServer})
	formerConfigMap(t, m, typed, "adopted", map[string]string{managedByLabel: "somebody"})

	mustApply(t, newManager(t, "2", MetricsServer))
	maps := typed.CoreV1().ConfigMaps("kube-system")
	if _, err := maps.Get(ctx, "former", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("what a former version had is still there: %v", err)
	}
	if _, err := maps.Get(ctx, "adopted", metav1.GetOptions{}); err != nil {
		t.Errorf("somebody else's object is gone: %v", err)
	}
}

func TestMetricsServerIsTrustedByItsCertificate(t *testing.T) {
	ctx := t.Context()
	typed := kubernetes.NewForConfigOrDie(admin)
	mustApply(t, newManager(t, "1", MetricsServer))
	secret, err := typed.CoreV1().Secrets("kube-system").Get(ctx, "metrics-server-tls", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c := servingCertificate{ca: secret.Data["ca.crt"], certificate: secret.Data["tls.crt"], key: secret.Data["tls.key"]}
	if !c.good(time.Now()) {
		t.Error("the certificate is not good")
	}
	var api apiService
	raw, err := typed.RESTClient().Get().AbsPath("/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io").DoRaw(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &api); err != nil {
		t.Fatal(err)
	}
	if string(api.Spec.CABundle) != string(c.ca) {
		t.Error("the API server does not trust the certificate's CA")
	}

	mustApply(t, newManager(t, "1", MetricsServer))
	again, err := typed.CoreV1().Secrets("kube-system").Get(ctx, "metrics-server-tls", metav1.GetOptions{})
	if err != nil || string(again.Data["tls.crt"]) != string(c.certificate) {
		t.Errorf("a good certificate was replaced: %v", err)
	}
}

func TestStatusOfTheDemo(t *testing.T) {
	ctx := t.Context()
	typed := kubernetes.NewForConfigOrDie(admin)
	m := newManager(t, "1", DemoBank)
	before, err := m.Status(ctx)
	if err != nil || before[0].Installed || before[0].Ready {
		t.Fatalf("before it is installed: %+v, %v", before, err)
	}
	mustApply(t, m)
	during, err := m.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if s := during[0]; !s.Installed || s.Ready || s.Running != 0 || s.Total == 0 || s.Message == "" {
		t.Errorf("without a node: %+v", s)
	}

	deployments, err := typed.AppsV1().Deployments("demo-bank").List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range deployments.Items {
		d := &deployments.Items[i]
		d.Status.Replicas, d.Status.ReadyReplicas, d.Status.ObservedGeneration = *d.Spec.Replicas, *d.Spec.Replicas, d.Generation
		if _, err := typed.AppsV1().Deployments("demo-bank").UpdateStatus(ctx, d, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	sets, err := typed.AppsV1().StatefulSets("demo-bank").List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range sets.Items {
		s := &sets.Items[i]
		s.Status.Replicas, s.Status.ReadyReplicas, s.Status.ObservedGeneration = *s.Spec.Replicas, *s.Spec.Replicas, s.Generation
		if _, err := typed.AppsV1().StatefulSets("demo-bank").UpdateStatus(ctx, s, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	after, err := m.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if s := after[0]; !s.Ready || s.Running != s.Total || s.Total != during[0].Total {
		t.Errorf("with every pod ready: %+v", s)
	}
	if err := m.Wait(ctx, nil); err != nil {
		t.Errorf("waiting for what is ready: %v", err)
	}
}

func TestWaitSaysWhatIsMissing(t *testing.T) {
	m := newManager(t, "1", CoreDNS)
	mustApply(t, m)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	states := 0
	err := m.Wait(ctx, func([]Status) { states++ })
	if err == nil || !strings.Contains(err.Error(), "Deployment kube-system/coredns: 0 of 1 pods ready") {
		t.Errorf("got %v", err)
	}
	if states == 0 {
		t.Error("no progress was told")
	}
}

func TestRemove(t *testing.T) {
	ctx := t.Context()
	typed := kubernetes.NewForConfigOrDie(admin)
	m := newManager(t, "1", MetricsServer)
	mustApply(t, m)
	if err := m.Remove(ctx, MetricsServer); err != nil {
		t.Fatal(err)
	}
	if _, err := typed.AppsV1().Deployments("kube-system").Get(ctx, MetricsServer, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the Deployment is still there: %v", err)
	}
	s, err := m.Status(ctx)
	if err != nil || s[0].Installed {
		t.Errorf("status after its removal: %+v, %v", s, err)
	}
	if err := m.Remove(ctx, MetricsServer); err != nil {
		t.Errorf("removing what is not there: %v", err)
	}
}

func TestADamagedInventoryIsNamed(t *testing.T) {
	ctx := t.Context()
	m := newManager(t, "1", MetricsServer)
	mustApply(t, m)
	typed := kubernetes.NewForConfigOrDie(admin)
	_, err := typed.CoreV1().ConfigMaps(Namespace).Patch(ctx, "addon-metrics-server", types.MergePatchType,
		[]byte(`{"data":{"objects":"potato"}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Apply(ctx, nil); err == nil || !strings.Contains(err.Error(), "ConfigMap kubemate-system/addon-metrics-server") {
		t.Errorf("got %v", err)
	}
	if err := typed.CoreV1().ConfigMaps(Namespace).Delete(ctx, "addon-metrics-server", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	mustApply(t, m)
}
