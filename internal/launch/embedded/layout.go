package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kubemate.io/kubemate/internal/launch/durable"
	"kubemate.io/kubemate/internal/launch/preflight"
)

// layout names the files below the data folder.
type layout string

func (l layout) join(parts ...string) string {
	return filepath.Join(append([]string{string(l)}, parts...)...)
}

func (l layout) pki() string                   { return l.join("pki") }
func (l layout) etcd() string                  { return l.join("etcd") }
func (l layout) run() string                   { return l.join("run") }
func (l layout) logs() string                  { return l.join("logs") }
func (l layout) podLogs() string               { return l.join("logs", "pods") }
func (l layout) kubeconfigs() string           { return l.join("kubeconfig") }
func (l layout) kubeconfig(name string) string { return kubeconfigFile(l.kubeconfigs(), name) }
func (l layout) endpoint() string              { return l.join("run", "apiserver") }
func (l layout) lock() string                  { return l.join("run", "cluster.lock") }
func (l layout) journal() string               { return l.join("run", "host.journal") }
func (l layout) volumes() string               { return l.join("node", "volumes") }
func (l layout) kubelet() string               { return l.join("node", "kubelet") }
func (l layout) kubeletPlugins() string        { return l.join("node", "kubelet-plugins") }
func (l layout) containerdRoot() string        { return l.join("node", "containerd") }
func (l layout) containerdState() string       { return l.join("run", "containerd") }
func (l layout) containerdSocket() string      { return l.join("run", "containerd.sock") }
func (l layout) cniConf() string               { return l.join("node", "cni", "conf") }
func (l layout) cniAddresses() string          { return l.join("node", "cni", "addresses") }
func (l layout) certsD() string                { return l.join("node", "certs.d") }
func (l layout) config(name string) string     { return l.join("node", name) }
func (l layout) nodeNameFile() string          { return l.join("node", "name") }
func (l layout) containerdEndpoint() string    { return "unix://" + l.containerdSocket() }

// Claim makes the data folder and puts the mark into it. The mark stands first: a folder without it that holds anything
// else is somebody else's, and Delete must not be pointed at it.
func Claim(dataDir string) error {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if Claimed(dataDir) {
		return nil
	}
	return durable.WriteFile(layout(dataDir).join(preflight.FormatFile), []byte(strconv.Itoa(preflight.Format)+"\n"), 0o600)
}

// Claimed says whether the mark is in a folder.
func Claimed(dataDir string) bool {
	_, err := os.Stat(layout(dataDir).join(preflight.FormatFile))
	return err == nil
}

// create makes the folders. Nobody but the owner looks into any of them.
func (l layout) create() error {
	if err := Claim(string(l)); err != nil {
		return err
	}
	for _, dir := range []string{
		l.pki(), l.etcd(), l.run(), l.logs(), l.podLogs(), l.kubeconfigs(), l.volumes(), l.kubelet(), l.kubeletPlugins(),
		l.containerdRoot(), l.containerdState(), l.cniConf(), l.cniAddresses(), l.certsD(),
	} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
	}
	return os.Chmod(string(l), 0o700)
}

// nodeName is the host's name at the first start. It is kept, since volumes are bound to it while hosts change theirs.
func (l layout) nodeName() (string, error) {
	data, err := os.ReadFile(l.nodeNameFile())
	if err == nil && strings.TrimSpace(string(data)) != "" {
		return strings.TrimSpace(string(data)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	host, err := os.Hostname()
	if err != nil {
		return "", err
	}
	name := nodeNameOf(host)
	return name, durable.WriteFile(l.nodeNameFile(), []byte(name+"\n"), 0o600)
}

// nodeNameOf makes a valid node name (a DNS label) of a host name.
func nodeNameOf(host string) string {
	host, _, _ = strings.Cut(strings.ToLower(host), ".")
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, host)
	name = strings.Trim(name[:min(len(name), 63)], "-")
	if name == "" {
		return "kubemate"
	}
	return name
}
