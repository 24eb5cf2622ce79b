package embedded_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/launch/buildcache"
	"kubemate.io/kubemate/internal/launch/embedded"
)

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().(*net.TCPAddr).Port
}

// TestSimulated: without touching the host, Deployments run and Jobs end on simulated nodes.
func TestSimulated(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "km-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	node, err := buildcache.NodeBinary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kwok, err := buildcache.KwokBinary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o := embedded.Options{
		DataDir: dir, NodeBinary: node, KwokBinary: kwok, Simulated: true, SimulatedNodes: 2, APIPort: freePort(t),
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	c, err := embedded.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	t.Cleanup(func() {
		if !stopped {
			_ = c.Stop(context.Background())
		}
	})
	client := clientFor(t, c.Admin)

	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "x"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "x", Image: "x"}}},
	}
	deployment := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "x"},
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32(4)), Template: template, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "x"}},
		},
	}
	if _, err := client.AppsV1().Deployments("default").Create(t.Context(), deployment, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	template.Labels, template.Spec.RestartPolicy = nil, corev1.RestartPolicyNever
	job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "j"}, Spec: batchv1.JobSpec{Template: template}}
	if _, err := client.BatchV1().Jobs("default").Create(t.Context(), job, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	within(t, "deployment available", func() error {
		d, err := client.AppsV1().Deployments("default").Get(t.Context(), "x", metav1.GetOptions{})
		if err == nil && d.Status.AvailableReplicas != 4 {
			err = fmt.Errorf("%d of 4 replicas", d.Status.AvailableReplicas)
		}
		return err
	})
	within(t, "job complete", func() error {
		j, err := client.BatchV1().Jobs("default").Get(t.Context(), "j", metav1.GetOptions{})
		if err == nil && j.Status.Succeeded != 1 {
			err = fmt.Errorf("not succeeded: %+v", j.Status)
		}
		return err
	})
	// A node of an earlier run of another kind goes at the next start.
	old := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "old"}}
	if _, err := client.CoreV1().Nodes().Create(t.Context(), old, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	stopped = true
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c, err = embedded.Start(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	stopped = false
	status, err := c.Status(t.Context())
	if err != nil || !status.Healthy() || len(status.Nodes) != 2 || !status.Nodes[0].Simulated {
		t.Errorf("status is %+v, %v", status, err)
	}
	if node, err := client.CoreV1().Nodes().Get(t.Context(), "simulated-1", metav1.GetOptions{}); err != nil || node.Annotations["kwok.x-k8s.io/node"] == "" {
		t.Errorf("the console would take it for a real node: %v, %v", node.Annotations, err)
	}
	if _, err := client.AppsV1().Deployments("default").Get(t.Context(), "x", metav1.GetOptions{}); err != nil {
		t.Errorf("the deployment did not outlive the stop: %v", err)
	}
}

// within waits until check is nil; the limit is generous, since machines are busy.
func within(t *testing.T, what string, check func() error) {
	t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
