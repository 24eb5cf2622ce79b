package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
)

// The cluster's address ranges. The service range's tenth address is the DNS server's, as everywhere.
const (
	ServiceCIDR  = "10.96.0.0/16"
	ClusterCIDR  = "10.244.0.0/13"
	NodePodCIDR  = "10.244.0.0/24"
	ClusterDNS   = "10.96.0.10"
	ServiceIP    = "10.96.0.1"
	DefaultIP    = "10.95.0.1"
	Interface    = "kubemate0"
	PodBridge    = "kmcni0"
	RegistryName = "localhost:5050"
)

// Options of a cluster.
type Options struct {
	// DataDir holds everything that survives. Absolute, at most 60 bytes long: sockets lie in it.
	DataDir string
	// NodeBinary is kubemate-node. ContainerdDir holds containerd, containerd-shim-runc-v2 and ctr. KwokBinary is needed
	// for a simulated cluster only.
	NodeBinary, ContainerdDir, KwokBinary string
	// Simulated runs without root: the control plane on 127.0.0.1 and kwok with SimulatedNodes nodes.
	Simulated      bool
	SimulatedNodes int
	// NodeIP is the address on the interface kubemate0; empty is DefaultIP. Simulated clusters use 127.0.0.1.
	NodeIP string
	// APIPort is the API server's port; 0 is 6443.
	APIPort int
	// RegistryAddr is the host:port where images named RegistryName/… are served; empty: no registry.
	RegistryAddr string
	// PauseImage is the image of pod sandboxes.
	PauseImage string
	// AuditPolicy and AuditWebhookConfig are files for the API server; empty: no audit.
	AuditPolicy, AuditWebhookConfig string
	// Progress is told each stage as it begins; it must not block. May be nil.
	Progress func(stage, detail string) `json:"-"`
	// Log gets what happens to the processes. Nil discards.
	Log *slog.Logger `json:"-"`
}

// maxDataDir leaves room for containerd's socket below it: a Unix socket's path holds 107 bytes.
const maxDataDir = 60

// complete checks o and fills the defaults in.
func (o Options) complete() (Options, error) {
	if !filepath.IsAbs(o.DataDir) || filepath.Clean(o.DataDir) != o.DataDir {
		return o, fmt.Errorf("data folder %q: an absolute, clean path is needed", o.DataDir)
	}
	if len(o.DataDir) > maxDataDir {
		return o, fmt.Errorf("data folder %q is longer than %d bytes, so sockets in it could not be opened: choose a shorter path", o.DataDir, maxDataDir)
	}
	if o.NodeBinary == "" {
		return o, errors.New("no kubemate-node binary given")
	}
	if o.Simulated && o.KwokBinary == "" {
		return o, errors.New("no kwok binary given, which a simulated cluster needs")
	}
	if !o.Simulated && o.ContainerdDir == "" {
		return o, errors.New("no containerd folder given, which a real node needs")
	}
	if o.NodeIP == "" {
		o.NodeIP = DefaultIP
	}
	if o.Simulated {
		o.NodeIP = "127.0.0.1"
	}
	if ip := net.ParseIP(o.NodeIP); ip == nil || ip.To4() == nil {
		return o, fmt.Errorf("node address %q is no IPv4 address", o.NodeIP)
	}
	if o.APIPort == 0 {
		o.APIPort = 6443
	}
	if o.Simulated && o.SimulatedNodes == 0 {
		o.SimulatedNodes = 3
	}
	if o.PauseImage == "" {
		o.PauseImage = RegistryName + "/kubemate/pause:1"
	}
	if o.Progress == nil {
		o.Progress = func(string, string) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}
