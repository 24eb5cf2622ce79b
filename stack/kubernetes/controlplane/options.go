package controlplane

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"
)

// The components that --components may name, besides etcd and the API server, which always run.
const (
	ControllerManager = "controller-manager"
	Scheduler         = "scheduler"
	Provisioner       = "provisioner"
)

// Options of the control plane. Paths are absolute.
type Options struct {
	// EtcdDir holds etcd's data and its socket. Mode 0700.
	EtcdDir string
	// PKIDir holds the certificates and keys by their usual names (ca.crt, apiserver.key, …) and encryption.yaml.
	PKIDir string
	// KubeconfigDir holds <component>.kubeconfig; their server address is overridden.
	KubeconfigDir string
	// BindAddress and Port are where the API server listens. Port 0 takes a free one: see EndpointFile.
	BindAddress net.IP
	Port        int
	// EndpointFile gets the API server's host:port once it listens, atomically.
	EndpointFile string
	// ServiceCIDR and ClusterCIDR are the ranges of ClusterIPs and of pods.
	ServiceCIDR, ClusterCIDR string
	// Components that run besides etcd and the API server.
	Components []string
	// VolumeDir holds the provisioner's volumes.
	VolumeDir string
	// AuditPolicy and AuditWebhookConfig are handed to the API server; empty is off.
	AuditPolicy, AuditWebhookConfig string
	// UnsafeNoFsync trades durability for speed. Only for test suites.
	UnsafeNoFsync bool
	// StopOnStdinClose stops when standard input closes, so that a test's control plane ends with the test's process,
	// however that ends.
	StopOnStdinClose bool
	// Verbosity is klog's -v.
	Verbosity int
}

// AddFlags declares the flags of o and their defaults.
func (o *Options) AddFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.EtcdDir, "etcd-dir", "", "folder of etcd's data")
	fs.StringVar(&o.PKIDir, "pki-dir", "", "folder of certificates and keys")
	fs.StringVar(&o.KubeconfigDir, "kubeconfig-dir", "", "folder of the components' kubeconfigs")
	fs.IPVar(&o.BindAddress, "bind-address", net.IPv4(127, 0, 0, 1), "address the API server listens on")
	fs.IntVar(&o.Port, "port", 6443, "port the API server listens on; 0 takes a free one")
	fs.StringVar(&o.EndpointFile, "endpoint-file", "", "file that gets the API server's host:port once it listens")
	fs.StringVar(&o.ServiceCIDR, "service-cidr", "10.96.0.0/16", "range of service addresses")
	fs.StringVar(&o.ClusterCIDR, "cluster-cidr", "10.244.0.0/13", "range of pod addresses")
	fs.StringSliceVar(&o.Components, "components", []string{ControllerManager, Scheduler, Provisioner}, "what runs besides etcd and the API server")
	fs.StringVar(&o.VolumeDir, "volume-dir", "", "folder of the volumes of the storage class local-path")
	fs.StringVar(&o.AuditPolicy, "audit-policy", "", "audit policy file; empty: no audit")
	fs.StringVar(&o.AuditWebhookConfig, "audit-webhook-config", "", "kubeconfig of the audit webhook; empty: none")
	fs.BoolVar(&o.UnsafeNoFsync, "unsafe-no-fsync", false, "do not fsync etcd's data: for tests only")
	fs.BoolVar(&o.StopOnStdinClose, "stop-on-stdin-close", false, "stop when standard input closes")
	fs.IntVar(&o.Verbosity, "verbosity", 1, "log verbosity")
}

// Validate names the first thing that is wrong.
func (o *Options) Validate() error {
	for flag, path := range map[string]string{"etcd-dir": o.EtcdDir, "pki-dir": o.PKIDir} {
		if !filepath.IsAbs(path) {
			return fmt.Errorf("--%s must be an absolute path, got %q", flag, path)
		}
	}
	known := []string{ControllerManager, Scheduler, Provisioner}
	for _, c := range o.Components {
		if !slices.Contains(known, c) {
			return fmt.Errorf("--components: unknown component %q, known are %q", c, known)
		}
	}
	if len(o.Components) > 0 && !filepath.IsAbs(o.KubeconfigDir) {
		return fmt.Errorf("--kubeconfig-dir must be an absolute path, got %q", o.KubeconfigDir)
	}
	if slices.Contains(o.Components, Provisioner) && !filepath.IsAbs(o.VolumeDir) {
		return fmt.Errorf("--volume-dir must be an absolute path, got %q", o.VolumeDir)
	}
	if (o.AuditWebhookConfig == "") != (o.AuditPolicy == "") {
		return fmt.Errorf("--audit-policy and --audit-webhook-config must be given together")
	}
	return nil
}

func (o *Options) pki(name string) string { return filepath.Join(o.PKIDir, name) }

func (o *Options) kubeconfig(name string) string {
	return filepath.Join(o.KubeconfigDir, name+".kubeconfig")
}

func (o *Options) runs(component string) bool { return slices.Contains(o.Components, component) }
