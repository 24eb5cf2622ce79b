package launch

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kubemate.io/kubemate/internal/core/config"
)

// Options of Up. The zero value of a field means its default.
type Options struct {
	DataDir      string   // default: DefaultDataDir()
	Listen       string   // console address, default 127.0.0.1:8090
	BasePath     string   // "/x" when a proxy puts the console below a path
	PublicURL    string   // the console's address as people reach it; empty follows from Listen
	AllowedHosts []string // further host names: answered on a loopback address, in a made certificate
	Authorizer   string   // "rbac" or "review", as of `kubemate server`; empty is its default
	TLSCert      string   // PEM file; with TLSKey
	TLSKey       string
	Kubeconfig   string // of an existing cluster; empty starts the embedded one
	Context      string // of Kubeconfig; empty is its current one
	Registry     string // where the bundle is served, default 127.0.0.1:5050
	APIPort      int    // of the embedded API server, default 6443
	Simulated    bool   // simulated nodes although a real one could run
	Nodes        int    // simulated nodes, default 3
	NoDemo       bool   // leave the demo bank out
	Version      string // of this program, for the state file
}

// The defaults of Options.
const (
	DefaultListen   = "127.0.0.1:8090"
	DefaultRegistry = "127.0.0.1:5050"
	defaultAPIPort  = 6443
	defaultNodes    = 3
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
	if o.Nodes == 0 {
		o.Nodes = defaultNodes
	}
	if err := errors.Join(o.checkAddresses(), o.checkCluster(), o.checkFiles()); err != nil {
		return o, err
	}
	_, err = o.server()
	return o, err
}

// server gives the settings that `kubemate server` will be started with, checked as it does.
func (o Options) server() (config.Server, error) {
	s := config.NewServer()
	s.DataDir, s.Listen, s.BasePath, s.PublicURL, s.AllowedHosts = o.DataDir, o.Listen, o.BasePath, o.PublicURL, o.AllowedHosts
	s.TLSCert, s.TLSKey, s.TLSGenerate = o.TLSCert, o.TLSKey, o.tlsGenerated()
	if o.Authorizer != "" {
		s.Authorizer = o.Authorizer
	}
	return s, s.Complete()
}

func (o Options) checkAddresses() error {
	if err := checkAddress("--listen", o.Listen, DefaultListen); err != nil {
		return err
	}
	if err := checkAddress("--registry", o.Registry, DefaultRegistry); err != nil {
		return err
	}
	if !loopback(o.Registry) {
		return fmt.Errorf("--registry %s: it serves to everybody who reaches it, so it must be a loopback address, for instance %s", o.Registry, DefaultRegistry)
	}
	if o.APIPort < 0 || o.APIPort > maxPort {
		return fmt.Errorf("--api-port %d is no port: give a number from 1 to %d", o.APIPort, maxPort)
	}
	if o.BasePath != "" && (!strings.HasPrefix(o.BasePath, "/") || strings.HasSuffix(o.BasePath, "/")) {
		return fmt.Errorf("--base-path %q must begin with a slash and not end with one, for instance /kubemate", o.BasePath)
	}
	return nil
}

const maxPort = 65535

// checkAddress wants a port of its own: with port 0, nobody would know where the console is.
func checkAddress(flag, value, example string) error {
	_, port, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Errorf("%s %q is no address: write host:port, for instance %s", flag, value, example)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > maxPort {
		return fmt.Errorf("%s %q: %q is no port from 1 to %d; write for instance %s", flag, value, port, maxPort, example)
	}
	return nil
}

func (o Options) checkCluster() error {
	switch {
	case o.Kubeconfig != "" && o.Simulated:
		return errors.New("--kubeconfig uses an existing cluster, --simulated starts one: give one of them")
	case o.Context != "" && o.Kubeconfig == "":
		return errors.New("--context chooses in a --kubeconfig: give that, too")
	case o.Nodes < 0:
		return fmt.Errorf("--nodes %d: give a number of simulated nodes", o.Nodes)
	}
	return nil
}

func (o Options) checkFiles() error {
	if (o.TLSCert == "") != (o.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key go together: give both or none")
	}
	for _, f := range []struct{ flag, path string }{
		{"--kubeconfig", o.Kubeconfig}, {"--tls-cert", o.TLSCert}, {"--tls-key", o.TLSKey},
	} {
		if f.path == "" {
			continue
		}
		if _, err := os.Stat(f.path); err != nil {
			return fmt.Errorf("%s: %w", f.flag, err)
		}
	}
	return nil
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
