//go:build node

package embedded_test

import (
	"fmt"
	"os/exec"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/testkit"
)

// TestNodeBehindFirewall: on a host that drops forwarded packets by default, a pod reaches another pod through a Service,
// and the API server; afterwards the host's rules are as they were.
func TestNodeBehindFirewall(t *testing.T) {
	iptables(t, "-P", "FORWARD", "DROP")
	t.Cleanup(func() { iptables(t, "-P", "FORWARD", "ACCEPT") })
	before := testkit.TakeHost(t)
	dir := dataDir(t)
	cluster, client := startNode(t, nodeOptions(t, dir, serveImages(t)))
	createWorkload(t, client)
	answers(t, client, 1)
	serviceAnswers(t, client)
	service, err := client.CoreV1().Services("default").Get(t.Context(), "w", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	podGets(t, client, "service", "http://"+service.Spec.ClusterIP)
	// Plain HTTP to the API server is answered by an error page: it was reached.
	podGets(t, client, "api", "http://"+embedded.DefaultIP+":6443")
	stopNode(t, cluster)
	if err := embedded.Delete(t.Context(), dir, testLog(t)); err != nil {
		t.Fatal(err)
	}
	before.Compare(t)
}

// podGets runs a pod that ends when it got an answer from url.
func podGets(t *testing.T, client kubernetes.Interface, name, url string) {
	t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever,
			Containers:    []corev1.Container{{Name: "get", Image: workloadImage, Args: []string{"get", url}}},
		},
	}
	if _, err := client.CoreV1().Pods("default").Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	within(t, "pod gets "+url, func() error {
		got, err := client.CoreV1().Pods("default").Get(t.Context(), name, metav1.GetOptions{})
		if err == nil && got.Status.Phase != corev1.PodSucceeded {
			err = fmt.Errorf("pod is %s", got.Status.Phase)
		}
		return err
	})
}

func iptables(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("iptables", args...).CombinedOutput(); err != nil {
		t.Fatalf("iptables %v: %v: %s", args, err, out)
	}
}
