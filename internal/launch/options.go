package launch

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// Options of Up. The zero value of a field means its default.
type Options struct {
	DataDir    string // default: DefaultDataDir()
	Listen     string // console address, default 127.0.0.1:8090
	BasePath   string // "/x" when a proxy puts the console below a path
	TLSCert    string // PEM file; with TLSKey
	TLSKey     string
	Kubeconfig string // of an existing cluster; empty starts the embedded one
	Context    string // of Kubeconfig; empty is its current one
	Registry   string // where the bundle is served, default 127.0.0.1:5050
	APIPort    int    // of the embedded API server, default 6443
	Simulated  bool   // simulated nodes although a real one could run
	Nodes      int    // simulated nodes, default 3
	NoDemo     bool   // leave the demo bank out
	Version    string // of this program, for the state file
}

// The defaults of Options.
const (
	DefaultListen   = "127.0.0.1:8090"
	DefaultRegistry = "127.0.0.1:5050"
	defaultAPIPort  = 6443
)

// DefaultDataDir is /var/lib/kubemate for root, else a folder of the user.
func DefaultDataDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/kubemate", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "kubemate"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no data folder: %w; name one with --data-dir", err)
	}
	return filepath.Join(home, ".local", "share", "kubemate"), nil
}

// complete checks o and fills the defaults in.
func (o Options) complete() (Options, error) {
	var err error
	if o.DataDir, err = completeDataDir(o.DataDir); err != nil {
		return o, err
	}
	if o.Listen == "" {
		o.Listen = DefaultListen
	}
	if o.Registry == "" {
		o.Registry = DefaultRegistry
	}
	if o.APIPort == 0 {
		o.APIPort = defaultAPIPort
	}
	for _, a := range []struct{ flag, value string }{{"--listen", o.Listen}, {"--registry", o.Registry}} {
		if _, _, err := net.SplitHostPort(a.value); err != nil {
			return o, fmt.Errorf("%s %q is no address: write host:port, for instance %s", a.flag, a.value, DefaultListen)
		}
	}
	if (o.TLSCert == "") != (o.TLSKey == "") {
		return o, errors.New("--tls-cert and --tls-key go together: give both or none")
	}
	if o.Kubeconfig != "" && o.Simulated {
		return o, errors.New("--kubeconfig uses an existing cluster, --simulated starts one: give one of them")
	}
	if o.Kubeconfig != "" {
		if _, err := os.Stat(o.Kubeconfig); err != nil {
			return o, fmt.Errorf("--kubeconfig: %w", err)
		}
	}
	return o, nil
}

func completeDataDir(dir string) (string, error) {
	if dir == "" {
		return DefaultDataDir()
	}
	return filepath.Abs(dir)
}

// mode says which kind of cluster these options mean, on this host.
func (o Options) mode() Mode {
	switch {
	case o.Kubeconfig != "":
		return ModeExisting
	case o.Simulated || os.Geteuid() != 0:
		return ModeSimulated
	default:
		return ModeNode
	}
}
