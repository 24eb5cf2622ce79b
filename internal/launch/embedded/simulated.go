package embedded

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/launch/embedded/pki"
	"kubemate.io/kubemate/internal/launch/embedded/supervise"
	"kubemate.io/kubemate/internal/launch/hostjournal"
)

// simulatedLabel tells the console that a node and what runs on it are simulated.
const simulatedLabel = "kubemate.io/simulated"

// kwokAnnotation is kwok's own mark of nodes that it plays, in any cluster: the fleet cache and the console go by it.
const kwokAnnotation = "kwok.x-k8s.io/node"

//go:embed kwok/stages.yaml
var kwokStages []byte

// startSimulated starts a control plane on loopback and kwok, which plays the kubelets of SimulatedNodes nodes.
func (c *Cluster) startSimulated(ctx context.Context) error {
	if err := c.journal.Record(hostjournal.Entry{Kind: hostjournal.Process, Name: c.o.DataDir}); err != nil {
		return err
	}
	if err := c.writeIdentities(); err != nil {
		return err
	}
	if err := c.runControlPlane(ctx); err != nil {
		return err
	}
	c.o.Progress("node", fmt.Sprintf("simulating %d nodes", c.o.SimulatedNodes))
	if err := os.WriteFile(c.l.config("kwok.yaml"), kwokStages, 0o600); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(withTimeout(c.Admin, 5*time.Second))
	if err != nil {
		return err
	}
	if err := removeNodes(ctx, client, func(n corev1.Node) bool { return n.Labels[simulatedLabel] != "true" }); err != nil {
		return err
	}
	if err := makeSimulatedNodes(ctx, client, c.o.SimulatedNodes); err != nil {
		return err
	}
	kwok, err := c.run(supervise.Spec{ //nolint:contextcheck // Stop ends it, in order
		Name: processKwok, Path: c.o.KwokBinary,
		Args: []string{
			"--kubeconfig=" + c.l.kubeconfig(pki.Kwok),
			"--config=" + c.l.config("kwok.yaml"),
			"--manage-nodes-with-label-selector=" + simulatedLabel + "=true",
			"--cidr=" + ClusterCIDR,
			"--node-ip=127.0.0.1",
		},
	})
	if err != nil {
		return err
	}
	return c.await(ctx, kwok, "simulated nodes", func(ctx context.Context) error {
		for i := range c.o.SimulatedNodes {
			if err := nodeReady(ctx, client, simulatedNode(i), time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
}

func simulatedNode(i int) string { return fmt.Sprintf("simulated-%d", i+1) }

func makeSimulatedNodes(ctx context.Context, client kubernetes.Interface, n int) error {
	capacity := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("8"),
		corev1.ResourceMemory:           resource.MustParse("32Gi"),
		corev1.ResourcePods:             resource.MustParse("110"),
		corev1.ResourceEphemeralStorage: resource.MustParse("100Gi"),
	}
	for i := range n {
		name := simulatedNode(i)
		node := &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{
				Name: name,
				Labels: map[string]string{
					simulatedLabel: "true", corev1.LabelHostname: name,
					corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64",
				},
				Annotations: map[string]string{kwokAnnotation: "fake"},
			},
			Status: corev1.NodeStatus{Capacity: capacity, Allocatable: capacity},
		}
		if _, err := client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("make node %s: %w", name, err)
		}
	}
	return nil
}
