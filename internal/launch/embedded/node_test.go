//go:build node

package embedded_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/testkit"
)

// TestNode: a pod with a volume, a Service, a host port and logs; data outlives a stop; the volume's folder goes with
// its claim; after Delete the host is as it was.
func TestNode(t *testing.T) {
	before := testkit.TakeHost(t)
	dir := dataDir(t)
	o := nodeOptions(t, dir, serveImages(t))

	c, client := startNode(t, o)
	createWorkload(t, client)
	answers(t, client, 1)
	if got := podLogs(t, client); !strings.Contains(got, "workload serves") {
		t.Errorf("logs are %q", got)
	}
	within(t, "host port", func() error { _, err := get(t, "http://"+embedded.DefaultIP+":18080/"); return err })
	serviceAnswers(t, client)
	stopNode(t, c)

	c, client = startNode(t, o)
	answers(t, client, 2)
	if err := client.CoreV1().Pods("default").Delete(t.Context(), "w", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := client.CoreV1().PersistentVolumeClaims("default").Delete(t.Context(), "data", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	within(t, "the volume's folder goes", func() error {
		entries, err := os.ReadDir(dir + "/node/volumes")
		if err == nil && len(entries) > 0 {
			return fmt.Errorf("%d folders", len(entries))
		}
		return err
	})
	stopNode(t, c)
	if err := embedded.Delete(t.Context(), dir, testLog(t)); err != nil {
		t.Fatal(err)
	}
	before.Compare(t)
}

func serviceAnswers(t *testing.T, client kubernetes.Interface) {
	t.Helper()
	service, err := client.CoreV1().Services("default").Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "w"},
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeNodePort, Selector: map[string]string{"app": "w"},
			Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(8080)}},
		},
	}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
	within(t, "cluster address", func() error { _, err := get(t, "http://"+service.Spec.ClusterIP+"/"); return err })
	nodePort := fmt.Sprintf("http://%s:%d/", embedded.DefaultIP, service.Spec.Ports[0].NodePort)
	within(t, "node port", func() error { _, err := get(t, nodePort); return err })
}
