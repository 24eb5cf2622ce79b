//go:build node

package embedded_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"kubemate.io/kubemate/internal/launch/buildcache"
	"kubemate.io/kubemate/internal/launch/embedded"
)

// dataDir is short, because sockets lie in it, and outlives the processes that a test kills.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "km-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := embedded.Delete(context.Background(), dir, testLog(t)); err != nil {
			t.Errorf("delete: %v", err)
		}
		_ = os.RemoveAll(dir)
	})
	return dir
}

func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
}

func nodeOptions(t *testing.T, dir, registry string) embedded.Options {
	t.Helper()
	node, err := buildcache.NodeBinary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	containerd, err := buildcache.ContainerdDir(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	return embedded.Options{
		DataDir: dir, NodeBinary: node, ContainerdDir: containerd,
		RegistryAddr: registry, PauseImage: pauseImage, Log: testLog(t),
		Progress: func(stage, detail string) {
			t.Logf("%5.1f s %s: %s", time.Since(began).Seconds(), stage, detail)
		},
	}
}

func startNode(t *testing.T, o embedded.Options) (*embedded.Cluster, kubernetes.Interface) {
	t.Helper()
	began := time.Now()
	c, err := embedded.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("node Ready after %s", time.Since(began).Round(100*time.Millisecond))
	return c, clientFor(t, c.Admin)
}

func stopNode(t *testing.T, c *embedded.Cluster) {
	t.Helper()
	began := time.Now()
	if err := c.Stop(context.Background()); err != nil {
		t.Fatalf("stop: %v", err)
	}
	t.Logf("stopped after %s", time.Since(began).Round(100*time.Millisecond))
}

func workloadPod() (*corev1.Pod, *corev1.PersistentVolumeClaim) {
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "data"},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("16Mi")},
			},
		},
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "w", Labels: map[string]string{"app": "w"}},
		Spec: corev1.PodSpec{
			TerminationGracePeriodSeconds: new(int64(2)),
			Containers: []corev1.Container{{
				Name: "w", Image: workloadImage,
				Env:          []corev1.EnvVar{{Name: "DATA_DIR", Value: "/data"}},
				Ports:        []corev1.ContainerPort{{ContainerPort: 8080, HostPort: 18080}},
				VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
			}},
			Volumes: []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"},
			}}},
		},
	}
	return pod, claim
}

func createWorkload(t *testing.T, client kubernetes.Interface) {
	t.Helper()
	pod, claim := workloadPod()
	within(t, "service account", func() error {
		_, err := client.CoreV1().ServiceAccounts("default").Get(t.Context(), "default", metav1.GetOptions{})
		return err
	})
	if _, err := client.CoreV1().PersistentVolumeClaims("default").Create(t.Context(), claim, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CoreV1().Pods("default").Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// answers waits until the pod runs and says how often it was started on this volume.
func answers(t *testing.T, client kubernetes.Interface, starts int) {
	t.Helper()
	want := fmt.Sprintf("hello %d", starts*len("started\n"))
	within(t, "pod answers "+want, func() error {
		pod, err := client.CoreV1().Pods("default").Get(t.Context(), "w", metav1.GetOptions{})
		if err != nil {
			return err
		}
		if pod.Status.Phase != corev1.PodRunning || pod.Status.PodIP == "" {
			return fmt.Errorf("pod is %s: %s %+v", pod.Status.Phase, pod.Status.Message, pod.Status.ContainerStatuses)
		}
		got, err := get(t, "http://"+pod.Status.PodIP+":8080/")
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("it says %q", got)
		}
		return nil
	})
}

func get(t *testing.T, url string) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	return strings.TrimSpace(string(body)), err
}

func podLogs(t *testing.T, client kubernetes.Interface) string {
	t.Helper()
	var text string
	within(t, "pod logs", func() error {
		data, err := client.CoreV1().Pods("default").GetLogs("w", &corev1.PodLogOptions{}).DoRaw(t.Context())
		text = string(data)
		if err == nil && text == "" {
			return fmt.Errorf("no line yet")
		}
		return err
	})
	return text
}

// runningCluster is a client of the cluster that another process runs in dir.
func runningCluster(t *testing.T, dir string) kubernetes.Interface {
	t.Helper()
	cfg, err := clientcmd.BuildConfigFromFlags("", dir+"/kubeconfig/admin.kubeconfig")
	if err != nil {
		t.Fatal(err)
	}
	return clientFor(t, cfg)
}
