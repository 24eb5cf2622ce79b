package embedded

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"kubemate.io/kubemate/internal/launch/embedded/pki"
	"kubemate.io/kubemate/internal/launch/embedded/supervise"
)

// Status of a cluster as another process sees it, from its data folder alone.
type Status struct {
	// APIServer is its URL, and APIReady whether /readyz answers ok; APIError says why not.
	APIServer string `json:"apiServer,omitempty"`
	APIReady  bool   `json:"apiReady"`
	APIError  string `json:"apiError,omitempty"`
	// Version of the API server, such as v1.35.4.
	Version string `json:"version,omitempty"`
	// Processes that should run, by name.
	Processes []ProcessStatus `json:"processes"`
	// Nodes of the cluster.
	Nodes []NodeStatus `json:"nodes"`
}

// ProcessStatus is one supervised process. PID is 0 if it doesn't run.
type ProcessStatus struct {
	Name string `json:"name"`
	PID  int    `json:"pid,omitempty"`
}

// NodeStatus is one node. Reason says why it isn't Ready.
type NodeStatus struct {
	Name      string `json:"name"`
	Ready     bool   `json:"ready"`
	Reason    string `json:"reason,omitempty"`
	Simulated bool   `json:"simulated"`
}

// Healthy is true if the API server answers, every process runs and every node is Ready.
func (s Status) Healthy() bool {
	healthy := s.APIReady && len(s.Nodes) > 0 && len(s.Processes) > 0
	for _, p := range s.Processes {
		healthy = healthy && p.PID != 0
	}
	for _, n := range s.Nodes {
		healthy = healthy && n.Ready
	}
	return healthy
}

// ReadStatus looks at the cluster in dataDir, whoever started it. An error means that it could not look; a cluster that
// is down is no error.
func ReadStatus(ctx context.Context, dataDir string) (Status, error) {
	l := layout(dataDir)
	s := Status{Processes: []ProcessStatus{}, Nodes: []NodeStatus{}}
	entries, err := os.ReadDir(l.run())
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".pid")
		if !ok || !isClusterProcess(name) {
			continue
		}
		pid, err := supervise.ReadPIDFile(supervise.PIDFile(l.run(), name))
		if err != nil {
			return s, err
		}
		s.Processes = append(s.Processes, ProcessStatus{Name: name, PID: pid})
	}
	return s, s.ask(ctx, l)
}

func isClusterProcess(name string) bool {
	switch name {
	case processContainerd, processControlPlane, processKubelet, processKubeProxy, processKwok:
		return true
	}
	return false
}

// ask fills in what the API server says.
func (s *Status) ask(ctx context.Context, l layout) error {
	if _, err := os.Stat(l.kubeconfig(pki.Admin)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	cfg, err := clientcmd.BuildConfigFromFlags("", l.kubeconfig(pki.Admin))
	if err != nil {
		return err
	}
	s.APIServer = cfg.Host
	client, err := kubernetes.NewForConfig(withTimeout(cfg, 3*time.Second))
	if err != nil {
		return err
	}
	s.askServer(ctx, client)
	return nil
}

// askServer notes a failure as a part of the status.
func (s *Status) askServer(ctx context.Context, client kubernetes.Interface) {
	if _, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx); err != nil {
		s.APIError = err.Error()
		return
	}
	s.APIReady = true
	if v, err := client.Discovery().ServerVersion(); err == nil {
		s.Version = v.GitVersion
	}
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 500})
	if err != nil {
		s.APIError = err.Error()
		return
	}
	for _, n := range nodes.Items {
		s.Nodes = append(s.Nodes, nodeStatus(n))
	}
}

func nodeStatus(n corev1.Node) NodeStatus {
	s := NodeStatus{Name: n.Name, Simulated: n.Labels[simulatedLabel] == "true", Reason: "its kubelet has not reported yet"}
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			s.Ready, s.Reason = c.Status == corev1.ConditionTrue, c.Message
		}
	}
	if s.Ready {
		s.Reason = ""
	}
	return s
}

// Status is ReadStatus of this cluster.
func (c *Cluster) Status(ctx context.Context) (Status, error) { return ReadStatus(ctx, c.o.DataDir) }
