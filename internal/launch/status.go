package launch

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"kubemate.io/kubemate/internal/launch/addons"
)

// Part is one part of the platform and how it is.
type Part struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Message string `json:"message,omitempty"` // what is wrong, or facts when all is well
	Running int64  `json:"running,omitempty"` // pods
	Total   int64  `json:"total,omitempty"`   // pods that should run
}

// Status is how the platform is. OK only if every part is.
type Status struct {
	OK          bool   `json:"ok"`
	Address     string `json:"address,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"` // SHA-256 of the generated certificate
	DataDir     string `json:"dataDir"`
	Mode        Mode   `json:"mode,omitempty"`
	Version     string `json:"version,omitempty"`
	Phase       string `json:"phase"` // stopped, starting, running, stopping
	LogFolder   string `json:"logFolder"`
	Parts       []Part `json:"parts"`
}

// partAPIServer is the part that every mode has beside the server.
const partAPIServer = "API server"

// statusTimeout bounds the look at all parts.
const statusTimeout = 20 * time.Second

// Inspect looks at every part of the platform of a data folder.
func Inspect(ctx context.Context, dataDir string) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	dataDir, err := completeDataDir(dataDir)
	if err != nil {
		return Status{}, err
	}
	st := Status{DataDir: dataDir, Phase: phaseStopped, LogFolder: filepath.Join(dataDir, "logs")}
	s, ok, err := ReadState(dataDir)
	if err != nil {
		return st, err
	}
	if !ok || !s.alive() {
		message := "not running; start it with `kubemate up`"
		if ok {
			message = "its process ended without stopping the platform; `kubemate up` recovers it, `kubemate down` cleans up"
		}
		st.Parts = []Part{{Name: "platform", Message: message}}
		return st, nil
	}
	st.Phase, st.Mode, st.Version, st.Address, st.Fingerprint = s.Phase, s.Mode, s.Version, s.Address, s.Fingerprint
	server := serverPart(ctx, dataDir)
	st.Parts = append(st.Parts, server)
	switch {
	case s.Mode != ModeExisting:
		st.Parts = append(st.Parts, clusterParts(ctx, dataDir, s)...)
	case server.OK:
		st.Parts = append(st.Parts, existingParts(ctx, dataDir)...)
	}
	st.OK = s.Phase == phaseRunning
	for _, p := range st.Parts {
		st.OK = st.OK && p.OK
	}
	return st, nil
}

func serverPart(ctx context.Context, dataDir string) Part {
	if err := newSocketClient(dataDir).ready(ctx); err != nil {
		return Part{Name: serverName, Message: "not ready: " + err.Error()}
	}
	return Part{Name: serverName, OK: true, Message: "answers, all checks pass"}
}

// existingParts asks the server how its cluster is: nothing else here may use that kubeconfig.
func existingParts(ctx context.Context, dataDir string) []Part {
	list, err := newSocketClient(dataDir).clusters(ctx)
	if err != nil {
		return []Part{{Name: partAPIServer, Message: err.Error()}}
	}
	var parts []Part
	for _, c := range list {
		api := Part{Name: partAPIServer, OK: c.Health.Connected, Message: c.Health.Problem}
		if api.OK {
			api.Message = c.Version + " at " + c.Health.APIServer
		}
		parts = append(parts, api, nodesReady(c.Nodes.Ready, c.Nodes.Total))
	}
	return parts
}

// nodesReady is well when there are nodes and all are ready.
func nodesReady(ready, total int64) Part {
	return Part{Name: "node", OK: ready > 0 && ready == total, Message: fmt.Sprintf("%d of %d ready", ready, total)}
}

// clusterParts asks the API server as admin: the files of the data folder are ours.
func clusterParts(ctx context.Context, dataDir string, s State) []Part {
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(dataDir, "kubeconfig", "admin.kubeconfig"))
	if err != nil {
		return []Part{{Name: partAPIServer, Message: err.Error()}}
	}
	config.Timeout = 5 * time.Second
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return []Part{{Name: partAPIServer, Message: err.Error()}}
	}
	version, err := client.Discovery().ServerVersion()
	if err != nil {
		return []Part{{Name: partAPIServer, Message: "does not answer: " + err.Error()}}
	}
	parts := []Part{{Name: partAPIServer, OK: true, Message: version.GitVersion + " at " + config.Host}, nodePart(ctx, client)}
	manager, err := addons.New(addons.Options{Config: config, Addons: addonNames(s)})
	if err != nil {
		return append(parts, Part{Name: "components", Message: err.Error()})
	}
	list, err := manager.Status(ctx)
	if err != nil {
		return append(parts, Part{Name: "components", Message: err.Error()})
	}
	for _, a := range list {
		parts = append(parts, Part{Name: a.Name, OK: a.Ready, Message: a.Message, Running: a.Running, Total: a.Total})
	}
	return parts
}

func nodePart(ctx context.Context, client kubernetes.Interface) Part {
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return Part{Name: "node", Message: err.Error()}
	}
	ready := int64(0)
	for i := range nodes.Items {
		for _, c := range nodes.Items[i].Status.Conditions {
			if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
				ready++
			}
		}
	}
	return nodesReady(ready, int64(len(nodes.Items)))
}
