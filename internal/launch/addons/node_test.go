//go:build node

package addons_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"

	"kubemate.io/kubemate/internal/launch/addons"
	"kubemate.io/kubemate/internal/launch/bundle"
	"kubemate.io/kubemate/internal/launch/embedded"
	"kubemate.io/kubemate/internal/launch/registry"
)

// generous bounds what takes seconds on an idle machine.
const generous = 5 * time.Minute

// serveBundle builds the bundle and serves it on a loopback port.
func serveBundle(t *testing.T, log *slog.Logger) (*bundle.Bundle, string) {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Build(t.Context(), bundle.Options{SourceDir: root, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- registry.Serve(ctx, b.Dir, listener, log) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return b, listener.Addr().String()
}

func startNode(t *testing.T, b *bundle.Bundle, registryAddr string, log *slog.Logger) *embedded.Cluster {
	t.Helper()
	programs, err := b.Programs(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	pause, err := b.Reference(embedded.RegistryName, bundle.Pause)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("/tmp", "km-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := embedded.Delete(context.Background(), dir, log); err != nil {
			t.Errorf("delete: %v", err)
		}
		_ = os.RemoveAll(dir)
	})
	c, err := embedded.Start(t.Context(), embedded.Options{
		DataDir: dir, NodeBinary: filepath.Join(programs, "kubemate-node"), ContainerdDir: programs, RegistryAddr: registryAddr, PauseImage: pause, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return c
}

// TestAddonsOnARealNode installs everything from the bundle, and uses it: names
// resolve, the demo answers, pods' use is measured, a shell and tar are there.
func TestNodeAddons(t *testing.T) {
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	b, registryAddr := serveBundle(t, log)
	c := startNode(t, b, registryAddr, log)
	upstreams, err := addons.ReadUpstreams()
	if err != nil {
		t.Fatal(err)
	}
	m, err := addons.New(addons.Options{
		Config: c.Admin, Images: b, Registry: embedded.RegistryName, Logger: log,
		Values: addons.Values{DNSAddress: embedded.ClusterDNS, Upstreams: upstreams},
	})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := m.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("applied after %s", time.Since(began).Round(100*time.Millisecond))
	ctx, cancel := context.WithTimeout(t.Context(), generous)
	defer cancel()
	err = m.Wait(ctx, func(all []addons.Status) {
		for _, s := range all {
			t.Logf("%s %s: %d of %d %s", time.Since(began).Round(100*time.Millisecond), s.Name, s.Running, s.Total, s.Message)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	client := kubernetes.NewForConfigOrDie(c.Admin)
	t.Run("names and services", func(t *testing.T) { useToolbox(t, client, b) })
	t.Run("metrics", func(t *testing.T) { readMetrics(t, client) })
	t.Run("shell and tar in the demo", func(t *testing.T) { useShell(t, c.Admin, client) })
}

// useToolbox runs a pod of the toolbox that asks around, and reads what it says.
func useToolbox(t *testing.T, client kubernetes.Interface, b *bundle.Bundle) {
	image, err := b.Reference(embedded.RegistryName, bundle.Toolbox)
	if err != nil {
		t.Fatal(err)
	}
	script := `set -e
nslookup kubernetes.default | grep 10.96.0.1
dig +short -t srv _http._tcp.teller.demo-bank.svc.cluster.local | grep teller
curl -sf http://teller.demo-bank:8080/healthz >/dev/null && echo teller answers
id -u
nslookup nosuch.demo-bank || echo no such name, rightly
`
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "toolbox", Namespace: "default"},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever,
			Containers:    []corev1.Container{{Name: "toolbox", Image: image, Command: []string{"sh", "-c", script}}},
		},
	}
	if _, err := client.CoreV1().Pods("default").Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	within(t, "the toolbox's end", func() error {
		p, err := client.CoreV1().Pods("default").Get(t.Context(), "toolbox", metav1.GetOptions{})
		if err == nil && p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed {
			err = fmt.Errorf("it is %s", p.Status.Phase)
		}
		return err
	})
	text, err := client.CoreV1().Pods("default").GetLogs("toolbox", &corev1.PodLogOptions{}).DoRaw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"10.96.0.1", "teller.demo-bank.svc.cluster.local.", "teller answers", "65532", "no such name, rightly"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// readMetrics waits until node and demo have been measured.
func readMetrics(t *testing.T, client kubernetes.Interface) {
	type usage struct{ CPU, Memory string }
	within(t, "the node's use", func() error {
		var nodes struct{ Items []struct{ Usage usage } }
		if err := getJSON(t, client, "/apis/metrics.k8s.io/v1beta1/nodes", &nodes); err != nil {
			return err
		}
		if len(nodes.Items) != 1 || nodes.Items[0].Usage.CPU == "" || nodes.Items[0].Usage.Memory == "" {
			return fmt.Errorf("got %+v", nodes)
		}
		return nil
	})
	within(t, "the pods' use", func() error {
		var pods struct {
			Items []struct{ Containers []struct{ Usage usage } }
		}
		if err := getJSON(t, client, "/apis/metrics.k8s.io/v1beta1/namespaces/demo-bank/pods", &pods); err != nil {
			return err
		}
		if len(pods.Items) == 0 || len(pods.Items[0].Containers) == 0 || pods.Items[0].Containers[0].Usage.Memory == "" {
			return fmt.Errorf("got %+v", pods)
		}
		return nil
	})
}

func getJSON(t *testing.T, client kubernetes.Interface, path string, into any) error {
	data, err := client.CoreV1().RESTClient().Get().AbsPath(path).DoRaw(t.Context())
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func useShell(t *testing.T, config *rest.Config, client kubernetes.Interface) {
	pods, err := client.CoreV1().Pods("demo-bank").List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=ledger"})
	if err != nil || len(pods.Items) == 0 {
		t.Fatalf("pods of ledger: %v", err)
	}
	exec := func(command ...string) string {
		t.Helper()
		request := client.CoreV1().RESTClient().Post().Resource("pods").Namespace("demo-bank").Name(pods.Items[0].Name).SubResource("exec").
			VersionedParams(&corev1.PodExecOptions{Command: command, Stdout: true, Stderr: true}, scheme.ParameterCodec)
		executor, err := remotecommand.NewSPDYExecutor(config, "POST", request.URL())
		if err != nil {
			t.Fatal(err)
		}
		var out, messages bytes.Buffer
		if err := executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdout: &out, Stderr: &messages}); err != nil {
			t.Fatalf("%v: %v: %s", command, err, messages.String())
		}
		return out.String()
	}
	if got := exec("sh", "-c", "echo a > /tmp/f; tar cf - -C /tmp f | tar tf -; ps | grep -c demo-bank"); !strings.HasPrefix(got, "f\n") {
		t.Errorf("got %q", got)
	}
	if got := exec("tar", "cf", "-", "/etc/passwd"); !strings.Contains(got, "nonroot") {
		t.Errorf("tar gave %d bytes", len(got))
	}
}

// within tries until it works.
func within(t *testing.T, what string, try func() error) {
	t.Helper()
	deadline := time.Now().Add(generous)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(250 * time.Millisecond)
	}
}
