package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/launch/embedded/supervise"
)

// writeNodeConfig writes the configuration of containerd, CNI, kubelet and kube-proxy.
func writeNodeConfig(l layout, o Options, f hostFacts, node string) error {
	files := map[string]string{
		l.config("containerd.toml"):                        containerdConfig(l, o, f),
		l.config("kubelet.yaml"):                           kubeletConfig(l, o),
		l.config("kube-proxy.yaml"):                        kubeProxyConfig(l, o, node),
		l.config("resolv.conf"):                            resolvConf(o.NodeIP),
		filepath.Join(l.cniConf(), "10-kubemate.conflist"): cniConfig(l),
	}
	if o.RegistryAddr != "" {
		dir := filepath.Join(l.certsD(), RegistryName)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		files[filepath.Join(dir, "hosts.toml")] = registryHosts(o.RegistryAddr)
	}
	for path, text := range files {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	// No pod runs now, so that no address is in use: what an interrupted run had leased is free again.
	return errors.Join(os.RemoveAll(l.cniAddresses()), os.MkdirAll(l.cniAddresses(), 0o700))
}

func (c *Cluster) runContainerd() error {
	c.o.Progress("containerd", "starting the container runtime")
	path := os.Getenv("PATH")
	if path == "" {
		path = "/usr/sbin:/usr/bin:/sbin:/bin"
	}
	_, err := c.run(supervise.Spec{
		Name: processContainerd,
		Path: containerdBinary(c.o.ContainerdDir, "containerd"),
		Args: []string{"--config", c.l.config("containerd.toml")},
		// containerd finds its shim in PATH.
		Env: []string{"PATH=" + c.o.ContainerdDir + ":" + path},
	})
	return err
}

// runNode starts kubelet and kube-proxy and returns when the node is Ready.
func (c *Cluster) runNode(ctx context.Context) error {
	c.o.Progress("node", "starting kubelet and kube-proxy on node "+c.NodeName)
	err := poll(ctx, func() (bool, error) {
		dialer := net.Dialer{Timeout: time.Second}
		conn, err := dialer.DialContext(ctx, "unix", c.l.containerdSocket())
		if err == nil {
			err = conn.Close()
		}
		return err == nil, nil
	})
	if err != nil {
		return fmt.Errorf("wait for containerd: %w", err)
	}
	kubelet, err := c.run(supervise.Spec{ //nolint:contextcheck // Stop ends it, in order
		Name: processKubelet, Path: c.o.NodeBinary, Args: kubeletArgs(c.l, c.o, c.NodeName),
	})
	if err != nil {
		return err
	}
	if _, err := c.run(supervise.Spec{ //nolint:contextcheck // Stop ends it, in order
		Name: processKubeProxy, Path: c.o.NodeBinary,
		Args: []string{"kube-proxy", "--config=" + c.l.config("kube-proxy.yaml")},
	}); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(withTimeout(c.Admin, 5*time.Second))
	if err != nil {
		return err
	}
	if err := removeNodes(ctx, client, func(n corev1.Node) bool { return n.Name != c.NodeName }); err != nil {
		return err
	}
	began := metav1.Now()
	return c.await(ctx, kubelet, "node "+c.NodeName, func(ctx context.Context) error {
		return nodeReady(ctx, client, c.NodeName, began.Time)
	})
}

var errNotReady = errors.New("not Ready")

// nodeReady asks for a Ready condition that was reported since: the last run's may still stand there. Conditions have
// whole seconds.
func nodeReady(ctx context.Context, client kubernetes.Interface, name string, since time.Time) error {
	node, err := client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	for _, cond := range node.Status.Conditions {
		if cond.Type != corev1.NodeReady {
			continue
		}
		if cond.LastHeartbeatTime.Before(&metav1.Time{Time: since.Truncate(time.Second)}) {
			return fmt.Errorf("%w: nothing was heard of the kubelet yet", errNotReady)
		}
		if cond.Status != corev1.ConditionTrue {
			return fmt.Errorf("%w: %s", errNotReady, cond.Message)
		}
		return nil
	}
	return errNotReady
}

// removeNodes deletes the nodes that were of another kind of run (simulated, or under another name): nobody plays their
// kubelet any more, and their pods would wait for ever.
func removeNodes(ctx context.Context, client kubernetes.Interface, gone func(corev1.Node) bool) error {
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list nodes: %w", err)
	}
	for _, n := range nodes.Items {
		if !gone(n) {
			continue
		}
		if err := client.CoreV1().Nodes().Delete(ctx, n.Name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("delete node %s: %w", n.Name, err)
		}
	}
	return nil
}
